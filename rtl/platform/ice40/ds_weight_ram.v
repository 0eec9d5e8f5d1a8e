// ds_weight_ram: the weight memory, LANES words wide, one port; here one SB_SPRAM256KA a lane.
// Purpose     one row a cycle for the MAC array; single words of it are written.
// Latency     1 cycle: the multipliers have registers of their own.
// Throughput  1 access/cycle, read or write.
// Format      opaque words of at most 16 bits; at most 16384 rows.
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
  wire [13:0] addr = {{(14 - RowBits) {1'b0}}, addr_i};
  genvar i;
  generate
    for (i = 0; i < Lanes; i = i + 1) begin : g_lane
      wire [15:0] word;
      wire [15:0] wdata = {{(16 - WordBits) {1'b0}}, wdata_i[i*WordBits+:WordBits]};
      SB_SPRAM256KA u_spram (
          .CLOCK     (clk_i),
          .CHIPSELECT(1'b1),
          .STANDBY   (1'b0),
          .SLEEP     (1'b0),
          .POWEROFF  (1'b1),  // active low
          .ADDRESS   (addr),
          .WREN      (we_i[i]),
          .MASKWREN  (4'hF),
          .DATAIN    (wdata),
          .DATAOUT   (word)
      );
      assign rdata_o[i*WordBits+:WordBits] = word[WordBits-1:0];
    end
  endgenerate
  wire unused = &{1'b0, Rows != 0};
endmodule
`default_nettype wire
