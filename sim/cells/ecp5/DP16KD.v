// DP16KD: a block of 16 kbit with parity; port A reads and writes, port B reads.
// Source      Lattice FPGA-TN-02204 (ECP5 memory usage guide): 8192 x 2, 4096 x 4, 2048 x 9,
//             1024 x 18, 512 x 36 on 14 address bits, counted from the top; the low ones, which a
//             wide shape has no use for, enable bytes of 9 bits when it writes. 36 bits are DIA,
//             DIB in and DOA, DOB out, the low half first. In write mode NORMAL the output stays
//             as it is while a word is written, in READBEFOREWRITE it shows what was there.
// Mapping     the order of the halves of 36 bits, and INITVAL's 18 bits in each 20, are those of
//             yosys's brams_map_16kd.v: not checked against a document of Lattice's.
// Not said    what one port reads while the other writes the same bits: anything, here.
// Stops       in every other mode: output registers, resets, 1 bit, inverted clocks, chip
//             selects, a write by port B.
`default_nettype none

module DP16KD #(
    parameter [319:0] INITVAL_00 = 320'bx,
    parameter [319:0] INITVAL_01 = 320'bx,
    parameter [319:0] INITVAL_02 = 320'bx,
    parameter [319:0] INITVAL_03 = 320'bx,
    parameter [319:0] INITVAL_04 = 320'bx,
    parameter [319:0] INITVAL_05 = 320'bx,
    parameter [319:0] INITVAL_06 = 320'bx,
    parameter [319:0] INITVAL_07 = 320'bx,
    parameter [319:0] INITVAL_08 = 320'bx,
    parameter [319:0] INITVAL_09 = 320'bx,
    parameter [319:0] INITVAL_0A = 320'bx,
    parameter [319:0] INITVAL_0B = 320'bx,
    parameter [319:0] INITVAL_0C = 320'bx,
    parameter [319:0] INITVAL_0D = 320'bx,
    parameter [319:0] INITVAL_0E = 320'bx,
    parameter [319:0] INITVAL_0F = 320'bx,
    parameter [319:0] INITVAL_10 = 320'bx,
    parameter [319:0] INITVAL_11 = 320'bx,
    parameter [319:0] INITVAL_12 = 320'bx,
    parameter [319:0] INITVAL_13 = 320'bx,
    parameter [319:0] INITVAL_14 = 320'bx,
    parameter [319:0] INITVAL_15 = 320'bx,
    parameter [319:0] INITVAL_16 = 320'bx,
    parameter [319:0] INITVAL_17 = 320'bx,
    parameter [319:0] INITVAL_18 = 320'bx,
    parameter [319:0] INITVAL_19 = 320'bx,
    parameter [319:0] INITVAL_1A = 320'bx,
    parameter [319:0] INITVAL_1B = 320'bx,
    parameter [319:0] INITVAL_1C = 320'bx,
    parameter [319:0] INITVAL_1D = 320'bx,
    parameter [319:0] INITVAL_1E = 320'bx,
    parameter [319:0] INITVAL_1F = 320'bx,
    parameter [319:0] INITVAL_20 = 320'bx,
    parameter [319:0] INITVAL_21 = 320'bx,
    parameter [319:0] INITVAL_22 = 320'bx,
    parameter [319:0] INITVAL_23 = 320'bx,
    parameter [319:0] INITVAL_24 = 320'bx,
    parameter [319:0] INITVAL_25 = 320'bx,
    parameter [319:0] INITVAL_26 = 320'bx,
    parameter [319:0] INITVAL_27 = 320'bx,
    parameter [319:0] INITVAL_28 = 320'bx,
    parameter [319:0] INITVAL_29 = 320'bx,
    parameter [319:0] INITVAL_2A = 320'bx,
    parameter [319:0] INITVAL_2B = 320'bx,
    parameter [319:0] INITVAL_2C = 320'bx,
    parameter [319:0] INITVAL_2D = 320'bx,
    parameter [319:0] INITVAL_2E = 320'bx,
    parameter [319:0] INITVAL_2F = 320'bx,
    parameter [319:0] INITVAL_30 = 320'bx,
    parameter [319:0] INITVAL_31 = 320'bx,
    parameter [319:0] INITVAL_32 = 320'bx,
    parameter [319:0] INITVAL_33 = 320'bx,
    parameter [319:0] INITVAL_34 = 320'bx,
    parameter [319:0] INITVAL_35 = 320'bx,
    parameter [319:0] INITVAL_36 = 320'bx,
    parameter [319:0] INITVAL_37 = 320'bx,
    parameter [319:0] INITVAL_38 = 320'bx,
    parameter [319:0] INITVAL_39 = 320'bx,
    parameter [319:0] INITVAL_3A = 320'bx,
    parameter [319:0] INITVAL_3B = 320'bx,
    parameter [319:0] INITVAL_3C = 320'bx,
    parameter [319:0] INITVAL_3D = 320'bx,
    parameter [319:0] INITVAL_3E = 320'bx,
    parameter [319:0] INITVAL_3F = 320'bx,
    parameter DATA_WIDTH_A        = 18,
    parameter DATA_WIDTH_B        = 18,
    parameter REGMODE_A           = "NOREG",
    parameter REGMODE_B           = "NOREG",
    parameter RESETMODE           = "SYNC",
    parameter ASYNC_RESET_RELEASE = "SYNC",
    parameter CSDECODE_A          = "0b000",
    parameter CSDECODE_B          = "0b000",
    parameter WRITEMODE_A         = "NORMAL",
    parameter WRITEMODE_B         = "NORMAL",
    parameter CLKAMUX             = "CLKA",
    parameter CLKBMUX             = "CLKB",
    parameter GSR                 = "ENABLED"
) (
    input wire DIA0, DIA1, DIA2, DIA3, DIA4, DIA5, DIA6, DIA7, DIA8, DIA9, DIA10, DIA11,
    input wire DIA12, DIA13, DIA14, DIA15, DIA16, DIA17,
    input wire ADA0, ADA1, ADA2, ADA3, ADA4, ADA5, ADA6, ADA7, ADA8, ADA9, ADA10, ADA11,
    input wire ADA12, ADA13,
    input wire CEA,
    input wire OCEA,
    input wire CLKA,
    input wire WEA,
    input wire RSTA,
    input wire CSA0, CSA1, CSA2,
    output wire DOA0, DOA1, DOA2, DOA3, DOA4, DOA5, DOA6, DOA7, DOA8, DOA9, DOA10, DOA11,
    output wire DOA12, DOA13, DOA14, DOA15, DOA16, DOA17,
    input wire DIB0, DIB1, DIB2, DIB3, DIB4, DIB5, DIB6, DIB7, DIB8, DIB9, DIB10, DIB11,
    input wire DIB12, DIB13, DIB14, DIB15, DIB16, DIB17,
    input wire ADB0, ADB1, ADB2, ADB3, ADB4, ADB5, ADB6, ADB7, ADB8, ADB9, ADB10, ADB11,
    input wire ADB12, ADB13,
    input wire CEB,
    input wire OCEB,
    input wire CLKB,
    input wire WEB,
    input wire RSTB,
    input wire CSB0, CSB1, CSB2,
    output wire DOB0, DOB1, DOB2, DOB3, DOB4, DOB5, DOB6, DOB7, DOB8, DOB9, DOB10, DOB11,
    output wire DOB12, DOB13, DOB14, DOB15, DOB16, DOB17
);
  localparam [20479:0] INIT = {
    INITVAL_3F, INITVAL_3E, INITVAL_3D, INITVAL_3C, INITVAL_3B, INITVAL_3A,
    INITVAL_39, INITVAL_38, INITVAL_37, INITVAL_36, INITVAL_35, INITVAL_34,
    INITVAL_33, INITVAL_32, INITVAL_31, INITVAL_30, INITVAL_2F, INITVAL_2E,
    INITVAL_2D, INITVAL_2C, INITVAL_2B, INITVAL_2A, INITVAL_29, INITVAL_28,
    INITVAL_27, INITVAL_26, INITVAL_25, INITVAL_24, INITVAL_23, INITVAL_22,
    INITVAL_21, INITVAL_20, INITVAL_1F, INITVAL_1E, INITVAL_1D, INITVAL_1C,
    INITVAL_1B, INITVAL_1A, INITVAL_19, INITVAL_18, INITVAL_17, INITVAL_16,
    INITVAL_15, INITVAL_14, INITVAL_13, INITVAL_12, INITVAL_11, INITVAL_10,
    INITVAL_0F, INITVAL_0E, INITVAL_0D, INITVAL_0C, INITVAL_0B, INITVAL_0A,
    INITVAL_09, INITVAL_08, INITVAL_07, INITVAL_06, INITVAL_05, INITVAL_04,
    INITVAL_03, INITVAL_02, INITVAL_01, INITVAL_00
  };
  localparam KNOWN = (^INIT) !== 1'bx;
  localparam WIDE = DATA_WIDTH_A == 36;  // one port writes, the other reads
  localparam MODELLED = REGMODE_A == "NOREG" && REGMODE_B == "NOREG" && GSR == "DISABLED" &&
                        CSDECODE_A == "0b000" && CSDECODE_B == "0b000" &&
                        CLKAMUX == "CLKA" && CLKBMUX == "CLKB" && WRITEMODE_A != "WRITETHROUGH" &&
                        (WIDE ? DATA_WIDTH_B == 36 :
                         is_narrow(DATA_WIDTH_A) && is_narrow(DATA_WIDTH_B));
  function is_narrow(input integer width);
    is_narrow = width == 2 || width == 4 || width == 9 || width == 18;
  endfunction
  wire        odd = CSA0 || CSA1 || CSA2 || CSB0 || CSB1 || CSB2 || RSTA || RSTB || WEB;
  wire [13:0] ada = {
    ADA13, ADA12, ADA11, ADA10, ADA9, ADA8, ADA7, ADA6, ADA5, ADA4,
    ADA3, ADA2, ADA1, ADA0
  };
  wire [13:0] adb = {
    ADB13, ADB12, ADB11, ADB10, ADB9, ADB8, ADB7, ADB6, ADB5, ADB4,
    ADB3, ADB2, ADB1, ADB0
  };
  wire [35:0] di = {
    DIB17, DIB16, DIB15, DIB14, DIB13, DIB12, DIB11, DIB10, DIB9,
    DIB8, DIB7, DIB6, DIB5, DIB4, DIB3, DIB2, DIB1, DIB0,
    DIA17, DIA16, DIA15, DIA14, DIA13, DIA12, DIA11, DIA10, DIA9,
    DIA8, DIA7, DIA6, DIA5, DIA4, DIA3, DIA2, DIA1, DIA0
  };

  // Rows of 36 bits; a port of less width sees part of one.
  reg  [35:0] mem[0:511];
  reg  [35:0] row_a;
  reg  [35:0] row_b;
  wire [35:0] bytes = {{9{ada[3]}}, {9{ada[2]}}, {9{ada[1]}}, {9{ada[0]}}};
  wire [ 5:0] at_a = offset(DATA_WIDTH_A, ada[4:0]);
  wire [ 5:0] at_b = offset(DATA_WIDTH_B, adb[4:0]);
  wire [35:0] field = DATA_WIDTH_A == 36 ? bytes :
                      DATA_WIDTH_A == 18 ? {18'd0, bytes[17:0]} : (36'd1 << DATA_WIDTH_A) - 36'd1;
  wire [35:0] data = di << at_a;
  wire [35:0] change = CEA && WEA ? field << at_a : 36'd0;

  generate
    if (KNOWN) begin : g_init
      integer i;
      initial
        for (i = 0; i < 512; i = i + 1) mem[i] = {INIT[40*i+20+:18], INIT[40*i+:18]};
    end
  endgenerate

  always @(posedge CLKA) begin
    if (!MODELLED || odd) begin
      $display("DP16KD: this mode is not modelled");
      $fatal;
    end
    if (change != 36'd0) mem[ada[13:5]] <= (mem[ada[13:5]] & ~change) | (data & change);
    if (CEA && (!WEA || WRITEMODE_A == "READBEFOREWRITE")) begin
      row_a <= mem[ada[13:5]] >> at_a;
    end
  end

  wire [35:0] doubt = ada[13:5] == adb[13:5] ? change & 36'bx : 36'd0;
  always @(posedge CLKB) begin
    if (CEB) row_b <= (mem[adb[13:5]] ^ doubt) >> at_b;
  end

  // Of the port's word in its row.
  function [5:0] offset(input integer width, input [4:0] low);
    case (width)
      36: offset = 6'd0;
      18: offset = low[4] ? 6'd18 : 6'd0;
      9: offset = 6'd9 * low[4:3];
      4: offset = 6'd9 * low[4:3] + {3'd0, low[2], 2'd0};
      default: offset = 6'd9 * low[4:3] + {3'd0, low[2:1], 1'd0};
    endcase
  endfunction

  assign {
    DOA17, DOA16, DOA15, DOA14, DOA13, DOA12, DOA11, DOA10, DOA9, DOA8,
    DOA7, DOA6, DOA5, DOA4, DOA3, DOA2, DOA1, DOA0
  } = WIDE ? row_b[17:0] : row_a[17:0];
  assign {
    DOB17, DOB16, DOB15, DOB14, DOB13, DOB12, DOB11, DOB10, DOB9, DOB8,
    DOB7, DOB6, DOB5, DOB4, DOB3, DOB2, DOB1, DOB0
  } = WIDE ? row_b[35:18] : row_b[17:0];
endmodule

`default_nettype wire
