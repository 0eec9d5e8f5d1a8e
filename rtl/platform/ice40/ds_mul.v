// ds_mul: pipelined multiplier, the same latency on every family; here one SB_MAC16.
// Purpose     the only multiplier of the project. Instantiated: yosys drops some inferred ones.
// Latency     3 cycles (operands, partial products, product).   Throughput  1 product/cycle.
// Format      opaque integers, exact: Q of the product = sum of the operands' Q.
//             Each operand is signed or unsigned, at most 16 bits; the product is signed when
//             either is.
// Reset       none: data only.   Golden  the integer product itself.
`default_nettype none

module ds_mul #(
    parameter AWidth  = 16,  // [bits]
    parameter ASigned = 1,   // 1: a_i is two's complement
    parameter BWidth  = 16,  // [bits]
    parameter BSigned = 1    // 1: b_i is two's complement
) (
    input wire clk_i,

    input wire [AWidth-1:0] a_i,
    input wire [BWidth-1:0] b_i,

    output wire [AWidth+BWidth-1:0] p_o
);
  wire [15:0] a = {{(16 - AWidth) {(ASigned != 0) && a_i[AWidth-1]}}, a_i};
  wire [15:0] b = {{(16 - BWidth) {(BSigned != 0) && b_i[BWidth-1]}}, b_i};
  wire [31:0] p;
  assign p_o = p[AWidth+BWidth-1:0];

  // "16x16 multiplier, all pipelined" of Lattice TN1295, table 3; the adders are by-passed.
  SB_MAC16 #(
      .NEG_TRIGGER             (1'b0),
      .A_REG                   (1'b1),
      .B_REG                   (1'b1),
      .C_REG                   (1'b0),
      .D_REG                   (1'b0),
      .TOP_8x8_MULT_REG        (1'b1),
      .BOT_8x8_MULT_REG        (1'b1),
      .PIPELINE_16x16_MULT_REG1(1'b1),
      .PIPELINE_16x16_MULT_REG2(1'b1),
      .TOPOUTPUT_SELECT        (2'b11),
      .TOPADDSUB_LOWERINPUT    (2'b00),
      .TOPADDSUB_UPPERINPUT    (1'b0),
      .TOPADDSUB_CARRYSELECT   (2'b00),
      .BOTOUTPUT_SELECT        (2'b11),
      .BOTADDSUB_LOWERINPUT    (2'b00),
      .BOTADDSUB_UPPERINPUT    (1'b0),
      .BOTADDSUB_CARRYSELECT   (2'b00),
      .MODE_8x8                (1'b0),
      .A_SIGNED                (ASigned != 0),
      .B_SIGNED                (BSigned != 0)
  ) u_mac (
      .CLK       (clk_i),
      .CE        (1'b1),
      .A         (a),
      .B         (b),
      .C         (16'd0),
      .D         (16'd0),
      .AHOLD     (1'b0),
      .BHOLD     (1'b0),
      .CHOLD     (1'b0),
      .DHOLD     (1'b0),
      .IRSTTOP   (1'b0),
      .IRSTBOT   (1'b0),
      .ORSTTOP   (1'b0),
      .ORSTBOT   (1'b0),
      .OLOADTOP  (1'b0),
      .OLOADBOT  (1'b0),
      .ADDSUBTOP (1'b0),
      .ADDSUBBOT (1'b0),
      .OHOLDTOP  (1'b0),
      .OHOLDBOT  (1'b0),
      .CI        (1'b0),
      .ACCUMCI   (1'b0),
      .SIGNEXTIN (1'b0),
      .O         (p),
      .CO        (),
      .ACCUMCO   (),
      .SIGNEXTOUT()
  );

  wire unused = &{1'b0, p};
endmodule

`default_nettype wire
