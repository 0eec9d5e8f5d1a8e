// ds_uart_tx: bytes to a serial line, 8 data bits, no parity, one stop bit.
// Purpose     the line rests high. A new divisor_i counts from the next bit on.
// Latency     1 cycle from the byte to its start bit.   Throughput  1 byte in 10 * divisor_i
//             cycles; in_ready_o is high while the line rests and in the last cycle of a stop bit.
// Format      divisor_i: cycles a bit, 2 or more.
// Reset       the line rests.   Golden  none.
`default_nettype none

module ds_uart_tx (
    input  wire        clk_i,
    input  wire        rst_i,

    input  wire        in_valid_i,
    output wire        in_ready_o,
    input  wire [7:0]  in_data_i,

    input  wire [15:0] divisor_i,
    output wire        tx_o,
    output wire        idle_o      // the last stop bit is over
);
  localparam [3:0] FRAME_BITS = 4'd10;

  reg [9:0]  shift_q;  // next bit lowest
  reg [3:0]  left_q;   // bits not yet over
  reg [15:0] count_q;  // cycles left of this bit, less one

  wire bit_end = count_q == 16'd0;
  wire over = left_q == 4'd0 || left_q == 4'd1 && bit_end;

  assign in_ready_o = over;
  assign tx_o = shift_q[0];
  assign idle_o = left_q == 4'd0;

  always @(posedge clk_i) begin
    count_q <= bit_end ? divisor_i - 16'd1 : count_q - 16'd1;
    if (bit_end && left_q != 4'd0) begin
      left_q  <= left_q - 4'd1;
      shift_q <= {1'b1, shift_q[9:1]};
    end
    if (over && in_valid_i) begin
      left_q  <= FRAME_BITS;
      shift_q <= {1'b1, in_data_i, 1'b0};
      count_q <= divisor_i - 16'd1;
    end
    if (rst_i) begin
      left_q  <= 4'd0;
      shift_q <= {10{1'b1}};
    end
  end
endmodule

`default_nettype wire
