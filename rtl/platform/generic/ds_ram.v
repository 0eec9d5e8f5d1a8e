// ds_ram: memory with one write and one read port on one clock.
// Purpose     the only large memory of the design; the families map it to their block RAM.
//             Here a word written while it is read reads inverted, so that no simulation and no
//             proof passes that depends on it: block RAM promises neither the old nor the new one.
// Latency     Latency cycles from raddr_i to rdata_o.   Throughput  1 write and 1 read a cycle.
// Format      opaque. A word written and read in the same cycle reads as anything.
// Reset       none: contents and output are undefined until written.   Golden  none.
`default_nettype none

module ds_ram #(
    parameter Width   = 8,   // [bits]
    parameter Depth   = 16,  // [words]
    parameter Latency = 2    // 1: without an output register, where one follows anyway
) (
    input  wire                                       clk_i,

    input  wire                                       we_i,
    input  wire [(Depth > 2 ? $clog2(Depth) : 1)-1:0] waddr_i,
    input  wire [Width-1:0]                           wdata_i,

    input  wire [(Depth > 2 ? $clog2(Depth) : 1)-1:0] raddr_i,
    output wire [Width-1:0]                           rdata_o
);
  reg [Width-1:0] memory_q [0:Depth-1];
  reg [Width-1:0] word_q;

  // Nobody else reads the memory: written at once, behind the reading, it needs no copy of the
  // word until the end of the step, which was a third of a simulation. yosys would make registers
  // of it.
  always @(posedge clk_i) begin
    word_q <= memory_q[raddr_i];
    if (we_i) begin
      if (waddr_i == raddr_i) word_q <= ~memory_q[raddr_i];
`ifdef VERILATOR
      /* verilator lint_off BLKSEQ */
      memory_q[waddr_i] = wdata_i;
      /* verilator lint_on BLKSEQ */
`else
      memory_q[waddr_i] <= wdata_i;
`endif
    end
  end

  generate
    if (Latency == 1) begin : g_direct
      assign rdata_o = word_q;
    end else begin : g_registered
      reg [Width-1:0] rdata_q;
      always @(posedge clk_i) rdata_q <= word_q;
      assign rdata_o = rdata_q;
    end
  endgenerate
endmodule

`default_nettype wire
