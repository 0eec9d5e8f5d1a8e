// Benches of the models in sim/cells/ice40: random stimuli against what Lattice's documents say,
// in plain Verilog. Each prints a line: name, checks, errors.
`default_nettype none

// 256 x 16, 512 x 8, 1024 x 4 or 2048 x 2; TN1250 has the pins of each shape.
module bench_ram40 #(
    parameter MODE = 0
) (
    input wire clk,
    input wire done
);
  localparam BITS = 16 >> MODE;
  localparam ADDR = 8 + MODE;
  reg  [10:0] waddr, raddr;
  reg  [15:0] wdata, mask;
  reg         we, wclke, re, rclke;
  wire [15:0] rdata;
  SB_RAM40_4K #(.READ_MODE(MODE), .WRITE_MODE(MODE)) dut (
      .RDATA(rdata), .RCLK(clk), .RCLKE(rclke), .RE(re), .RADDR(raddr),
      .WCLK(clk), .WCLKE(wclke), .WE(we), .WADDR(waddr), .MASK(mask), .WDATA(wdata)
  );

  wire [15:0] written = MODE == 0 ? wdata :
      MODE == 1 ? {8'd0, wdata[14], wdata[12], wdata[10], wdata[8],
                   wdata[6], wdata[4], wdata[2], wdata[0]} :
      MODE == 2 ? {12'd0, wdata[13], wdata[9], wdata[5], wdata[1]} : {14'd0, wdata[11], wdata[3]};
  wire [15:0] seen = MODE == 0 ? rdata :
      MODE == 1 ? {8'd0, rdata[14], rdata[12], rdata[10], rdata[8],
                   rdata[6], rdata[4], rdata[2], rdata[0]} :
      MODE == 2 ? {12'd0, rdata[13], rdata[9], rdata[5], rdata[1]} : {14'd0, rdata[11], rdata[3]};
  wire [15:0] kept = MODE == 0 ? mask : 16'd0;

  reg [BITS-1:0] mem[0:2**ADDR-1];
  reg [BITS-1:0] known[0:2**ADDR-1];
  reg [BITS-1:0] expected, sure;
  integer i, checks, errors;
  initial begin
    for (i = 0; i < 2 ** ADDR; i = i + 1) known[i] = 0;
    checks = 0;
    errors = 0;
    sure = 0;
  end
  always @(negedge clk) begin
    // Few words, so that they meet; all of the upper bits.
    waddr = {$random} & 11'h703;
    raddr = {$random} & 11'h703;
    wdata = $random;
    mask  = $random;
    {we, wclke, re, rclke} = $random | $random;
  end
  always @(posedge clk) begin
    if (re && rclke) begin
      expected <= mem[raddr[ADDR-1:0]];
      sure <= known[raddr[ADDR-1:0]] &
              ~(we && wclke && waddr[ADDR-1:0] == raddr[ADDR-1:0] ? ~kept[BITS-1:0] : 0);
    end
    if (we && wclke) begin
      mem[waddr[ADDR-1:0]] <= (mem[waddr[ADDR-1:0]] & kept[BITS-1:0]) |
                              (written[BITS-1:0] & ~kept[BITS-1:0]);
      known[waddr[ADDR-1:0]] <= known[waddr[ADDR-1:0]] | ~kept[BITS-1:0];
    end
    if (sure != 0) checks = checks + 1;
    if (((seen[BITS-1:0] ^ expected) & sure) != 0) errors = errors + 1;
  end
  always @(posedge done) $display("RESULT SB_RAM40_4K-%0d %0d %0d", BITS, checks, errors);
endmodule

// A filled block, as 256 x 16: INIT_0 holds words 0 to 15, the first in its low bits.
module bench_ram40_init (
    input wire clk,
    input wire done
);
  function [255:0] fill(input integer number);
    integer i;
    for (i = 0; i < 16; i = i + 1) fill[16*i+:16] = word(16 * number + i);
  endfunction
  function [15:0] word(input integer at);
    word = at * 16'd40503 + 16'd77;
  endfunction
  reg  [7:0] addr, was;
  wire [15:0] rdata;
  SB_RAM40_4K #(
      .INIT_0(fill(0)), .INIT_1(fill(1)), .INIT_2(fill(2)), .INIT_3(fill(3)),
      .INIT_4(fill(4)), .INIT_5(fill(5)), .INIT_6(fill(6)), .INIT_7(fill(7)),
      .INIT_8(fill(8)), .INIT_9(fill(9)), .INIT_A(fill(10)), .INIT_B(fill(11)),
      .INIT_C(fill(12)), .INIT_D(fill(13)), .INIT_E(fill(14)), .INIT_F(fill(15))
  ) dut (
      .RDATA(rdata), .RCLK(clk), .RCLKE(1'b1), .RE(1'b1), .RADDR({3'd0, addr}),
      .WCLK(1'b0), .WCLKE(1'b0), .WE(1'b0), .WADDR(11'd0), .MASK(16'd0), .WDATA(16'd0)
  );
  integer checks = 0, errors = 0;
  always @(negedge clk) begin
    if (checks > 0 && rdata !== word({24'd0, addr})) errors = errors + 1;
    checks = checks + 1;
    addr = $random;
  end
  always @(posedge done) $display("RESULT SB_RAM40_4K-init %0d %0d", checks, errors);
endmodule

module bench_spram (
    input wire clk,
    input wire done
);
  reg  [13:0] addr;
  reg  [15:0] data;
  reg  [3:0]  mask;
  reg         wren, select;
  wire [15:0] out;
  SB_SPRAM256KA dut (
      .ADDRESS(addr), .DATAIN(data), .MASKWREN(mask), .WREN(wren), .CHIPSELECT(select),
      .CLOCK(clk), .STANDBY(1'b0), .SLEEP(1'b0), .POWEROFF(1'b1), .DATAOUT(out)
  );
  reg [3:0] nibble[0:65535];
  reg       known[0:65535];
  reg [15:0] expected;
  reg [3:0] sure;
  integer i, checks, errors;
  initial begin
    for (i = 0; i < 65536; i = i + 1) known[i] = 0;
    checks = 0;
    errors = 0;
    sure = 0;
  end
  always @(negedge clk) begin
    addr = {$random} & 14'h3007;
    data = $random;
    mask = $random;
    wren = $random;
    select = $random | $random;
  end
  always @(posedge clk) begin
    if (select) sure <= 0;
    for (i = 0; i < 4; i = i + 1) begin
      if (select && wren && mask[i]) begin
        nibble[{addr, i[1:0]}] <= data[4*i+:4];
        known[{addr, i[1:0]}] <= 1;
      end
      if (select && !wren) begin
        expected[4*i+:4] <= nibble[{addr, i[1:0]}];
        sure[i] <= known[{addr, i[1:0]}];
      end
      if (sure[i]) begin
        checks = checks + 1;
        if (out[4*i+:4] !== expected[4*i+:4]) errors = errors + 1;
      end
    end
  end
  always @(posedge done) $display("RESULT SB_SPRAM256KA %0d %0d", checks, errors);
endmodule

module bench_mac16 #(
    parameter A_SIGNED = 0,
    parameter B_SIGNED = 0
) (
    input wire clk,
    input wire done
);
  reg  [15:0] a, b;
  wire [31:0] out;
  SB_MAC16 #(
      .A_REG(1), .B_REG(1), .TOP_8x8_MULT_REG(1), .BOT_8x8_MULT_REG(1),
      .PIPELINE_16x16_MULT_REG1(1), .PIPELINE_16x16_MULT_REG2(1),
      .TOPOUTPUT_SELECT(3), .BOTOUTPUT_SELECT(3), .A_SIGNED(A_SIGNED), .B_SIGNED(B_SIGNED)
  ) dut (
      .CLK(clk), .CE(1'b1), .A(a), .B(b), .C(16'd0), .D(16'd0),
      .AHOLD(1'b0), .BHOLD(1'b0), .CHOLD(1'b0), .DHOLD(1'b0),
      .IRSTTOP(1'b0), .IRSTBOT(1'b0), .ORSTTOP(1'b0), .ORSTBOT(1'b0),
      .OLOADTOP(1'b0), .OLOADBOT(1'b0), .ADDSUBTOP(1'b0), .ADDSUBBOT(1'b0),
      .OHOLDTOP(1'b0), .OHOLDBOT(1'b0), .CI(1'b0), .ACCUMCI(1'b0), .SIGNEXTIN(1'b0),
      .O(out), .CO(), .ACCUMCO(), .SIGNEXTOUT()
  );
  wire signed [63:0] wide_a = A_SIGNED ? {{48{a[15]}}, a} : {48'd0, a};
  wire signed [63:0] wide_b = B_SIGNED ? {{48{b[15]}}, b} : {48'd0, b};
  reg [31:0] first, second, third;
  integer cycle = 0, checks = 0, errors = 0;
  always @(negedge clk) begin
    // The ends of the range among them.
    a = cycle % 5 == 0 ? 16'h8000 : cycle % 7 == 0 ? 16'hffff : $random;
    b = cycle % 3 == 0 ? 16'h8000 : cycle % 11 == 0 ? 16'h7fff : $random;
  end
  always @(posedge clk) begin
    cycle <= cycle + 1;
    first <= wide_a * wide_b;
    second <= first;
    third <= second;
    if (cycle > 5) checks = checks + 1;
    if (cycle > 5 && out !== third) errors = errors + 1;
  end
  always @(posedge done)
    $display("RESULT SB_MAC16-%0d%0d %0d %0d", A_SIGNED, B_SIGNED, checks, errors);
endmodule

module bench_ice40_pll (
    input wire clk,
    input wire done
);
  wire out, core, lock;
  SB_PLL40_PAD #(.DIVR(0), .DIVF(47), .DIVQ(4), .FILTER_RANGE(1)) dut (
      .PACKAGEPIN(clk), .PLLOUTCORE(core), .PLLOUTGLOBAL(out), .EXTFEEDBACK(1'b0),
      .DYNAMICDELAY(8'd0), .LOCK(lock), .BYPASS(1'b0), .RESETB(1'b1), .LATCHINPUTVALUE(1'b0),
      .SDO(), .SDI(1'b0), .SCLK(1'b0)
  );
  integer cycle = 0, checks = 0, errors = 0;
  always @(negedge clk) begin
    cycle <= cycle + 1;
    checks = checks + 1;
    if (out !== 1'b0 || core !== 1'b0) errors = errors + 1;
    if (cycle < 20 && lock !== 1'b0) errors = errors + 1;
    if (cycle > 100 && lock !== 1'b1) errors = errors + 1;
  end
  always @(posedge done) $display("RESULT SB_PLL40_PAD %0d %0d", checks, errors);
endmodule

// Modes without a model, one of which is clocked: it must stop the simulation.
module forbidden_ice40 (
    input wire       clk,
    input wire [7:0] which
);
  SB_PLL40_PAD #(.FEEDBACK_PATH("DELAY"), .DIVF(47), .DIVQ(4), .FILTER_RANGE(1)) u_pll (
      .PACKAGEPIN(clk && which == 1), .PLLOUTCORE(), .PLLOUTGLOBAL(), .EXTFEEDBACK(1'b0),
      .DYNAMICDELAY(8'd0), .LOCK(), .BYPASS(1'b0), .RESETB(1'b1), .LATCHINPUTVALUE(1'b0),
      .SDO(), .SDI(1'b0), .SCLK(1'b0)
  );
  SB_MAC16 #(
      .A_REG(1), .B_REG(1), .TOP_8x8_MULT_REG(1), .BOT_8x8_MULT_REG(1),
      .PIPELINE_16x16_MULT_REG1(1), .TOPOUTPUT_SELECT(3), .BOTOUTPUT_SELECT(3)
  ) u_mac (
      .CLK(clk && which == 2), .CE(1'b1), .A(16'd0), .B(16'd0), .C(16'd0), .D(16'd0),
      .AHOLD(1'b0), .BHOLD(1'b0), .CHOLD(1'b0), .DHOLD(1'b0),
      .IRSTTOP(1'b0), .IRSTBOT(1'b0), .ORSTTOP(1'b0), .ORSTBOT(1'b0),
      .OLOADTOP(1'b0), .OLOADBOT(1'b0), .ADDSUBTOP(1'b0), .ADDSUBBOT(1'b0),
      .OHOLDTOP(1'b0), .OHOLDBOT(1'b0), .CI(1'b0), .ACCUMCI(1'b0), .SIGNEXTIN(1'b0),
      .O(), .CO(), .ACCUMCO(), .SIGNEXTOUT()
  );
  SB_SPRAM256KA u_spram (
      .ADDRESS(14'd0), .DATAIN(16'd0), .MASKWREN(4'd15), .WREN(1'b0), .CHIPSELECT(1'b1),
      .CLOCK(clk && which == 3), .STANDBY(1'b1), .SLEEP(1'b0), .POWEROFF(1'b1), .DATAOUT()
  );
endmodule

module ice40_bench (
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
  bench_ram40 #(0) u_ram_0 (clk, done);
  bench_ram40 #(1) u_ram_1 (clk, done);
  bench_ram40 #(2) u_ram_2 (clk, done);
  bench_ram40 #(3) u_ram_3 (clk, done);
  bench_ram40_init u_init (clk, done);
  bench_spram u_spram (clk, done);
  bench_mac16 #(0, 0) u_mac_00 (clk, done);
  bench_mac16 #(0, 1) u_mac_01 (clk, done);
  bench_mac16 #(1, 0) u_mac_10 (clk, done);
  bench_mac16 #(1, 1) u_mac_11 (clk, done);
  bench_ice40_pll u_pll (clk, done);
  forbidden_ice40 u_forbidden (clk, which);
endmodule
`default_nettype wire
