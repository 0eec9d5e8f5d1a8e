// fv_baud: ds_baud with a safe divisor of 10 and 4 ms to revert, anything written at any time. The
// divisor is always one the UART takes. It changes only once the reply to the last write has left
// the line, and then to what was written; without a good frame within the time-out, or after a
// break, it is the safe one again: no write can leave the line mute. By induction.
`default_nettype none

module fv_baud (
    input wire        clk_i,
    input wire        rst_i,
    input wire        write_i,
    input wire [31:0] divisor_i,
    input wire        replied_i,
    input wire        quiet_i,
    input wire        good_frame_i,
    input wire        break_i
);
  localparam [15:0] SAFE = 16'd10;
  localparam [3:0] REVERT = 4'd4;  // one millisecond a cycle
  wire [15:0] divisor;
  ds_baud #(
      .ClockHz (100),
      .SafeBaud(10),
      .RevertMs(4)
  ) u_dut (
      .clk_i       (clk_i),
      .rst_i       (rst_i),
      .elapsed_i   (11'd1),
      .write_i     (write_i),
      .divisor_i   (divisor_i),
      .replied_i   (replied_i),
      .quiet_i     (quiet_i),
      .good_frame_i(good_frame_i),
      .break_i     (break_i),
      .divisor_o   (divisor)
  );
  (* hierconn *) wire [1:0] \u_dut.state_q ;
  (* hierconn *) wire \u_dut.quiet_q ;
  (* hierconn *) wire [3:0] \u_dut.next_q ;
  (* hierconn *) wire [3:0] \u_dut.u_revert.left_q ;
  (* hierconn *) wire \u_dut.u_revert.expired_q ;

  wire legal = write_i && divisor_i >= 32'd4 && divisor_i < 32'd16;
  reg started_q = 1'b0;
  reg written_q, replied_q, quiet_q;  // a legal write; then its reply; nothing on its way out
  reg [3:0] next_q;
  wire applies = replied_q && quiet_q && !legal;
  reg [3:0] unheard_q;  // cycles in force without a good frame, to 14; 15: heard, or safe
  wire running = !\u_dut.u_revert.left_q [3];
  always @(posedge clk_i) begin
    started_q <= 1'b1;
    if (!started_q) assume (rst_i);
    quiet_q <= quiet_i && !replied_i;
    if (written_q && replied_i) {written_q, replied_q} <= 2'b01;
    if (applies) replied_q <= 1'b0;
    if (legal) begin
      {written_q, replied_q} <= 2'b10;
      next_q <= divisor_i[3:0];
    end
    if (unheard_q < 4'd14) unheard_q <= unheard_q + 4'd1;
    if (good_frame_i) unheard_q <= 4'd15;
    if (applies) unheard_q <= 4'd1;
    if (rst_i) {written_q, replied_q, unheard_q} <= 6'd15;

    if (started_q && !rst_i) begin
      taken_by_the_uart : assert (divisor >= 16'd4 && divisor < 16'd16);
      if (!$past(rst_i)) begin
        if ($past(applies)) as_written : assert (divisor == {12'd0, $past(next_q)});
        else if ($past(break_i)) break_is_safe : assert (divisor == SAFE);
        else only_then : assert (divisor == $past(divisor) || divisor == SAFE);
      end
      if (unheard_q != 4'd15) reverts_in_time : assert (unheard_q <= REVERT + 4'd2
                                                        || divisor == SAFE);

      // For the induction.
      states : assert (\u_dut.state_q == {replied_q, written_q} && !(replied_q && written_q));
      if (replied_q) quiet : assert (\u_dut.quiet_q == quiet_q);
      if (replied_q || written_q) next : assert (\u_dut.next_q == next_q && next_q >= 4'd4);
      time_left : assert (unheard_q == 4'd15 || divisor == SAFE
          || running && \u_dut.u_revert.left_q + unheard_q == REVERT + 4'd1
          || \u_dut.u_revert.expired_q && unheard_q == REVERT + 4'd2);
      if (\u_dut.u_revert.expired_q ) stops : assert (!running);
      faster : cover (unheard_q == 4'd3 && divisor == 16'd4);
      reverted : cover (unheard_q == 4'd7 && divisor == SAFE && $past(divisor) == 16'd5);
    end
  end
endmodule

`default_nettype wire
