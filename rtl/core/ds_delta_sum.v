// ds_delta_sum: sum of delta over the images of a batch, per neuron.
// Purpose     one running exponent a layer, in steps of STEP: delta scaled to a step comes from the
//             multiplier of ds_delta_unit, and whichever of sum and addend is a step behind is
//             shifted by it and rounded; two steps behind, it is below half an LSB for each image.
// Latency     the sum of a neuron is written 3 cycles after it was read, both for each delta; the
//             exponent 3 after start_i, scale_o as well.
// Throughput  1 delta in Interval cycles.
// Format      sum signed SumBits, sum * 2^(running exponent - GuardBits). NoExponent: all zero;
//             other exponents are at least two steps above it.
// Reset       the valid flags.   Golden  golden/fixed/delta-sum.ts#DeltaSum, exact.
`default_nettype none
module ds_delta_sum #(
    parameter NeuronBits   = 9,   // [bits]
    parameter DeltaBits    = 16,  // [bits]
    parameter GuardBits    = 1,   // [bits]
    parameter SumBits      = 48,  // [bits]
    parameter ExponentBits = 16,  // [bits]
    parameter Interval     = 1    // [cycles] from one delta to the next, 1 or 2
) (
    input  wire                           clk_i,
    input  wire                           rst_i,

    input  wire                           clear_i,     // scale_o is zero until the next start_i
    input  wire                           start_i,
    input  wire                           fresh_i,     // first image of a batch
    input  wire signed [ExponentBits-1:0] exponent_i,  // of delta, after start_i
    input  wire signed [ExponentBits-1:0] stored_exponent_i,
    output wire                           exponent_write_o,
    output wire        [ExponentBits-1:0] exponent_write_data_o,
    output reg         [   DeltaBits-1:0] scale_o,     // one bit, from 3 cycles after start_i

    input  wire                           delta_valid_i,
    input  wire        [  NeuronBits-1:0] delta_neuron_i,
    input  wire        [   DeltaBits-1:0] delta_mantissa_i,
    input  wire signed [ 2*DeltaBits-1:0] scaled_i,    // delta * scale, 2 cycles later

    output wire                           sum_read_o,
    output wire        [  NeuronBits-1:0] sum_read_neuron_o,
    input  wire signed [     SumBits-1:0] sum_read_data_i,  // 2 cycles later
    output wire                           sum_write_o,
    output wire        [  NeuronBits-1:0] sum_write_neuron_o,
    output reg         [     SumBits-1:0] sum_write_data_o,
    output wire        [   DeltaBits-1:0] sum_write_delta_o,
    output wire                           sum_busy_o
);
  localparam STEP = DeltaBits;  // the multiplier scales by less than 2^STEP
  localparam FINE_BITS = $clog2(STEP);
  localparam COARSE_BITS = ExponentBits - FINE_BITS;

  // Cycle 1 after the start: how many steps delta is ahead. Cycle 2: which side has to move.
  wire signed [COARSE_BITS-1:0] coarse = exponent_i[ExponentBits-1:FINE_BITS];
  wire signed [COARSE_BITS-1:0] stored_coarse = stored_exponent_i[ExponentBits-1:FINE_BITS];
  reg signed [COARSE_BITS:0] rise_q;
  wire negative = rise_q[COARSE_BITS];
  wire same_bits = rise_q[COARSE_BITS-1:1] == {(COARSE_BITS - 1) {negative}};
  wire by_one = same_bits && rise_q[0];  // 1 or -1
  wire [DeltaBits-1:0] one_bit = {{(DeltaBits - 1) {1'b0}}, 1'b1} << exponent_i[FINE_BITS-1:0];
  reg start_q, start_q2, start_q3;
  reg take_q, sum_behind_q, sum_drop_q, addend_behind_q;
  assign exponent_write_o = start_q3 && take_q;
  assign exponent_write_data_o = {exponent_i[ExponentBits-1:FINE_BITS], {FINE_BITS{1'b0}}};
  always @(posedge clk_i) begin
    start_q  <= start_i;
    start_q2 <= start_q;
    start_q3 <= start_q2;
    rise_q   <= coarse - stored_coarse;
    if (start_q2) begin
      take_q          <= fresh_i || (!negative && rise_q != {(COARSE_BITS + 1) {1'b0}});
      sum_behind_q    <= by_one && !negative && !fresh_i;
      sum_drop_q      <= fresh_i || (!negative && !same_bits);
      addend_behind_q <= by_one && negative && !fresh_i;
      scale_o         <= fresh_i || !negative || by_one ? one_bit : {DeltaBits{1'b0}};
    end
    if (clear_i) scale_o <= {DeltaBits{1'b0}};
    if (rst_i) begin
      start_q  <= 1'b0;
      start_q2 <= 1'b0;
      start_q3 <= 1'b0;
    end
  end

  // Cycle 0: read. Cycle 2: shift and add. Cycle 3: write.
  reg [2:0] valid_q;  // bit i is i + 1 cycles old
  assign sum_read_o = delta_valid_i;
  assign sum_read_neuron_o = delta_neuron_i;
  assign sum_write_o = valid_q[2];
  assign sum_busy_o = delta_valid_i || valid_q != 3'd0;
  localparam SCALED_PAD = SumBits - 2 * DeltaBits - GuardBits;
  wire signed [SumBits-1:0] addend = {
    {SCALED_PAD{scaled_i[2*DeltaBits-1]}}, scaled_i, {GuardBits{1'b0}}
  };
  wire signed [SumBits-1:0] placed = addend_behind_q ? addend >>> STEP : addend;
  wire signed [SumBits-1:0] moved = sum_behind_q ? sum_read_data_i >>> STEP : sum_read_data_i;
  wire half = (sum_behind_q && sum_read_data_i[STEP-1]) || (addend_behind_q && addend[STEP-1]);
  // The rounding bit in the same adder: the bit below takes it in.
  /* verilator lint_off UNUSEDSIGNAL */  // that bit
  wire [SumBits:0] total = {sum_drop_q ? {SumBits{1'b0}} : moved, half} + {placed, 1'b1};
  /* verilator lint_on UNUSEDSIGNAL */
  always @(posedge clk_i) begin
    valid_q          <= {valid_q[1:0], delta_valid_i};
    sum_write_data_o <= total[SumBits:1];
    if (rst_i) valid_q <= 3'd0;
  end

  // Neuron and delta until the write. At an interval of 2 they come for two cycles each.
  localparam SIDE_BITS = NeuronBits + DeltaBits;
  wire [SIDE_BITS-1:0] side = {delta_neuron_i, delta_mantissa_i};
  reg [SIDE_BITS-1:0] write_q;
  assign {sum_write_neuron_o, sum_write_delta_o} = write_q;
  generate
    if (Interval == 1) begin : g_each_cycle
      reg [SIDE_BITS-1:0] side_q, side_q2;
      always @(posedge clk_i) begin
        side_q  <= side;
        side_q2 <= side_q;
        write_q <= side_q2;
      end
    end else begin : g_every_second
      always @(posedge clk_i) if (valid_q[0]) write_q <= side;
    end
  endgenerate
endmodule
`default_nettype wire
