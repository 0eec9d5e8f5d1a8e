// TRELLIS_DPR16X4: distributed memory, 16 words of 4 bits.
// Source      Lattice FPGA-TN-02204 (ECP5 memory usage guide), distributed dual-port RAM: written
//             at the clock's edge, read at once.
// Stops       with an inverted clock or write enable, and with an initial content.
`default_nettype none

module TRELLIS_DPR16X4 #(
    parameter        WCKMUX  = "WCK",
    parameter        WREMUX  = "WRE",
    parameter [63:0] INITVAL = 64'bx
) (
    input  wire [3:0] DI,
    input  wire [3:0] WAD,
    input  wire       WRE,
    input  wire       WCK,
    input  wire [3:0] RAD,
    output wire [3:0] DO
);
  localparam MODELLED = WCKMUX == "WCK" && WREMUX == "WRE" && (^INITVAL) === 1'bx;
  reg [3:0] mem[0:15];
  assign DO = mem[RAD];

  always @(posedge WCK) begin
    if (!MODELLED) begin
      $display("TRELLIS_DPR16X4: only plain clock and enable, without INITVAL, are modelled");
      $fatal;
    end
    if (WRE) mem[WAD] <= DI;
  end
endmodule

`default_nettype wire
