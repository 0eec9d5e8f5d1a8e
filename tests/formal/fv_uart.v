// fv_uart: ds_uart_tx into ds_uart_rx with Divisor cycles a bit: every byte sent arrives, in order
// and unchanged, without framing error or break, and the line comes to rest. From reset, to the
// depth of the run: a whole byte and the start of the next.
`default_nettype none

module fv_uart #(
    parameter Divisor = 4
) (
    input wire       clk_i,
    input wire       rst_i,
    input wire       in_valid_i,
    input wire [7:0] in_data_i
);
  wire in_ready, line, tx_idle, rx_idle, out_valid, framing_error, line_break;
  wire [7:0] out_data;
  ds_uart_tx #(
      .DivisorBits(3)
  ) u_tx (
      .clk_i     (clk_i),
      .rst_i     (rst_i),
      .in_valid_i(in_valid_i),
      .in_ready_o(in_ready),
      .in_data_i (in_data_i),
      .divisor_i (Divisor[15:0]),
      .tx_o      (line),
      .idle_o    (tx_idle)
  );
  ds_uart_rx #(
      .DivisorBits(3)
  ) u_rx (
      .clk_i          (clk_i),
      .rst_i          (rst_i),
      .rx_i           (line),
      .divisor_i      (Divisor[15:0]),
      .out_valid_o    (out_valid),
      .out_data_o     (out_data),
      .framing_error_o(framing_error),
      .break_o        (line_break),
      .idle_o         (rx_idle)
  );

  reg started_q = 1'b0;
  reg sent_q;                // a byte is on the line
  reg [7:0] byte_q, byte_q2;
  reg [1:0] sent_count_q, got_count_q;
  reg [7:0] since_q;         // cycles since it was taken
  wire take = in_valid_i && in_ready;
  always @(posedge clk_i) begin
    started_q <= 1'b1;
    assume (rst_i == !started_q);
    if (!started_q) assume (in_data_i == 8'd0);
    since_q <= since_q + (since_q != 8'd255);
    if (take) begin
      byte_q       <= in_data_i;
      byte_q2      <= byte_q;
      sent_count_q <= sent_count_q + 2'd1;
      since_q      <= 8'd0;
    end
    if (out_valid) got_count_q <= got_count_q + 2'd1;
    if (rst_i) {sent_count_q, got_count_q, since_q} <= {4'd0, 8'd255};

    if (started_q) begin
      no_error : assert (!framing_error && !line_break);
      if (out_valid) begin
        expected : assert (sent_count_q != got_count_q);
        same_byte : assert (out_data == (sent_count_q == got_count_q + 2'd1 ? byte_q : byte_q2));
      end
      arrived : assert (sent_count_q - got_count_q <= 2'd2);
      // Header of ds_uart_rx: 3 + (divisor - 1) / 2 + 9 * divisor after the line fell, which is one
      // cycle after the byte was taken.
      if (since_q >= 3 + (Divisor - 1) / 2 + 9 * Divisor + 1 && since_q != 8'd255)
        in_time : assert (sent_count_q == got_count_q);
      at_rest : cover (tx_idle && rx_idle && got_count_q == 2'd1 && byte_q == 8'hA5);
      two : cover (got_count_q == 2'd1 && sent_count_q == 2'd2 && byte_q2 == 8'h00);
    end
  end
endmodule

`default_nettype wire
