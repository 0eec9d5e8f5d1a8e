// SB_RAM40_4K: a block of 4 kbit in each of its shapes, both clocks rising.
// Source      Lattice TN1250 (memory usage guide for iCE40), iCE technology library: 256 x 16 with
//             a mask of bits (mode 0), 512 x 8 on bits 14, 12 .. 0 (1), 1024 x 4 on bits 13, 9,
//             5, 1 (2), 2048 x 2 on bits 11, 3 (3).
// Mapping     that the upper address bits choose among neighbours in a word of 16 bits, which
//             concerns the initial content only, is from yosys's cells_sim.v.
// Not said    what a bit reads as that is written in the same cycle: anything, here.
`default_nettype none

module SB_RAM40_4K #(
    parameter [  1:0] READ_MODE  = 0,
    parameter [  1:0] WRITE_MODE = 0,
    parameter [255:0] INIT_0     = 256'bx,
    parameter [255:0] INIT_1     = 256'bx,
    parameter [255:0] INIT_2     = 256'bx,
    parameter [255:0] INIT_3     = 256'bx,
    parameter [255:0] INIT_4     = 256'bx,
    parameter [255:0] INIT_5     = 256'bx,
    parameter [255:0] INIT_6     = 256'bx,
    parameter [255:0] INIT_7     = 256'bx,
    parameter [255:0] INIT_8     = 256'bx,
    parameter [255:0] INIT_9     = 256'bx,
    parameter [255:0] INIT_A     = 256'bx,
    parameter [255:0] INIT_B     = 256'bx,
    parameter [255:0] INIT_C     = 256'bx,
    parameter [255:0] INIT_D     = 256'bx,
    parameter [255:0] INIT_E     = 256'bx,
    parameter [255:0] INIT_F     = 256'bx
) (
    output wire [15:0] RDATA,
    input  wire        RCLK,
    input  wire        RCLKE,
    input  wire        RE,
    input  wire [10:0] RADDR,
    input  wire        WCLK,
    input  wire        WCLKE,
    input  wire        WE,
    input  wire [10:0] WADDR,
    input  wire [15:0] MASK,   // 1: the bit keeps what it holds
    input  wire [15:0] WDATA
);
  localparam [4095:0] INIT = {
    INIT_F, INIT_E, INIT_D, INIT_C, INIT_B, INIT_A, INIT_9, INIT_8,
    INIT_7, INIT_6, INIT_5, INIT_4, INIT_3, INIT_2, INIT_1, INIT_0
  };
  localparam KNOWN = (^INIT) !== 1'bx;
  // Bits of a word that share an upper address, and where they stand on the ports.
  localparam [15:0] WRITE_BITS = WRITE_MODE == 0 ? 16'hffff : WRITE_MODE == 1 ? 16'h5555 :
                                 WRITE_MODE == 2 ? 16'h1111 : 16'h0101;
  localparam [15:0] WRITE_FILL = WRITE_MODE == 0 ? 16'd1 : WRITE_MODE == 1 ? 16'd3 :
                                 WRITE_MODE == 2 ? 16'd15 : 16'd255;
  localparam WRITE_PORT = WRITE_MODE == 2 ? 1 : WRITE_MODE == 3 ? 3 : 0;
  localparam READ_PORT = READ_MODE == 2 ? 1 : READ_MODE == 3 ? 3 : 0;

  wire [2:0] write_high = WRITE_MODE == 0 ? 3'd0 : WRITE_MODE == 1 ? {2'd0, WADDR[8]} :
                          WRITE_MODE == 2 ? {1'd0, WADDR[9:8]} : WADDR[10:8];
  wire [2:0] read_high = READ_MODE == 0 ? 3'd0 : READ_MODE == 1 ? {2'd0, RADDR[8]} :
                         READ_MODE == 2 ? {1'd0, RADDR[9:8]} : RADDR[10:8];
  wire [15:0] change = !(WE && WCLKE) ? 16'd0 : WRITE_MODE == 0 ? ~MASK : WRITE_BITS << write_high;
  wire [15:0] data = ((WDATA >> WRITE_PORT) & WRITE_BITS) * WRITE_FILL;
  wire [15:0] doubt = RADDR[7:0] == WADDR[7:0] ? change & 16'bx : 16'd0;

  reg [15:0] mem[0:255];
  reg [15:0] word;
  assign RDATA = word << READ_PORT;

  generate
    if (KNOWN) begin : g_init
      integer i;
      initial for (i = 0; i < 256; i = i + 1) mem[i] = INIT[16*i+:16];
    end
  endgenerate

  always @(posedge WCLK) begin
    if (change != 16'd0) mem[WADDR[7:0]] <= (mem[WADDR[7:0]] & ~change) | (data & change);
  end

  always @(posedge RCLK) begin
    if (RE && RCLKE) word <= (mem[RADDR[7:0]] ^ doubt) >> read_high;
  end
endmodule

`default_nettype wire
