// ds_drain: takes a finished group of accumulators and gives one weighted input z a cycle.
// Purpose     z = W a + b: adds the bias, rounds once, saturates symmetrically.
// Latency     7 cycles from capture_i to the group's first z, with spread_i 7 or 8.
// Throughput  1 z/cycle; with spread_i 1 z in 2 cycles, always as many after start_i, modulo 2.
// Format      accumulators signed AccBits; bias signed, worth 2^BiasShift accumulator LSB; shift at
//             least ShiftMin; z signed ZBits, clamped to +-(2^(ZBits-1) - 1).
// Reset       the counters and valid flags.   Golden  golden/fixed/network.ts#weightedInputs.
`default_nettype none
module ds_drain #(
    parameter Lanes      = 4,
    parameter AccBits    = 42,  // [bits]
    parameter BiasBits   = 32,  // [bits]
    parameter BiasShift  = 8,   // [bits]
    parameter ZBits      = 20,  // [bits]
    parameter ShiftBits  = 5,   // [bits]
    parameter ShiftMin   = 3,   // [bits], the smallest shift of any layer
    parameter WidthBits  = 9,   // [bits] of a neuron count
    parameter NeuronBits = 12   // [bits] of a neuron's address
) (
    input  wire                     clk_i,
    input  wire                     rst_i,

    input  wire                     start_i,  // a new layer: takes the three below
    input  wire [    WidthBits-1:0] start_n_out_i,
    input  wire [   NeuronBits-1:0] start_neuron_base_i,
    input  wire [    ShiftBits-1:0] start_shift_i,
    input  wire                     spread_i,

    input  wire                     reserve_i,  // a group is on its way
    output wire                     free_o,     // no group is held or on its way
    input  wire                     capture_i,
    /* verilator lint_off UNUSEDSIGNAL */  // what no shift brings up to the rounding bit
    input  wire [Lanes*AccBits-1:0] accumulators_i,  // 2 cycles after capture_i
    /* verilator lint_on UNUSEDSIGNAL */

    output wire [   NeuronBits-1:0] bias_addr_o,  // read latency 1
    input  wire [     BiasBits-1:0] bias_i,

    output wire                     z_soon_o,  // z_valid_o comes in 3 cycles
    output reg                      z_valid_o,
    output wire signed [ ZBits-1:0] z_o,
    output wire                     z_saturated_o
);
  localparam LANE_BITS = $clog2(Lanes);
  localparam [LANE_BITS-1:0] LAST_LANE = {LANE_BITS{1'b1}};
  localparam [WidthBits-1:0] ONE_LEFT = {{(WidthBits - 1) {1'b1}}, 1'b0};
  localparam DROPPED = ShiftMin - 1;
  localparam HELD_BITS = AccBits - DROPPED;
  localparam BIAS_AT = BiasShift - DROPPED;

  // A neuron is sent: a cycle later its bias is asked for, and arrives with its accumulator.
  reg reserved_q, sending_q, odd_q;
  reg [LANE_BITS-1:0] lane_q;
  reg [WidthBits-1:0] left_q;  // one's complement: counts up
  reg [NeuronBits-1:0] neuron_q;
  reg [ShiftBits-1:0] shift_q;
  reg [4:0] sent_q;  // bit i is i + 1 cycles old
  wire send = sending_q && !(spread_i && odd_q);
  wire last = lane_q == LAST_LANE || left_q == ONE_LEFT;
  // While start_i the sums are of no use: this way the choice shares their look-up tables.
  wire [WidthBits-1:0] next_left = left_q + {{(WidthBits - 1) {start_i}}, 1'b1};
  wire [NeuronBits-1:0] next_neuron = neuron_q + {{(NeuronBits - 1) {start_i}}, 1'b1};
  assign free_o = !reserved_q;
  assign bias_addr_o = neuron_q;
  assign z_soon_o = sent_q[2];
  always @(posedge clk_i) begin
    odd_q     <= !odd_q && !start_i;
    sent_q    <= {sent_q[3:0], send};
    z_valid_o <= sent_q[4];
    if (reserve_i) reserved_q <= 1'b1;
    if (send && last) reserved_q <= 1'b0;
    if (send && last) sending_q <= 1'b0;
    if (capture_i) sending_q <= 1'b1;
    if (capture_i) lane_q <= {LANE_BITS{1'b0}};
    else if (send) lane_q <= lane_q + {{(LANE_BITS - 1) {1'b0}}, 1'b1};
    if (start_i || send) left_q <= start_i ? ~start_n_out_i : next_left;
    if (start_i || sent_q[0]) neuron_q <= start_i ? start_neuron_base_i : next_neuron;
    if (start_i) shift_q <= start_shift_i - ShiftMin[ShiftBits-1:0];
    if (rst_i) begin
      odd_q      <= 1'b0;
      sent_q     <= 5'd0;
      z_valid_o  <= 1'b0;
      reserved_q <= 1'b0;
      sending_q  <= 1'b0;
    end
  end

  // The group moves down one lane for each neuron sent.
  wire [Lanes*HELD_BITS-1:0] finished;
  reg [Lanes*HELD_BITS-1:0] held_q;
  reg captured_q, captured_q2;
  genvar i;
  generate
    for (i = 0; i < Lanes; i = i + 1) begin : g_lane
      assign finished[i*HELD_BITS+:HELD_BITS] = accumulators_i[i*AccBits+DROPPED+:HELD_BITS];
    end
  endgenerate
  always @(posedge clk_i) begin
    captured_q  <= capture_i;
    captured_q2 <= captured_q;
    if (captured_q2) held_q <= finished;
    else if (sent_q[1]) held_q <= held_q >> HELD_BITS;
  end

  // Bias; coarse shift; fine shift, rounding and clamp in two cycles more.
  localparam FINE_STEPS = 3;
  localparam MIDDLE_BITS = ZBits + (1 << FINE_STEPS);
  wire [HELD_BITS-1:0] bias = {
    {(HELD_BITS - BiasBits - BIAS_AT) {bias_i[BiasBits-1]}}, bias_i, {BIAS_AT{1'b0}}
  };
  reg [HELD_BITS-1:0] sum_q;
  always @(posedge clk_i) sum_q <= held_q[HELD_BITS-1:0] + bias;
  wire [MIDDLE_BITS-1:0] middle;
  wire [ShiftBits-FINE_STEPS:0] spill;
  ds_narrow_shift #(
      .InBits   (HELD_BITS),
      .ShiftBits(ShiftBits - FINE_STEPS),
      .UnitLog  (FINE_STEPS),
      .OutBits  (MIDDLE_BITS)
  ) u_coarse (
      .x_i    (sum_q),
      .shift_i(shift_q[ShiftBits-1:FINE_STEPS]),
      .y_o    (middle),
      .spill_o(spill)
  );
  reg [MIDDLE_BITS-1:0] middle_q;
  reg sign_q;
  reg [ShiftBits-FINE_STEPS:0] spill_q;
  always @(posedge clk_i) begin
    middle_q <= middle;
    spill_q  <= spill;
    sign_q   <= sum_q[HELD_BITS-1];
  end
  ds_round_sat #(
      .InBits   (MIDDLE_BITS),
      .ShiftBits(FINE_STEPS),
      .OutBits  (ZBits),
      .Symmetric(1)
  ) u_round (
      .clk_i      (clk_i),
      .x_i        (middle_q),
      .spill_i    (spill_q != {(ShiftBits - FINE_STEPS + 1) {1'b0}}),
      .sign_i     (sign_q),
      .shift_i    (shift_q[FINE_STEPS-1:0]),
      .enable_i   (1'b1),
      .y_o        (z_o),
      .saturated_o(z_saturated_o)
  );
endmodule
`default_nettype wire
