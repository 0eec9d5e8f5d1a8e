// ds_top_ulx3s_25f: ULX3S with an LFE5U-25F, from the pins inwards.
// Purpose     clock, device and the pins of this board; nothing else.
// Latency     see ds_device_uart.   Throughput  that of the line.
// Format      contract/protocol.ts on rx_i and tx_o; parameters from contract/boards.ts.
// Reset       by ds_clock.   Golden  golden/fixed.
`include "ds_boards.vh"
`default_nettype none

module ds_top_ulx3s_25f (
    input  wire       clk_i,  // 25 MHz

    input  wire       rx_i,
    output wire       tx_o,

    output wire [7:0] led_o,
    output wire       wifi_gpio0_o  // high, or the ESP32 restarts the board
);
  wire        clk;
  wire        rst;
  wire        busy;
  wire        blink;
  wire        line = !rx_i || !tx_o;  // 0 while nothing is on the line
  wire        idle;
  wire [31:0] images;
  wire [31:0] clock_hz;

  assign led_o        = {blink, {4{1'b0}}, blink, line, busy};
  assign wifi_gpio0_o = 1'b1;

  ds_clock #(`DS_ULX3S_25F_CLOCK) u_clock (
      .clk_i(clk_i),
      .clk_o(clk),
      .rst_o(rst)
  );

  ds_device_uart #(`DS_ULX3S_25F_DEVICE) u_device (
      .clk_i     (clk),
      .rst_i     (rst),
      .rx_i      (rx_i),
      .tx_o      (tx_o),
      .idle_o    (idle),
      .busy_o    (busy),
      .blink_o   (blink),
      .images_o  (images),
      .clock_hz_o(clock_hz),
      .skip_ms_i (10'd0)
  );

  wire unused = &{1'b0, idle, images, clock_hz};
endmodule

`default_nettype wire
