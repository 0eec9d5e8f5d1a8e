// MULT18X18D: 18 x 18 multiplier, signed, with all of its registers on CLK0.
// Source      Lattice FPGA-TN-02205 (ECP5 sysDSP usage guide): registers at the inputs, in the
//             pipeline and at the output; an operand is signed while its SIGNED input is 1;
//             SOURCEB 0 takes B from the fabric.
// Stops       in every other configuration.
`default_nettype none

module MULT18X18D #(
    parameter REG_INPUTA_CLK   = "NONE",
    parameter REG_INPUTB_CLK   = "NONE",
    parameter REG_PIPELINE_CLK = "NONE",
    parameter REG_OUTPUT_CLK   = "NONE",
    parameter SOURCEB_MODE     = "B_SHIFT",
    parameter MULT_BYPASS      = "DISABLED",
    parameter GSR              = "ENABLED",
    parameter RESETMODE        = "SYNC"
) (
    input wire A0, A1, A2, A3, A4, A5, A6, A7, A8, A9, A10, A11,
    input wire A12, A13, A14, A15, A16, A17,
    input wire B0, B1, B2, B3, B4, B5, B6, B7, B8, B9, B10, B11,
    input wire B12, B13, B14, B15, B16, B17,
    input wire C0, C1, C2, C3, C4, C5, C6, C7, C8, C9, C10, C11,
    input wire C12, C13, C14, C15, C16, C17,
    input wire SIGNEDA,
    input wire SIGNEDB,
    input wire SOURCEA,
    input wire SOURCEB,
    input wire CLK0, CLK1, CLK2, CLK3,
    input wire CE0, CE1, CE2, CE3,
    input wire RST0, RST1, RST2, RST3,
    output wire P0, P1, P2, P3, P4, P5, P6, P7, P8, P9, P10, P11,
    output wire P12, P13, P14, P15, P16, P17, P18, P19, P20, P21, P22, P23,
    output wire P24, P25, P26, P27, P28, P29, P30, P31, P32, P33, P34, P35,
    output wire SIGNEDP
);
  localparam MODELLED = REG_INPUTA_CLK == "CLK0" && REG_INPUTB_CLK == "CLK0" &&
                        REG_PIPELINE_CLK == "CLK0" && REG_OUTPUT_CLK == "CLK0" &&
                        SOURCEB_MODE == "B_SHIFT" && MULT_BYPASS == "DISABLED" &&
                        GSR == "DISABLED";
  wire signed [17:0] a = {
    A17, A16, A15, A14, A13, A12, A11, A10, A9, A8,
    A7, A6, A5, A4, A3, A2, A1, A0
  };
  wire signed [17:0] b = {
    B17, B16, B15, B14, B13, B12, B11, B10, B9, B8,
    B7, B6, B5, B4, B3, B2, B1, B0
  };

  reg signed [17:0] a_q;
  reg signed [17:0] b_q;
  reg signed [35:0] pipeline_q;
  reg        [35:0] product_q;
  assign {
    P35, P34, P33, P32, P31, P30, P29, P28, P27, P26,
    P25, P24, P23, P22, P21, P20, P19, P18, P17, P16,
    P15, P14, P13, P12, P11, P10, P9, P8, P7, P6,
    P5, P4, P3, P2, P1, P0
  } = product_q;
  assign SIGNEDP = 1'bx;

  always @(posedge CLK0) begin
    if (!MODELLED || !SIGNEDA || !SIGNEDB || SOURCEA || SOURCEB || !CE0 || RST0) begin
      $display("MULT18X18D: only the signed multiplier with all registers is modelled");
      $fatal;
    end
    a_q        <= a;
    b_q        <= b;
    pipeline_q <= a_q * b_q;
    product_q  <= pipeline_q;
  end
endmodule

`default_nettype wire
