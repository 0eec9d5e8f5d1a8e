// ds_delta_sum: sum of delta over the images of a batch, per neuron.
// Purpose     one running exponent a layer; whichever of sum and addend has the smaller exponent
//             is shifted and rounded, so nothing that a float of 32 bits would keep is lost.
// Latency     6 cycles from a delta to its sum in memory; 2 from read_addr_i, layer_i.
// Throughput  1 delta/cycle, each neuron at most once in 6 cycles.
// Format      sum signed SumBits, sum * 2^(running exponent - GuardBits). NoExponent: all zero.
// Reset       the valid flags.   Golden  golden/fixed/delta-sum.ts#DeltaSum, exact.
`default_nettype none
module ds_delta_sum #(
    parameter Neurons      = 512,
    parameter NeuronBits   = 9,     // [bits], log2(Neurons)
    parameter Layers       = 128,
    parameter LayerBits    = 7,     // [bits], log2(Layers)
    parameter DeltaBits    = 16,    // [bits]
    parameter GuardBits    = 16,    // [bits]
    parameter SumBits      = 48,    // [bits]
    parameter ExponentBits = 16,    // [bits]
    parameter NoExponent   = -32768
) (
    input  wire                           clk_i,
    input  wire                           rst_i,

    input  wire                           start_i,  // takes everything in this group
    input  wire                           start_fresh_i,     // first image of a batch
    input  wire                           start_nonzero_i,   // delta is not all zero
    input  wire signed [ExponentBits-1:0] start_exponent_i,

    input  wire        [   LayerBits-1:0] layer_i,  // steady from 2 cycles before start_i
    input  wire                           delta_valid_i,
    input  wire        [  NeuronBits-1:0] delta_neuron_i,
    input  wire signed [   DeltaBits-1:0] delta_mantissa_i,

    input  wire        [  NeuronBits-1:0] read_addr_i,  // while no layer is in work
    output wire        [     SumBits-1:0] read_sum_o,
    output wire signed [ExponentBits-1:0] read_exponent_o  // of layer_i
);
  localparam SHIFT_BITS = $clog2(SumBits + 1);
  localparam [ExponentBits-1:0] NONE = NoExponent[ExponentBits-1:0];
  localparam [ExponentBits:0] FAR = SumBits[ExponentBits:0];

  // Running exponent of the layer, and which side has to move.
  wire signed [ExponentBits-1:0] stored_exponent;
  wire signed [ExponentBits-1:0] old = start_fresh_i ? NONE : stored_exponent;
  wire signed [ExponentBits:0] rise = start_exponent_i - old;
  wire [ExponentBits:0] distance = rise[ExponentBits] ? -rise : rise;
  reg write_exponent_q, enabled_q, empty_q, move_sum_q;
  reg signed [ExponentBits-1:0] exponent_q;
  reg [SHIFT_BITS-1:0] shift_q;
  always @(posedge clk_i) begin
    write_exponent_q <= start_i && (start_fresh_i || start_nonzero_i);
    if (start_i) begin
      enabled_q  <= start_nonzero_i || start_fresh_i;  // a fresh batch writes its zeros
      empty_q    <= old == NONE;
      move_sum_q <= !rise[ExponentBits];
      exponent_q <= start_nonzero_i && !rise[ExponentBits] ? start_exponent_i : old;
      shift_q    <= distance > FAR ? FAR[SHIFT_BITS-1:0] : distance[SHIFT_BITS-1:0];
    end
    if (rst_i) write_exponent_q <= 1'b0;
  end
  ds_ram #(
      .Width(ExponentBits),
      .Depth(Layers)
  ) u_exponents (
      .clk_i  (clk_i),
      .we_i   (write_exponent_q),
      .waddr_i(layer_i),
      .wdata_i(exponent_q),
      .raddr_i(layer_i),
      .rdata_o(stored_exponent)
  );
  assign read_exponent_o = stored_exponent;

  // Cycles 1 and 2: read the sum. Cycle 3: choose. Cycles 4 and 5: shift. Cycle 6: add and write.
  reg [4:0] valid_q;  // bit i is i + 1 cycles old
  reg [NeuronBits-1:0] neuron_q, neuron_q2, neuron_q3, neuron_q4, neuron_q5;
  reg signed [DeltaBits-1:0] delta_q, delta_q2;
  reg signed [SumBits-1:0] moving_q3, staying_q3, staying_q4, staying_q5;
  wire signed [SumBits-1:0] moved;
  wire signed [SumBits-1:0] addend = {
    {(SumBits - DeltaBits - GuardBits) {delta_q2[DeltaBits-1]}}, delta_q2, {GuardBits{1'b0}}
  };
  wire signed [SumBits-1:0] sum = empty_q ? {SumBits{1'b0}} : read_sum_o;
  always @(posedge clk_i) begin
    valid_q    <= {valid_q[3:0], delta_valid_i && enabled_q};
    neuron_q   <= delta_neuron_i;
    neuron_q2  <= neuron_q;
    neuron_q3  <= neuron_q2;
    neuron_q4  <= neuron_q3;
    neuron_q5  <= neuron_q4;
    delta_q    <= delta_mantissa_i;
    delta_q2   <= delta_q;
    moving_q3  <= move_sum_q ? sum : addend;
    staying_q3 <= move_sum_q ? addend : sum;
    staying_q4 <= staying_q3;
    staying_q5 <= staying_q4;
    if (rst_i) valid_q <= 5'd0;
  end
  ds_round_shift #(
      .InBits   (SumBits),
      .ShiftBits(SHIFT_BITS),
      .OutBits  (SumBits)
  ) u_round (
      .clk_i  (clk_i),
      .x_i    (moving_q3),
      .shift_i(shift_q),
      .y_o    (moved)
  );
  ds_ram #(
      .Width(SumBits),
      .Depth(Neurons)
  ) u_sums (
      .clk_i  (clk_i),
      .we_i   (valid_q[4]),
      .waddr_i(neuron_q5),
      .wdata_i(moved + staying_q5),
      .raddr_i(delta_valid_i ? delta_neuron_i : read_addr_i),
      .rdata_o(read_sum_o)
  );
endmodule
`default_nettype wire
