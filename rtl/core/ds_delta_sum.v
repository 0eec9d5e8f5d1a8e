// ds_delta_sum: sum of delta over the images of a batch, per neuron.
// Purpose     one running exponent a layer, in steps of STEP: delta scaled to a step comes from the
//             multiplier of ds_delta_unit, and whichever of sum and addend is a step behind is
//             shifted by it and rounded; two steps behind, it is below half an LSB for each image.
// Latency     the sum is read 1 cycle after delta came, and written 3 cycles later; the
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
    /* verilator lint_off UNUSEDSIGNAL */  // the bits below a step, all 0
    input  wire signed [ExponentBits-1:0] stored_exponent_i,
    /* verilator lint_on UNUSEDSIGNAL */
    output wire                           exponent_write_o,
    output wire        [ExponentBits-1:0] exponent_write_data_o,
    output reg         [   DeltaBits-1:0] scale_o,     // one bit, from 3 cycles after start_i

    input  wire                           delta_valid_i,
    input  wire        [  NeuronBits-1:0] delta_neuron_i,
    input  wire        [   DeltaBits-1:0] delta_mantissa_i,
    input  wire signed [ 2*DeltaBits-1:0] scaled_i,    // delta * scale, 3 cycles later

    output wire                           sum_read_o,
    output wire        [  NeuronBits-1:0] sum_read_neuron_o,
    input  wire signed [     SumBits-1:0] sum_read_data_i,  // 1 cycle later
    output wire                           sum_write_o,
    output wire        [  NeuronBits-1:0] sum_write_neuron_o,
    output wire        [     SumBits-1:0] sum_write_data_o,
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

  // Cycle 1: read. Cycle 2: shift the sum. Cycle 3: shift the addend, and add what it reaches.
  // Cycle 4: the rest, and write.
  reg [3:0] valid_q;  // bit i is i + 1 cycles old
  assign sum_read_o = valid_q[0];
  assign sum_write_o = valid_q[3];
  assign sum_busy_o = valid_q != 4'd0;
  localparam SCALED_PAD = SumBits - 2 * DeltaBits - GuardBits;
  wire signed [SumBits-1:0] addend = {
    {SCALED_PAD{scaled_i[2*DeltaBits-1]}}, scaled_i, {GuardBits{1'b0}}
  };
  wire signed [SumBits-1:0] placed = addend_behind_q ? addend >>> STEP : addend;
  wire signed [SumBits-1:0] moved = sum_behind_q ? sum_read_data_i >>> STEP : sum_read_data_i;
  reg [SumBits-1:0] kept_q;
  reg kept_half_q;
  wire half = kept_half_q || (addend_behind_q && addend[STEP-1]);
  // A bit that is carried in is added in the same adder: the bit below takes it.
  localparam LOW_BITS = 2 * DeltaBits;  // of the addend, with its sign
  localparam HIGH_BITS = SumBits - LOW_BITS;
  reg [LOW_BITS-1:0] low_q;
  reg [HIGH_BITS-1:0] high_q;
  reg carry_q, negative_q;
  /* verilator lint_off UNUSEDSIGNAL */  // the bits below
  wire [LOW_BITS+1:0] low = {1'b0, kept_q[LOW_BITS-1:0], half} + {1'b0, placed[LOW_BITS-1:0], 1'b1};
  wire [HIGH_BITS:0] high = {high_q, carry_q} + {{HIGH_BITS{negative_q}}, 1'b1};
  /* verilator lint_on UNUSEDSIGNAL */
  assign sum_write_data_o = {high[HIGH_BITS:1], low_q};
  always @(posedge clk_i) begin
    valid_q     <= {valid_q[2:0], delta_valid_i};
    kept_q      <= sum_drop_q ? {SumBits{1'b0}} : moved;
    kept_half_q <= sum_behind_q && sum_read_data_i[STEP-1];
    low_q       <= low[LOW_BITS:1];
    carry_q     <= low[LOW_BITS+1];
    high_q      <= kept_q[SumBits-1:LOW_BITS];
    negative_q  <= placed[SumBits-1];
    if (rst_i) valid_q <= 4'd0;
  end

  // Neuron and delta until the write. At an interval of 2 they come for two cycles each.
  localparam SIDE_BITS = NeuronBits + DeltaBits;
  wire [SIDE_BITS-1:0] side = {delta_neuron_i, delta_mantissa_i};
  reg [SIDE_BITS-1:0] side_q, write_q;
  assign {sum_write_neuron_o, sum_write_delta_o} = write_q;
  generate
    if (Interval == 1) begin : g_each_cycle
      reg [SIDE_BITS-1:0] side_q2, side_q3;
      assign sum_read_neuron_o = side_q[SIDE_BITS-1:DeltaBits];
      always @(posedge clk_i) begin
        side_q  <= side;
        side_q2 <= side_q;
        side_q3 <= side_q2;
        write_q <= side_q3;
      end
    end else begin : g_every_second
      assign sum_read_neuron_o = delta_neuron_i;
      always @(posedge clk_i) begin
        if (valid_q[0]) side_q <= side;
        if (valid_q[2]) write_q <= side_q;
      end
    end
  endgenerate
endmodule
`default_nettype wire
