// SB_MAC16: as a 16 x 16 multiplier with all of its registers.
// Source      Lattice TN1295 (DSP function usage guide for iCE40), "16x16 multiplier, all
//             pipelined": registers at the operands, at the partial products and at the product;
//             either operand signed or unsigned.
// Stops       in every other configuration.
`default_nettype none

module SB_MAC16 #(
    parameter [0:0] NEG_TRIGGER              = 0,
    parameter [0:0] A_REG                    = 0,
    parameter [0:0] B_REG                    = 0,
    parameter [0:0] C_REG                    = 0,
    parameter [0:0] D_REG                    = 0,
    parameter [0:0] TOP_8x8_MULT_REG         = 0,
    parameter [0:0] BOT_8x8_MULT_REG         = 0,
    parameter [0:0] PIPELINE_16x16_MULT_REG1 = 0,
    parameter [0:0] PIPELINE_16x16_MULT_REG2 = 0,
    parameter [1:0] TOPOUTPUT_SELECT         = 0,
    parameter [1:0] TOPADDSUB_LOWERINPUT     = 0,
    parameter [0:0] TOPADDSUB_UPPERINPUT     = 0,
    parameter [1:0] TOPADDSUB_CARRYSELECT    = 0,
    parameter [1:0] BOTOUTPUT_SELECT         = 0,
    parameter [1:0] BOTADDSUB_LOWERINPUT     = 0,
    parameter [0:0] BOTADDSUB_UPPERINPUT     = 0,
    parameter [1:0] BOTADDSUB_CARRYSELECT    = 0,
    parameter [0:0] MODE_8x8                 = 0,
    parameter [0:0] A_SIGNED                 = 0,
    parameter [0:0] B_SIGNED                 = 0
) (
    input  wire        CLK,
    input  wire        CE,
    input  wire [15:0] A,
    input  wire [15:0] B,
    input  wire [15:0] C,
    input  wire [15:0] D,
    input  wire        AHOLD,
    input  wire        BHOLD,
    input  wire        CHOLD,
    input  wire        DHOLD,
    input  wire        IRSTTOP,
    input  wire        IRSTBOT,
    input  wire        ORSTTOP,
    input  wire        ORSTBOT,
    input  wire        OLOADTOP,
    input  wire        OLOADBOT,
    input  wire        ADDSUBTOP,
    input  wire        ADDSUBBOT,
    input  wire        OHOLDTOP,
    input  wire        OHOLDBOT,
    input  wire        CI,
    input  wire        ACCUMCI,
    input  wire        SIGNEXTIN,
    output wire [31:0] O,
    output wire        CO,
    output wire        ACCUMCO,
    output wire        SIGNEXTOUT
);
  localparam MODELLED = !NEG_TRIGGER && A_REG && B_REG && TOP_8x8_MULT_REG && BOT_8x8_MULT_REG &&
                        PIPELINE_16x16_MULT_REG1 && PIPELINE_16x16_MULT_REG2 && !MODE_8x8 &&
                        TOPOUTPUT_SELECT == 3 && BOTOUTPUT_SELECT == 3;
  wire odd = !CE || AHOLD || BHOLD || IRSTTOP || IRSTBOT;

  reg signed [16:0] a_q;
  reg signed [16:0] b_q;
  reg signed [33:0] partial_q;
  reg        [31:0] product_q;
  assign O          = product_q;
  assign CO         = 1'bx;
  assign ACCUMCO    = 1'bx;
  assign SIGNEXTOUT = 1'bx;

  always @(posedge CLK) begin
    if (!MODELLED || odd) begin
      $display("SB_MAC16: only the fully pipelined 16 x 16 multiplier is modelled");
      $fatal;
    end
    a_q       <= {A_SIGNED && A[15], A};
    b_q       <= {B_SIGNED && B[15], B};
    partial_q <= a_q * b_q;
    product_q <= partial_q[31:0];
  end
endmodule

`default_nettype wire
