// ds_unit_flags: what was seen of each unit in some image of the batch.
// Purpose     a unit without derivative in the whole batch is dead; one that never left the flat
//             part is saturated.
// Latency     2 cycles from read_addr_i; 3 from a unit to its flags in memory.
// Throughput  1 unit/cycle, each unit at most once in 3 cycles.
// Format      two flags a neuron.
// Reset       the valid flag.   Golden  golden/fixed/unit-flags.ts#unitFlags, exact.
`default_nettype none
module ds_unit_flags #(
    parameter Neurons    = 512,
    parameter NeuronBits = 9     // [bits], log2(Neurons)
) (
    input  wire                  clk_i,
    input  wire                  rst_i,

    input  wire                  fresh_i,  // first image of a batch
    input  wire                  unit_valid_i,
    input  wire [NeuronBits-1:0] unit_neuron_i,
    input  wire                  unit_alive_i,
    input  wire                  unit_responsive_i,

    input  wire [NeuronBits-1:0] read_addr_i,  // while no unit comes
    output wire                  read_alive_o,
    output wire                  read_responsive_o
);
  reg [1:0] valid_q;  // bit i is i + 1 cycles old
  reg [NeuronBits-1:0] neuron_q, neuron_q2;
  reg [1:0] seen_q, seen_q2;
  wire [1:0] stored;
  assign {read_responsive_o, read_alive_o} = stored;
  always @(posedge clk_i) begin
    valid_q   <= {valid_q[0], unit_valid_i};
    neuron_q  <= unit_neuron_i;
    neuron_q2 <= neuron_q;
    seen_q    <= {unit_responsive_i, unit_alive_i};
    seen_q2   <= seen_q;
    if (rst_i) valid_q <= 2'd0;
  end
  ds_ram #(
      .Width(2),
      .Depth(Neurons)
  ) u_flags (
      .clk_i  (clk_i),
      .we_i   (valid_q[1]),
      .waddr_i(neuron_q2),
      .wdata_i(seen_q2 | (fresh_i ? 2'b00 : stored)),
      .raddr_i(unit_valid_i ? unit_neuron_i : read_addr_i),
      .rdata_o(stored)
  );
endmodule
`default_nettype wire
