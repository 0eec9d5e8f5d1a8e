// Benches of the models in sim/cells/ecp5: random stimuli against what Lattice's documents say,
// in plain Verilog. Each prints a line: name, checks, errors.
`default_nettype none

module bench_mult18 (
    input wire clk,
    input wire done
);
  reg [17:0] a, b;
  wire [35:0] out;
  MULT18X18D #(
      .REG_INPUTA_CLK("CLK0"), .REG_INPUTB_CLK("CLK0"), .REG_PIPELINE_CLK("CLK0"),
      .REG_OUTPUT_CLK("CLK0"), .GSR("DISABLED")
  ) dut (
      .A0(a[0]), .A1(a[1]), .A2(a[2]), .A3(a[3]), .A4(a[4]), .A5(a[5]), .A6(a[6]), .A7(a[7]),
      .A8(a[8]), .A9(a[9]), .A10(a[10]), .A11(a[11]), .A12(a[12]), .A13(a[13]), .A14(a[14]),
      .A15(a[15]), .A16(a[16]), .A17(a[17]), .B0(b[0]), .B1(b[1]), .B2(b[2]), .B3(b[3]),
      .B4(b[4]), .B5(b[5]), .B6(b[6]), .B7(b[7]), .B8(b[8]), .B9(b[9]), .B10(b[10]),
      .B11(b[11]), .B12(b[12]), .B13(b[13]), .B14(b[14]), .B15(b[15]), .B16(b[16]), .B17(b[17]),
      .C0(1'b0), .C1(1'b0), .C2(1'b0), .C3(1'b0), .C4(1'b0), .C5(1'b0), .C6(1'b0), .C7(1'b0),
      .C8(1'b0), .C9(1'b0), .C10(1'b0), .C11(1'b0), .C12(1'b0), .C13(1'b0), .C14(1'b0),
      .C15(1'b0), .C16(1'b0), .C17(1'b0), .P0(out[0]), .P1(out[1]), .P2(out[2]), .P3(out[3]),
      .P4(out[4]), .P5(out[5]), .P6(out[6]), .P7(out[7]), .P8(out[8]), .P9(out[9]),
      .P10(out[10]), .P11(out[11]), .P12(out[12]), .P13(out[13]), .P14(out[14]), .P15(out[15]),
      .P16(out[16]), .P17(out[17]), .P18(out[18]), .P19(out[19]), .P20(out[20]), .P21(out[21]),
      .P22(out[22]), .P23(out[23]), .P24(out[24]), .P25(out[25]), .P26(out[26]), .P27(out[27]),
      .P28(out[28]), .P29(out[29]), .P30(out[30]), .P31(out[31]), .P32(out[32]), .P33(out[33]),
      .P34(out[34]), .P35(out[35]), .CLK0(clk), .CLK1(1'b0), .CLK2(1'b0), .CLK3(1'b0),
      .CE0(1'b1), .CE1(1'b1), .CE2(1'b1), .CE3(1'b1), .RST0(1'b0), .RST1(1'b0), .RST2(1'b0),
      .RST3(1'b0), .SIGNEDA(1'b1), .SIGNEDB(1'b1), .SOURCEA(1'b0), .SOURCEB(1'b0), .SIGNEDP()
  );
  wire signed [63:0] wide_a = {{46{a[17]}}, a};
  wire signed [63:0] wide_b = {{46{b[17]}}, b};
  reg [35:0] first, second, third;
  integer cycle = 0, checks = 0, errors = 0;
  always @(negedge clk) begin
    // The ends of the range among them.
    a = cycle % 5 == 0 ? 18'h20000 : cycle % 7 == 0 ? 18'h3ffff : $random;
    b = cycle % 3 == 0 ? 18'h20000 : cycle % 11 == 0 ? 18'h1ffff : $random;
  end
  always @(posedge clk) begin
    cycle <= cycle + 1;
    first <= wide_a * wide_b;
    second <= first;
    third <= second;
    if (cycle > 5) checks = checks + 1;
    if (cycle > 5 && out !== third) errors = errors + 1;
  end
  always @(posedge done) $display("RESULT MULT18X18D %0d %0d", checks, errors);
endmodule

// FPGA-TN-02204: addresses count from the top of 14 bits; bytes of 9 bits, the low bits of a wide
// address enable them; without parity a byte is cut into ports of 4 or 2 bits.
module bench_ram #(
    parameter A = 9,
    parameter B = 9,
    parameter MODE = "NORMAL"
) (
    input wire clk,
    input wire done
);
  reg  [13:0] ada, adb;
  reg  [17:0] dia, dib;
  reg         cea, ceb, wea;
  wire [17:0] doa, dob;
  DP16KD #(
      .DATA_WIDTH_A(A), .DATA_WIDTH_B(B), .WRITEMODE_A(MODE), .GSR("DISABLED")
  ) dut (
      .ADA0(ada[0]), .ADA1(ada[1]), .ADA2(ada[2]), .ADA3(ada[3]), .ADA4(ada[4]), .ADA5(ada[5]),
      .ADA6(ada[6]), .ADA7(ada[7]), .ADA8(ada[8]), .ADA9(ada[9]), .ADA10(ada[10]),
      .ADA11(ada[11]), .ADA12(ada[12]), .ADA13(ada[13]), .DIA0(dia[0]), .DIA1(dia[1]),
      .DIA2(dia[2]), .DIA3(dia[3]), .DIA4(dia[4]), .DIA5(dia[5]), .DIA6(dia[6]), .DIA7(dia[7]),
      .DIA8(dia[8]), .DIA9(dia[9]), .DIA10(dia[10]), .DIA11(dia[11]), .DIA12(dia[12]),
      .DIA13(dia[13]), .DIA14(dia[14]), .DIA15(dia[15]), .DIA16(dia[16]), .DIA17(dia[17]),
      .DOA0(doa[0]), .DOA1(doa[1]), .DOA2(doa[2]), .DOA3(doa[3]), .DOA4(doa[4]), .DOA5(doa[5]),
      .DOA6(doa[6]), .DOA7(doa[7]), .DOA8(doa[8]), .DOA9(doa[9]), .DOA10(doa[10]),
      .DOA11(doa[11]), .DOA12(doa[12]), .DOA13(doa[13]), .DOA14(doa[14]), .DOA15(doa[15]),
      .DOA16(doa[16]), .DOA17(doa[17]), .ADB0(adb[0]), .ADB1(adb[1]), .ADB2(adb[2]),
      .ADB3(adb[3]), .ADB4(adb[4]), .ADB5(adb[5]), .ADB6(adb[6]), .ADB7(adb[7]), .ADB8(adb[8]),
      .ADB9(adb[9]), .ADB10(adb[10]), .ADB11(adb[11]), .ADB12(adb[12]), .ADB13(adb[13]),
      .DIB0(dib[0]), .DIB1(dib[1]), .DIB2(dib[2]), .DIB3(dib[3]), .DIB4(dib[4]), .DIB5(dib[5]),
      .DIB6(dib[6]), .DIB7(dib[7]), .DIB8(dib[8]), .DIB9(dib[9]), .DIB10(dib[10]),
      .DIB11(dib[11]), .DIB12(dib[12]), .DIB13(dib[13]), .DIB14(dib[14]), .DIB15(dib[15]),
      .DIB16(dib[16]), .DIB17(dib[17]), .DOB0(dob[0]), .DOB1(dob[1]), .DOB2(dob[2]),
      .DOB3(dob[3]), .DOB4(dob[4]), .DOB5(dob[5]), .DOB6(dob[6]), .DOB7(dob[7]), .DOB8(dob[8]),
      .DOB9(dob[9]), .DOB10(dob[10]), .DOB11(dob[11]), .DOB12(dob[12]), .DOB13(dob[13]),
      .DOB14(dob[14]), .DOB15(dob[15]), .DOB16(dob[16]), .DOB17(dob[17]), .CLKA(clk),
      .CLKB(clk), .CEA(cea), .CEB(ceb), .OCEA(1'b1), .OCEB(1'b1), .WEA(wea), .WEB(1'b0),
      .RSTA(1'b0), .RSTB(1'b0), .CSA0(1'b0), .CSA1(1'b0), .CSA2(1'b0), .CSB0(1'b0), .CSB1(1'b0),
      .CSB2(1'b0)
  );
  localparam WIDE = A == 36;
  reg [8:0] mem[0:2047];
  reg [8:0] known[0:2047];

  // Number of the first byte, and the bits of a port within four bytes from there.
  function [10:0] first(input integer width, input [13:0] at);
    first = width == 36 ? {at[13:5], 2'd0} : width == 18 ? {at[13:4], 1'd0} : at[13:3];
  endfunction
  function [35:0] view(input integer width, input [2:0] low, input [35:0] bytes);
    view = (width < 9 ? bytes >> width * (low / width) : bytes) & ((37'd1 << width) - 1);
  endfunction
  function [35:0] four(input [10:0] at, input knowledge);
    integer i;
    for (i = 0; i < 4; i = i + 1) begin
      four[9*i+:9] = knowledge ? known[(at+i)&2047] : mem[(at+i)&2047];
    end
  endfunction

  wire [10:0] at_a = first(A, ada);
  wire [10:0] at_b = first(B, adb);
  wire [3:0] enable = A == 36 ? ada[3:0] : A == 18 ? {2'd0, ada[1:0]} : 4'd1;
  wire [35:0] in = WIDE ? {dib, dia} : A == 4 ? {28'd0, dia[3:0], dia[3:0]} :
                   A == 2 ? {28'd0, {4{dia[1:0]}}} : {18'd0, dia};
  wire [8:0] part = A == 4 ? (ada[2] ? 9'h0f0 : 9'h00f) : A == 2 ? 9'h003 << 2 * ada[2:1] : 9'h1ff;
  wire meet = cea && wea && at_a[10:2] == at_b[10:2];

  reg [35:0] expected_a, sure_a, expected_b, sure_b;
  integer i, checks, errors;
  initial begin
    for (i = 0; i < 2048; i = i + 1) known[i] = 0;
    checks = 0;
    errors = 0;
    sure_a = 0;
    sure_b = 0;
  end
  always @(negedge clk) begin
    ada = {$random} & 14'h301f;
    adb = {$random} & 14'h301f;
    dia = $random;
    dib = $random;
    wea = $random;
    cea = $random | $random;
    ceb = $random | $random;
  end
  always @(posedge clk) begin
    if (!WIDE && cea && (!wea || MODE == "READBEFOREWRITE")) begin
      expected_a <= view(A, ada[2:0], four(at_a, 0));
      sure_a <= view(A, ada[2:0], four(at_a, 1));
    end
    if (ceb) begin
      expected_b <= view(B, adb[2:0], four(at_b, 0));
      sure_b <= meet ? 36'd0 : view(B, adb[2:0], four(at_b, 1));
    end
    for (i = 0; i < 4; i = i + 1) begin
      if (cea && wea && enable[i]) begin
        mem[at_a+i] <= (mem[at_a+i] & ~part) | (in[9*i+:9] & part);
        known[at_a+i] <= known[at_a+i] | part;
      end
    end
    if ((sure_a | sure_b) != 0) checks = checks + 1;
    if ((({18'd0, doa} ^ expected_a) & sure_a) != 0) errors = errors + 1;
    if ((((WIDE ? {dob, doa} : {18'd0, dob}) ^ expected_b) & sure_b) != 0) errors = errors + 1;
  end
  always @(posedge done) $display("RESULT DP16KD-%0d-%0d-%0s %0d %0d", A, B, MODE, checks, errors);
endmodule

// A filled block as 1024 x 18: INITVAL_00 holds words 0 to 15, 20 bits apart.
module bench_ram_init (
    input wire clk,
    input wire done
);
  function [319:0] fill(input integer number);
    integer i;
    begin
      fill = 320'd0;
      for (i = 0; i < 16; i = i + 1) fill[20*i+:18] = word(16 * number + i);
    end
  endfunction
  function [17:0] word(input integer at);
    word = at * 18'd40503 + 18'd77;
  endfunction
  reg [13:0] ada;
  wire [13:0] adb = 14'd0;
  wire [17:0] dia = 18'd0;
  wire [17:0] dib = 18'd0;
  wire [17:0] doa, dob;
  wire cea = 1'b1;
  wire ceb = 1'b0;
  wire wea = 1'b0;
  DP16KD #(
      .INITVAL_00(fill(0)), .INITVAL_01(fill(1)), .INITVAL_02(fill(2)), .INITVAL_03(fill(3)),
      .INITVAL_04(fill(4)), .INITVAL_05(fill(5)), .INITVAL_06(fill(6)), .INITVAL_07(fill(7)),
      .INITVAL_08(fill(8)), .INITVAL_09(fill(9)), .INITVAL_0A(fill(10)), .INITVAL_0B(fill(11)),
      .INITVAL_0C(fill(12)), .INITVAL_0D(fill(13)), .INITVAL_0E(fill(14)),
      .INITVAL_0F(fill(15)), .INITVAL_10(fill(16)), .INITVAL_11(fill(17)),
      .INITVAL_12(fill(18)), .INITVAL_13(fill(19)), .INITVAL_14(fill(20)),
      .INITVAL_15(fill(21)), .INITVAL_16(fill(22)), .INITVAL_17(fill(23)),
      .INITVAL_18(fill(24)), .INITVAL_19(fill(25)), .INITVAL_1A(fill(26)),
      .INITVAL_1B(fill(27)), .INITVAL_1C(fill(28)), .INITVAL_1D(fill(29)),
      .INITVAL_1E(fill(30)), .INITVAL_1F(fill(31)), .INITVAL_20(fill(32)),
      .INITVAL_21(fill(33)), .INITVAL_22(fill(34)), .INITVAL_23(fill(35)),
      .INITVAL_24(fill(36)), .INITVAL_25(fill(37)), .INITVAL_26(fill(38)),
      .INITVAL_27(fill(39)), .INITVAL_28(fill(40)), .INITVAL_29(fill(41)),
      .INITVAL_2A(fill(42)), .INITVAL_2B(fill(43)), .INITVAL_2C(fill(44)),
      .INITVAL_2D(fill(45)), .INITVAL_2E(fill(46)), .INITVAL_2F(fill(47)),
      .INITVAL_30(fill(48)), .INITVAL_31(fill(49)), .INITVAL_32(fill(50)),
      .INITVAL_33(fill(51)), .INITVAL_34(fill(52)), .INITVAL_35(fill(53)),
      .INITVAL_36(fill(54)), .INITVAL_37(fill(55)), .INITVAL_38(fill(56)),
      .INITVAL_39(fill(57)), .INITVAL_3A(fill(58)), .INITVAL_3B(fill(59)),
      .INITVAL_3C(fill(60)), .INITVAL_3D(fill(61)), .INITVAL_3E(fill(62)),
      .INITVAL_3F(fill(63)),
      .GSR("DISABLED")
  ) dut (
      .ADA0(ada[0]), .ADA1(ada[1]), .ADA2(ada[2]), .ADA3(ada[3]), .ADA4(ada[4]), .ADA5(ada[5]),
      .ADA6(ada[6]), .ADA7(ada[7]), .ADA8(ada[8]), .ADA9(ada[9]), .ADA10(ada[10]),
      .ADA11(ada[11]), .ADA12(ada[12]), .ADA13(ada[13]), .DIA0(dia[0]), .DIA1(dia[1]),
      .DIA2(dia[2]), .DIA3(dia[3]), .DIA4(dia[4]), .DIA5(dia[5]), .DIA6(dia[6]), .DIA7(dia[7]),
      .DIA8(dia[8]), .DIA9(dia[9]), .DIA10(dia[10]), .DIA11(dia[11]), .DIA12(dia[12]),
      .DIA13(dia[13]), .DIA14(dia[14]), .DIA15(dia[15]), .DIA16(dia[16]), .DIA17(dia[17]),
      .DOA0(doa[0]), .DOA1(doa[1]), .DOA2(doa[2]), .DOA3(doa[3]), .DOA4(doa[4]), .DOA5(doa[5]),
      .DOA6(doa[6]), .DOA7(doa[7]), .DOA8(doa[8]), .DOA9(doa[9]), .DOA10(doa[10]),
      .DOA11(doa[11]), .DOA12(doa[12]), .DOA13(doa[13]), .DOA14(doa[14]), .DOA15(doa[15]),
      .DOA16(doa[16]), .DOA17(doa[17]), .ADB0(adb[0]), .ADB1(adb[1]), .ADB2(adb[2]),
      .ADB3(adb[3]), .ADB4(adb[4]), .ADB5(adb[5]), .ADB6(adb[6]), .ADB7(adb[7]), .ADB8(adb[8]),
      .ADB9(adb[9]), .ADB10(adb[10]), .ADB11(adb[11]), .ADB12(adb[12]), .ADB13(adb[13]),
      .DIB0(dib[0]), .DIB1(dib[1]), .DIB2(dib[2]), .DIB3(dib[3]), .DIB4(dib[4]), .DIB5(dib[5]),
      .DIB6(dib[6]), .DIB7(dib[7]), .DIB8(dib[8]), .DIB9(dib[9]), .DIB10(dib[10]),
      .DIB11(dib[11]), .DIB12(dib[12]), .DIB13(dib[13]), .DIB14(dib[14]), .DIB15(dib[15]),
      .DIB16(dib[16]), .DIB17(dib[17]), .DOB0(dob[0]), .DOB1(dob[1]), .DOB2(dob[2]),
      .DOB3(dob[3]), .DOB4(dob[4]), .DOB5(dob[5]), .DOB6(dob[6]), .DOB7(dob[7]), .DOB8(dob[8]),
      .DOB9(dob[9]), .DOB10(dob[10]), .DOB11(dob[11]), .DOB12(dob[12]), .DOB13(dob[13]),
      .DOB14(dob[14]), .DOB15(dob[15]), .DOB16(dob[16]), .DOB17(dob[17]), .CLKA(clk),
      .CLKB(clk), .CEA(cea), .CEB(ceb), .OCEA(1'b1), .OCEB(1'b1), .WEA(wea), .WEB(1'b0),
      .RSTA(1'b0), .RSTB(1'b0), .CSA0(1'b0), .CSA1(1'b0), .CSA2(1'b0), .CSB0(1'b0), .CSB1(1'b0),
      .CSB2(1'b0)
  );
  integer checks = 0, errors = 0;
  always @(negedge clk) begin
    if (checks > 0 && doa !== word({22'd0, ada[13:4]})) errors = errors + 1;
    checks = checks + 1;
    ada = $random;
  end
  always @(posedge done) $display("RESULT DP16KD-init %0d %0d", checks, errors);
endmodule

module bench_dpr16 (
    input wire clk,
    input wire done
);
  reg [3:0] di, wad, rad;
  reg       wre;
  wire [3:0] out;
  TRELLIS_DPR16X4 dut (.DI(di), .WAD(wad), .WRE(wre), .WCK(clk), .RAD(rad), .DO(out));
  reg [3:0] mem[0:15];
  reg [15:0] known = 16'd0;
  integer checks = 0, errors = 0;
  always @(negedge clk) begin
    {di, wad, rad, wre} = $random;
  end
  always @(posedge clk) begin
    if (known[rad]) checks = checks + 1;
    if (known[rad] && out !== mem[rad]) errors = errors + 1;
    if (wre) mem[wad] <= di;
    if (wre) known[wad] <= 1'b1;
  end
  always @(posedge done) $display("RESULT TRELLIS_DPR16X4 %0d %0d", checks, errors);
endmodule

module bench_ecp5_pll (
    input wire clk,
    input wire done
);
  wire out, lock;
  EHXPLLL #(.CLKFB_DIV(3), .CLKOP_DIV(8), .CLKOP_CPHASE(4)) dut (
      .CLKI(clk), .CLKFB(out), .PHASESEL1(1'b0), .PHASESEL0(1'b0), .PHASEDIR(1'b1),
      .PHASESTEP(1'b1), .PHASELOADREG(1'b1), .STDBY(1'b0), .PLLWAKESYNC(1'b0), .RST(1'b0),
      .ENCLKOP(1'b0), .ENCLKOS(1'b0), .ENCLKOS2(1'b0), .ENCLKOS3(1'b0), .CLKOP(out), .CLKOS(),
      .CLKOS2(), .CLKOS3(), .LOCK(lock), .INTLOCK(), .REFCLK(), .CLKINTFB()
  );
  integer cycle = 0, checks = 0, errors = 0;
  always @(negedge clk) begin
    cycle <= cycle + 1;
    checks = checks + 1;
    if (out !== 1'b0) errors = errors + 1;
    if (cycle < 20 && lock !== 1'b0) errors = errors + 1;
    if (cycle > 100 && lock !== 1'b1) errors = errors + 1;
  end
  always @(posedge done) $display("RESULT EHXPLLL %0d %0d", checks, errors);
endmodule

// Modes without a model, one of which is clocked: it must stop the simulation.
module forbidden_ecp5 (
    input wire       clk,
    input wire [7:0] which
);
  wire [17:0] a = 18'd0;
  wire [17:0] b = 18'd0;
  wire [17:0] dia = 18'd0;
  wire [17:0] dib = 18'd0;
  wire [13:0] ada = 14'd0;
  wire [13:0] adb = 14'd0;
  wire [17:0] doa, dob;
  wire [35:0] p;
  wire out;
  wire lock;
  wire cea = 1'b1;
  wire ceb = 1'b1;
  wire wea = 1'b0;
  EHXPLLL #(.FEEDBK_PATH("INT_OP"), .CLKFB_DIV(3)) u_pll (
      .CLKI(clk && which == 1), .CLKFB(out), .PHASESEL1(1'b0), .PHASESEL0(1'b0), .PHASEDIR(1'b1),
      .PHASESTEP(1'b1), .PHASELOADREG(1'b1), .STDBY(1'b0), .PLLWAKESYNC(1'b0), .RST(1'b0),
      .ENCLKOP(1'b0), .ENCLKOS(1'b0), .ENCLKOS2(1'b0), .ENCLKOS3(1'b0), .CLKOP(out), .CLKOS(),
      .CLKOS2(), .CLKOS3(), .LOCK(lock), .INTLOCK(), .REFCLK(), .CLKINTFB()
  );
  MULT18X18D #(
      .REG_INPUTA_CLK("CLK0"), .REG_INPUTB_CLK("CLK0"), .REG_OUTPUT_CLK("CLK0"), .GSR("DISABLED")
  ) u_mult (
      .A0(a[0]), .A1(a[1]), .A2(a[2]), .A3(a[3]), .A4(a[4]), .A5(a[5]), .A6(a[6]), .A7(a[7]),
      .A8(a[8]), .A9(a[9]), .A10(a[10]), .A11(a[11]), .A12(a[12]), .A13(a[13]), .A14(a[14]),
      .A15(a[15]), .A16(a[16]), .A17(a[17]), .B0(b[0]), .B1(b[1]), .B2(b[2]), .B3(b[3]),
      .B4(b[4]), .B5(b[5]), .B6(b[6]), .B7(b[7]), .B8(b[8]), .B9(b[9]), .B10(b[10]),
      .B11(b[11]), .B12(b[12]), .B13(b[13]), .B14(b[14]), .B15(b[15]), .B16(b[16]), .B17(b[17]),
      .C0(1'b0), .C1(1'b0), .C2(1'b0), .C3(1'b0), .C4(1'b0), .C5(1'b0), .C6(1'b0), .C7(1'b0),
      .C8(1'b0), .C9(1'b0), .C10(1'b0), .C11(1'b0), .C12(1'b0), .C13(1'b0), .C14(1'b0),
      .C15(1'b0), .C16(1'b0), .C17(1'b0), .P0(p[0]), .P1(p[1]), .P2(p[2]), .P3(p[3]),
      .P4(p[4]), .P5(p[5]), .P6(p[6]), .P7(p[7]), .P8(p[8]), .P9(p[9]),
      .P10(p[10]), .P11(p[11]), .P12(p[12]), .P13(p[13]), .P14(p[14]), .P15(p[15]),
      .P16(p[16]), .P17(p[17]), .P18(p[18]), .P19(p[19]), .P20(p[20]), .P21(p[21]),
      .P22(p[22]), .P23(p[23]), .P24(p[24]), .P25(p[25]), .P26(p[26]), .P27(p[27]),
      .P28(p[28]), .P29(p[29]), .P30(p[30]), .P31(p[31]), .P32(p[32]), .P33(p[33]),
      .P34(p[34]), .P35(p[35]), .CLK0(clk && which == 2), .CLK1(1'b0), .CLK2(1'b0), .CLK3(1'b0),
      .CE0(1'b1), .CE1(1'b1), .CE2(1'b1), .CE3(1'b1), .RST0(1'b0), .RST1(1'b0), .RST2(1'b0),
      .RST3(1'b0), .SIGNEDA(1'b1), .SIGNEDB(1'b1), .SOURCEA(1'b0), .SOURCEB(1'b0), .SIGNEDP()
  );
  DP16KD #(.REGMODE_A("OUTREG"), .GSR("DISABLED")) u_ram (
      .ADA0(ada[0]), .ADA1(ada[1]), .ADA2(ada[2]), .ADA3(ada[3]), .ADA4(ada[4]), .ADA5(ada[5]),
      .ADA6(ada[6]), .ADA7(ada[7]), .ADA8(ada[8]), .ADA9(ada[9]), .ADA10(ada[10]),
      .ADA11(ada[11]), .ADA12(ada[12]), .ADA13(ada[13]), .DIA0(dia[0]), .DIA1(dia[1]),
      .DIA2(dia[2]), .DIA3(dia[3]), .DIA4(dia[4]), .DIA5(dia[5]), .DIA6(dia[6]), .DIA7(dia[7]),
      .DIA8(dia[8]), .DIA9(dia[9]), .DIA10(dia[10]), .DIA11(dia[11]), .DIA12(dia[12]),
      .DIA13(dia[13]), .DIA14(dia[14]), .DIA15(dia[15]), .DIA16(dia[16]), .DIA17(dia[17]),
      .DOA0(doa[0]), .DOA1(doa[1]), .DOA2(doa[2]), .DOA3(doa[3]), .DOA4(doa[4]), .DOA5(doa[5]),
      .DOA6(doa[6]), .DOA7(doa[7]), .DOA8(doa[8]), .DOA9(doa[9]), .DOA10(doa[10]),
      .DOA11(doa[11]), .DOA12(doa[12]), .DOA13(doa[13]), .DOA14(doa[14]), .DOA15(doa[15]),
      .DOA16(doa[16]), .DOA17(doa[17]), .ADB0(adb[0]), .ADB1(adb[1]), .ADB2(adb[2]),
      .ADB3(adb[3]), .ADB4(adb[4]), .ADB5(adb[5]), .ADB6(adb[6]), .ADB7(adb[7]), .ADB8(adb[8]),
      .ADB9(adb[9]), .ADB10(adb[10]), .ADB11(adb[11]), .ADB12(adb[12]), .ADB13(adb[13]),
      .DIB0(dib[0]), .DIB1(dib[1]), .DIB2(dib[2]), .DIB3(dib[3]), .DIB4(dib[4]), .DIB5(dib[5]),
      .DIB6(dib[6]), .DIB7(dib[7]), .DIB8(dib[8]), .DIB9(dib[9]), .DIB10(dib[10]),
      .DIB11(dib[11]), .DIB12(dib[12]), .DIB13(dib[13]), .DIB14(dib[14]), .DIB15(dib[15]),
      .DIB16(dib[16]), .DIB17(dib[17]), .DOB0(dob[0]), .DOB1(dob[1]), .DOB2(dob[2]),
      .DOB3(dob[3]), .DOB4(dob[4]), .DOB5(dob[5]), .DOB6(dob[6]), .DOB7(dob[7]), .DOB8(dob[8]),
      .DOB9(dob[9]), .DOB10(dob[10]), .DOB11(dob[11]), .DOB12(dob[12]), .DOB13(dob[13]),
      .DOB14(dob[14]), .DOB15(dob[15]), .DOB16(dob[16]), .DOB17(dob[17]), .CLKA(clk && which == 3),
      .CLKB(clk), .CEA(cea), .CEB(ceb), .OCEA(1'b1), .OCEB(1'b1), .WEA(wea), .WEB(1'b0),
      .RSTA(1'b0), .RSTB(1'b0), .CSA0(1'b0), .CSA1(1'b0), .CSA2(1'b0), .CSB0(1'b0), .CSB1(1'b0),
      .CSB2(1'b0)
  );
  TRELLIS_DPR16X4 #(.WCKMUX("INV")) u_dpr (
      .DI(4'd0), .WAD(4'd0), .WRE(1'b0), .WCK(clk && which == 4), .RAD(4'd0), .DO()
  );
endmodule

module ecp5_bench (
    input wire clk
);
  localparam CYCLES = 10000;
  reg [15:0] cycle = 0;
  reg done = 0;
  reg [7:0] which = 0;
  initial if (!$value$plusargs("forbidden=%d", which)) which = 0;
  always @(negedge clk) begin
    cycle <= cycle + 1;
    if (cycle == CYCLES) done <= 1;
    if (done) $finish;
  end
  bench_mult18 u_mult (clk, done);
  bench_ram #(2, 2, "READBEFOREWRITE") u_ram_2 (clk, done);
  bench_ram #(4, 4, "READBEFOREWRITE") u_ram_4 (clk, done);
  bench_ram #(9, 9, "READBEFOREWRITE") u_ram_9 (clk, done);
  bench_ram #(18, 18, "NORMAL") u_ram_18 (clk, done);
  bench_ram #(36, 36, "NORMAL") u_ram_36 (clk, done);
  bench_ram #(9, 18, "NORMAL") u_ram_9_18 (clk, done);
  bench_ram_init u_init (clk, done);
  bench_dpr16 u_dpr (clk, done);
  bench_ecp5_pll u_pll (clk, done);
  forbidden_ecp5 u_forbidden (clk, which);
endmodule
`default_nettype wire
