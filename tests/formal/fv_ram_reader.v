// fv_ram_reader: each word leaves ds_ram_reader once and in order, whatever the sink does: what is
// offered was read at the owner's address when it was there, stays until it is taken, and comes two
// cycles after it is there. The memory is its latency: an address, and the address two cycles ago.
`default_nettype none

module fv_ram_reader (
    input wire clk_i,
    input wire rst_i,
    input wire available_i,
    input wire out_ready_i
);
  wire take, out_valid;

  ds_ram_reader u_dut (
      .clk_i      (clk_i),
      .rst_i      (rst_i),
      .available_i(available_i),
      .take_o     (take),
      .out_valid_o(out_valid),
      .out_ready_i(out_ready_i)
  );
  (* hierconn *) wire [1:0] \u_dut.cycles_q ;

  reg [3:0] address_q, address_q2, address_q3;
  reg available_q, available_q2;
  reg [1:0] there_q;  // cycles for which the word was there, to 2
  always @(posedge clk_i) begin
    if (take) address_q <= address_q + 4'd1;
    address_q2   <= address_q;
    address_q3   <= address_q2;
    available_q  <= available_i;
    available_q2 <= available_q;
    there_q      <= !available_i || take || rst_i ? 2'd0 : there_q + (there_q != 2'd2);
  end

  reg started_q = 1'b0;
  reg [3:0] taken_q;
  always @(posedge clk_i) begin
    started_q <= 1'b1;
    if (!started_q) assume (rst_i);
    if (started_q && !$past(rst_i) && $past(available_i && !take)) assume (available_i);
    taken_q <= rst_i ? 4'd0 : taken_q + (take && taken_q != 4'd15);
    if (started_q && !rst_i) begin
      if (out_valid) own_word : assert (address_q3 == address_q && available_q2 && available_q);
      take_is_transfer : assert (take == (out_valid && out_ready_i));
      in_two_cycles : assert (out_valid == (there_q == 2'd2));
      if (!$past(rst_i) && $past(out_valid && !out_ready_i)) stays : assert (out_valid);

      // For the induction.
      cycles : assert (\u_dut.cycles_q == {there_q == 2'd2, there_q != 2'd0});
      if (there_q != 2'd0) steady : assert (address_q2 == address_q && available_q);
      if (there_q == 2'd2) steady_twice : assert (address_q3 == address_q && available_q2);
      three : cover (taken_q == 4'd3 && $past(out_valid && !out_ready_i, 2));
    end
  end
endmodule

`default_nettype wire
