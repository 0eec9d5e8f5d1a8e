// ds_drain: takes a finished group of accumulators and gives one weighted input z a cycle.
// Purpose     z = W a + b: adds the bias, rounds once, saturates symmetrically.
// Latency     7 cycles from capture_i to the group's first z.   Throughput  1 z/cycle.
// Format      accumulators signed AccBits; bias signed, worth 2^BiasShift accumulator LSB; z
//             signed ZBits, clamped to +-(2^(ZBits-1) - 1).
// Reset       the counters and valid flags.   Golden  golden/fixed/network.ts#weightedInputs.
`default_nettype none
module ds_drain #(
    parameter Lanes      = 4,
    parameter AccBits    = 42,  // [bits]
    parameter BiasBits   = 32,  // [bits]
    parameter BiasShift  = 8,   // [bits]
    parameter ZBits      = 20,  // [bits]
    parameter ShiftBits  = 5,   // [bits]
    parameter WidthBits  = 9,   // [bits] of a neuron count
    parameter NeuronBits = 12   // [bits] of a neuron's address
) (
    input  wire                     clk_i,
    input  wire                     rst_i,

    input  wire                     start_i,  // a new layer: takes the three below
    input  wire [    WidthBits-1:0] start_n_out_i,
    input  wire [   NeuronBits-1:0] start_neuron_base_i,
    input  wire [    ShiftBits-1:0] start_shift_i,

    input  wire                     reserve_i,  // a group is on its way
    output wire                     free_o,     // no group is held or on its way
    input  wire                     capture_i,
    input  wire [Lanes*AccBits-1:0] accumulators_i,

    output wire [   NeuronBits-1:0] bias_addr_o,  // read latency 2
    input  wire [     BiasBits-1:0] bias_i,

    output reg                      z_valid_o,
    output reg signed [  ZBits-1:0] z_o,
    output reg                      z_saturated_o
);
  localparam LANE_BITS = $clog2(Lanes + 1);
  localparam [LANE_BITS-1:0] ALL_LANES = Lanes[LANE_BITS-1:0];
  localparam [LANE_BITS-1:0] ONE_LANE = 1;
  localparam [WidthBits-1:0] WIDE_LANES = Lanes[WidthBits-1:0];

  reg [Lanes*AccBits-1:0] held_q;
  reg [LANE_BITS-1:0] left_q;  // accumulators still to send
  reg reserved_q;
  reg [WidthBits-1:0] neurons_left_q;
  reg [NeuronBits-1:0] neuron_q;
  reg [ShiftBits-1:0] shift_q;
  wire sending = left_q != {LANE_BITS{1'b0}};
  assign free_o = !reserved_q;
  assign bias_addr_o = neuron_q;

  always @(posedge clk_i) begin
    if (reserve_i) reserved_q <= 1'b1;
    if (capture_i) begin
      held_q <= accumulators_i;
      left_q <= neurons_left_q < WIDE_LANES ? neurons_left_q[LANE_BITS-1:0] : ALL_LANES;
    end else if (sending) begin
      held_q         <= held_q >> AccBits;
      left_q         <= left_q - ONE_LANE;
      neuron_q       <= neuron_q + {{(NeuronBits - 1) {1'b0}}, 1'b1};
      neurons_left_q <= neurons_left_q - {{(WidthBits - 1) {1'b0}}, 1'b1};
      if (left_q == ONE_LANE) reserved_q <= 1'b0;
    end
    if (start_i) begin
      neurons_left_q <= start_n_out_i;
      neuron_q       <= start_neuron_base_i;
      shift_q        <= start_shift_i;
    end
    if (rst_i) begin
      left_q     <= {LANE_BITS{1'b0}};
      reserved_q <= 1'b0;
    end
  end

  // The bias arrives two cycles after its address.
  reg [4:0] valid_q;  // bit i is i + 1 cycles old
  reg signed [AccBits-1:0] acc_q, acc_q2, sum_q;
  wire signed [AccBits-1:0] bias = {
    {(AccBits - BiasBits - BiasShift) {bias_i[BiasBits-1]}}, bias_i, {BiasShift{1'b0}}
  };
  wire signed [AccBits-1:0] rounded;
  ds_round_shift #(
      .InBits   (AccBits),
      .ShiftBits(ShiftBits),
      .OutBits  (AccBits)
  ) u_round (
      .clk_i  (clk_i),
      .x_i    (sum_q),
      .shift_i(shift_q),
      .y_o    (rounded)
  );

  localparam signed [AccBits-1:0] Z_MAX = (1 << (ZBits - 1)) - 1;
  wire above = rounded > Z_MAX;
  wire below = rounded < -Z_MAX;
  always @(posedge clk_i) begin
    acc_q         <= held_q[AccBits-1:0];
    acc_q2        <= acc_q;
    sum_q         <= acc_q2 + bias;
    valid_q       <= {valid_q[3:0], sending};
    z_valid_o     <= valid_q[4];
    z_o           <= above ? Z_MAX[ZBits-1:0] : below ? -Z_MAX[ZBits-1:0] : rounded[ZBits-1:0];
    z_saturated_o <= above || below;
    if (rst_i) begin
      valid_q   <= 5'd0;
      z_valid_o <= 1'b0;
    end
  end
endmodule
`default_nettype wire
