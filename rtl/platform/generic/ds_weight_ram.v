// ds_weight_ram: the weight memory, LANES words wide, one port.
// Purpose     one row a cycle for the MAC array; single words of it are written.
// Latency     1 cycle: the multipliers have registers of their own.
// Throughput  1 access/cycle, read or write.
// Format      opaque words.
// Reset       none: random after power-up.   Golden  none.
`default_nettype none
module ds_weight_ram #(
    parameter Lanes    = 4,
    parameter WordBits = 16,   // [bits]
    parameter Rows     = 1024,
    parameter RowBits  = 10    // [bits], log2(Rows)
) (
    input  wire                      clk_i,

    input  wire [         Lanes-1:0] we_i,
    input  wire [       RowBits-1:0] addr_i,
    input  wire [Lanes*WordBits-1:0] wdata_i,
    output wire [Lanes*WordBits-1:0] rdata_o
);
  genvar i;
  generate
    for (i = 0; i < Lanes; i = i + 1) begin : g_lane
      reg [WordBits-1:0] mem[0:Rows-1];
      reg [WordBits-1:0] read_q;
      /* verilator lint_off BLKSEQ */  // written at once, as in ds_ram
      always @(posedge clk_i) begin
        if (we_i[i]) mem[addr_i] = wdata_i[i*WordBits+:WordBits];
        else read_q <= mem[addr_i];
      end
      /* verilator lint_on BLKSEQ */
      assign rdata_o[i*WordBits+:WordBits] = read_q;
    end
  endgenerate
endmodule
`default_nettype wire
