// ds_update_lanes: LANES units that multiply, shift and add on pairs of words.
// Purpose     what an image adds to the gradient V, and the step of a batch: W or V, plus or minus
//             some products of 16 bit words, each shifted and rounded, clamped once.
// Latency     7 cycles from an operation to the write of its result, 8 and 9 to its counts.
// Throughput  1 operation/cycle; a result takes one operation or more, one after the other.
// Format      a pair is high * 2^16 + low, both signed; an operand is one word of a pair, or delta.
//             Results in [-2^31, 2^31 - 2^15 - 1], so that the high word, rounded, fits. Within, a
//             pair stands 2^15 higher: its low word is unsigned then, and nothing borrows.
// Reset       the valid flags.   Golden  golden/fixed/training.ts, exact.
`default_nettype none
module ds_update_lanes #(
    parameter Lanes     = 4,
    parameter WordBits  = 16,  // [bits]
    parameter RowBits   = 10,  // [bits]
    parameter YBits     = 18,  // [bits], at most WordBits + 2
    parameter CountBits = 3    // [bits], of a count of lanes
) (
    input  wire                        clk_i,
    input  wire                        rst_i,

    input  wire                        valid_i,
    input  wire [                 1:0] x_i,         // delta, high W, high V, low V
    input  wire [           YBits-1:0] y_i,         // signed; of WordBits where shift_i is 0
    input  wire [                 3:0] shift_i,     // of twice the product, in threes
    input  wire                        subtract_i,
    input  wire                        first_i,
    input  wire [                 1:0] base_i,      // with it: 0, W, V
    input  wire                        last_i,
    input  wire                        to_v_i,      // with it: the pair that is written
    input  wire                        count_i,     // what becomes zero
    input  wire [         RowBits-1:0] row_i,
    input  wire [           Lanes-1:0] lanes_i,     // delta of the others is 0
    input  wire [  Lanes*WordBits-1:0] deltas_i,
    input  wire [4*Lanes*WordBits-1:0] planes_i,

    output wire [                 1:0] write_o,     // W, V
    output wire [         RowBits-1:0] write_row_o,
    output wire [2*Lanes*WordBits-1:0] write_data_o,
    output wire [       CountBits-1:0] zeroed_o,    // lanes whose product was not zero
    output wire [       CountBits-1:0] clamped_o,
    output wire                        busy_o
);
  localparam [1:0] BASE_W = 2'd1;
  localparam [1:0] BASE_V = 2'd2;
  localparam PAIR_BITS = 2 * WordBits;
  localparam PRODUCT_BITS = WordBits + YBits;
  localparam QUADRUPLE_BITS = PRODUCT_BITS + 2;  // twice a product, and its half LSB
  localparam TERM_BITS = PAIR_BITS + 2;
  localparam ACC_BITS = PAIR_BITS + 4;
  localparam [PAIR_BITS-1:0] ZERO = 1 << (WordBits - 1);  // 2^15 higher, as every pair

  // ---- What goes with the operation; bit or word i is i + 1 cycles old -------------------------
  localparam STAGES = 7;
  reg [STAGES-1:0] valid_q, last_q, to_v_q;
  reg [4:0] first_q, count_q;
  reg [3:0] subtract_q;
  reg [STAGES*RowBits-1:0] row_q;
  reg [11:0] shift_q;
  reg [1:0] fine_q;
  always @(posedge clk_i) begin
    valid_q    <= {valid_q[STAGES-2:0], valid_i};
    last_q     <= {last_q[STAGES-2:0], valid_i && last_i};
    to_v_q     <= {to_v_q[STAGES-2:0], to_v_i};
    first_q    <= {first_q[3:0], first_i};
    subtract_q <= {subtract_q[2:0], subtract_i};
    count_q    <= {count_q[3:0], valid_i && count_i};
    row_q      <= {row_q[(STAGES-1)*RowBits-1:0], row_i};
    shift_q    <= {shift_q[7:0], shift_i};
    fine_q     <= shift_q[9:8];
    if (rst_i) begin
      valid_q <= {STAGES{1'b0}};
      last_q  <= {STAGES{1'b0}};
      count_q <= 5'd0;
    end
  end
  wire last = last_q[STAGES-1];
  assign write_o = {last && to_v_q[STAGES-1], last && !to_v_q[STAGES-1]};
  assign write_row_o = row_q[(STAGES-1)*RowBits+:RowBits];
  assign busy_o = valid_i || valid_q != {STAGES{1'b0}};
  wire [1:0] coarse = shift_q[11:10];

  wire [Lanes-1:0] zeroed, clamped;
  genvar i;
  generate
    for (i = 0; i < Lanes; i = i + 1) begin : g_lane
      wire [WordBits-1:0] delta = lanes_i[i] ? deltas_i[i*WordBits+:WordBits] : {WordBits{1'b0}};
      wire [WordBits-1:0] w_high = planes_i[i*WordBits+:WordBits];
      wire [WordBits-1:0] w_low = planes_i[(Lanes+i)*WordBits+:WordBits];
      wire [WordBits-1:0] v_high = planes_i[(2*Lanes+i)*WordBits+:WordBits];
      wire [WordBits-1:0] v_low = planes_i[(3*Lanes+i)*WordBits+:WordBits];
      reg [WordBits-1:0] x;
      always @(*)
        case (x_i)
          2'd0: x = delta;
          2'd1: x = w_high;
          2'd2: x = v_high;
          default: x = v_low;
        endcase

      // Cycles 1 to 3: the product. The base waits for it and its shift.
      wire [PRODUCT_BITS-1:0] product;
      ds_mul #(
          .AWidth (WordBits),
          .ASigned(1),
          .BWidth (YBits),
          .BSigned(1)
      ) u_mul (
          .clk_i(clk_i),
          .a_i  (x),
          .b_i  (y_i),
          .p_o  (product)
      );
      wire [WordBits-1:0] high = base_i == BASE_V ? v_high : w_high;
      wire [WordBits-1:0] low = base_i == BASE_V ? v_low : w_low;
      reg [5*PAIR_BITS-1:0] base_q;
      always @(posedge clk_i) if (busy_o) begin
        base_q <= {base_q[4*PAIR_BITS-1:0], high, !low[WordBits-1], low[WordBits-2:0]};
        if (base_i != BASE_W && base_i != BASE_V) base_q[PAIR_BITS-1:0] <= ZERO;
      end

      // Cycle 4: by twelves. Cycle 5: by threes, and the complement of what is subtracted. Cycle 6:
      // the sum. The half LSB carries into it: it rounds, and completes the complement's negation.
      reg signed [QUADRUPLE_BITS-1:0] coarse_q;
      reg signed [TERM_BITS-1:0] term_q;
      reg product_q, product_q2;
      wire signed [QUADRUPLE_BITS-1:0] quadruple = {product, 2'b00};
      /* verilator lint_off UNUSEDSIGNAL */  // the sign, again
      reg signed [QUADRUPLE_BITS-1:0] shifted;
      always @(*)
        case (fine_q)
          2'd0: shifted = coarse_q;
          2'd1: shifted = coarse_q >>> 3;
          2'd2: shifted = coarse_q >>> 6;
          default: shifted = coarse_q >>> 9;
        endcase
      /* verilator lint_on UNUSEDSIGNAL */
      reg signed [ACC_BITS-1:0] acc_q;
      wire [PAIR_BITS-1:0] base = base_q[4*PAIR_BITS+:PAIR_BITS];
      wire signed [ACC_BITS-1:0] total = first_q[4]
          ? {{(ACC_BITS - PAIR_BITS) {base[PAIR_BITS-1]}}, base} : acc_q;
      /* verilator lint_off UNUSEDSIGNAL */  // the half LSB
      wire [ACC_BITS:0] sum =
          {total, 1'b1} + {{(ACC_BITS + 1 - TERM_BITS) {term_q[TERM_BITS-1]}}, term_q};
      /* verilator lint_on UNUSEDSIGNAL */
      always @(posedge clk_i) if (busy_o) begin
        case (coarse)
          2'd0: coarse_q <= quadruple;
          2'd1: coarse_q <= quadruple >>> 12;
          2'd2: coarse_q <= quadruple >>> 24;
          default: coarse_q <= quadruple >>> 36;
        endcase
        product_q  <= product != {PRODUCT_BITS{1'b0}};
        term_q     <= shifted[TERM_BITS-1:0] ^ {TERM_BITS{subtract_q[3]}};
        product_q2 <= product_q;
        if (valid_q[4]) acc_q <= sum[ACC_BITS:1];
      end
      assign zeroed[i] = product_q2
          && (term_q == {TERM_BITS{1'b0}} || term_q == {TERM_BITS{1'b1}});

      // Cycle 7: the result.
      wire negative = acc_q[ACC_BITS-1];
      wire [ACC_BITS-PAIR_BITS:0] above = acc_q[ACC_BITS-1:PAIR_BITS-1];
      wire too_low = negative && (above != {(ACC_BITS - PAIR_BITS + 1) {1'b1}}
          || acc_q[PAIR_BITS-2:WordBits-1] == {WordBits{1'b0}});
      wire too_high = !negative && above != {(ACC_BITS - PAIR_BITS + 1) {1'b0}};
      assign clamped[i] = too_low || too_high;
      reg [PAIR_BITS-1:0] pair_q;
      always @(posedge clk_i) if (busy_o)
        pair_q <= too_low ? {1'b1, {(PAIR_BITS - 1) {1'b0}}} | ZERO
            : too_high ? {1'b0, {(PAIR_BITS - 1) {1'b1}}} : acc_q[PAIR_BITS-1:0];
      assign write_data_o[i*WordBits+:WordBits] = pair_q[PAIR_BITS-1:WordBits];
      assign write_data_o[(Lanes+i)*WordBits+:WordBits] =
          {!pair_q[WordBits-1], pair_q[WordBits-2:0]};
    end
  endgenerate

  ds_count_ones #(
      .Width    (Lanes),
      .CountBits(CountBits)
  ) u_zeroed (
      .clk_i  (clk_i),
      .rst_i  (rst_i),
      .bits_i (zeroed & {Lanes{count_q[4]}}),
      .count_o(zeroed_o)
  );
  ds_count_ones #(
      .Width    (Lanes),
      .CountBits(CountBits)
  ) u_clamped (
      .clk_i  (clk_i),
      .rst_i  (rst_i),
      .bits_i (clamped & {Lanes{last_q[STAGES-2]}}),
      .count_o(clamped_o)
  );
endmodule
`default_nettype wire
