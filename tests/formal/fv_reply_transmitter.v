// fv_reply_transmitter: replies of 1 or 2 bytes of few values, as fast as they are taken. Every cell
// that leaves decodes, by COBS, to a reply that was given, in their order, with its padding and its
// check sum; its only zero is its last byte. With Statuses, statuses and sums at any time: one that is
// recalled is the last one kept for its number. Bounded, from reset; cells to the end of the first.
`default_nettype none

module fv_reply_transmitter #(
    parameter Statuses = 0
) (
    input wire       clk_i,
    input wire       rst_i,
    input wire       in_valid_i,
    input wire [7:0] in_data_i,
    input wire [1:0] in_kind_i,
    input wire       in_last_i,
    input wire [7:0] number_i,
    input wire       recall_i,
    input wire       tx_ready_i
);
  localparam [1:0] KIND_REPLY = 2'd0, KIND_TOTAL = 2'd2, KIND_STATUS = 2'd3;
  localparam [2:0] LAST_BYTE = 3'd6;
  localparam MADE_IN = 20;  // cycles from the last byte in to the first out, if the line is free

  wire in_ready, recalled, tx_valid, idle;
  wire [7:0] sum, tx_data;
  wire [2:0] answer;
  ds_reply_transmitter #(
      .Cells(2)
  ) u_dut (
      .clk_i     (clk_i),
      .rst_i     (rst_i),
      .in_valid_i(in_valid_i),
      .in_ready_o(in_ready),
      .in_data_i (in_data_i),
      .in_kind_i (in_kind_i),
      .in_last_i (in_last_i),
      .sum_o     (sum),
      .number_i  (number_i),
      .recall_i  (recall_i),
      .recalled_o(recalled),
      .answer_o  (answer),
      .tx_valid_o(tx_valid),
      .tx_ready_i(tx_ready_i),
      .tx_data_o (tx_data),
      .idle_o    (idle)
  );
  wire take = in_valid_i && in_ready;
  wire reply_take = take && in_kind_i == KIND_REPLY;
  wire leave = tx_valid && tx_ready_i;

  // ---- What was given: a reply under way, and those whole and not yet out
  reg open_q, summed_q, age_on_q;
  reg [7:0] head_q;
  reg [5:0] age_q;                // cycles since the last byte of a reply
  reg [1:0] rest_q;               // since a byte left
  reg [47:0] cell0_q, cell1_q;    // decoded, first byte lowest
  reg [1:0] given_q, gone_q;      // cells, modulo 4
  wire [15:0] reply = open_q ? {in_data_i, head_q} : {8'd0, in_data_i};

  // ---- What leaves
  reg [2:0] place_q;
  reg [7:0] zero_q;               // place of the next code
  wire [47:0] cell = gone_q[0] ? cell1_q : cell0_q;
  wire [7:0] expected = cell[8*(place_q-3'd1)+:8];

  // ---- Statuses of one number
  (* anyconst *) reg [7:0] number;
  reg kept_q, known_q;
  reg [2:0] kept_status_q, status_q;

  reg started_q = 1'b0;
  always @(posedge clk_i) begin
    started_q <= 1'b1;
    assume (rst_i == !started_q);
    assume (number_i < 8'd2);
    if (Statuses != 0) assume (in_kind_i != KIND_REPLY);
    else
      assume (in_valid_i && tx_ready_i && !recall_i && in_kind_i == KIND_REPLY && in_data_i < 8'd4);
    if (open_q) assume (in_kind_i == KIND_REPLY && in_last_i);
    if (summed_q) assume (in_kind_i != KIND_REPLY);
    if (recall_i) assume (!in_valid_i && !kept_q && !open_q);
    if (started_q && $past(recall_i && !rst_i))
      assume (recall_i ? number_i == $past(number_i) : $past(recalled));

    kept_q <= take && in_kind_i == KIND_STATUS;
    kept_status_q <= in_data_i[2:0];
    if (kept_q && number_i == number) begin
      known_q  <= 1'b1;
      status_q <= kept_status_q;
    end
    if (take) summed_q <= in_kind_i != KIND_REPLY && in_kind_i != KIND_STATUS;
    age_q <= age_q + !(&age_q);
    rest_q <= leave ? 2'd0 : rest_q + !(&rest_q);
    if (reply_take) begin
      open_q <= !in_last_i;
      head_q <= in_data_i;
      if (in_last_i) begin
        if (given_q[0]) cell1_q <= {reply, 16'd0, reply};
        else cell0_q <= {reply, 16'd0, reply};
        given_q <= given_q + 2'd1;
        age_q   <= 6'd0;
      end
    end
    if (leave) begin
      place_q <= place_q + 3'd1;
      if (place_q == 3'd0) zero_q <= tx_data;
      else if (place_q == zero_q) zero_q <= place_q + tx_data;
      if (place_q > LAST_BYTE) gone_q <= gone_q + 2'd1;
    end
    if (rst_i) begin
      {open_q, summed_q, kept_q, known_q} <= 4'd0;
      {given_q, gone_q, place_q} <= 7'd0;
    end

    if (started_q && !rst_i) begin
      if (tx_valid) begin
        something_given : assert (given_q != gone_q);
        if (place_q > LAST_BYTE) delimiter : assert (tx_data == 8'd0 && zero_q == place_q);
        else begin
          no_other_zero : assert (tx_data != 8'd0);
          if (place_q != 3'd0)
            as_given : assert (expected == (place_q == zero_q ? 8'd0 : tx_data));
        end
      end
      if (idle) nothing_held : assert (given_q == gone_q && (!open_q || $past(reply_take)));
      if (given_q != gone_q && age_q > MADE_IN && rest_q > 2'd2)
        made_in_time : assert (tx_valid);
      if (given_q == gone_q && !open_q && !$past(take) && !$past(leave) && !$past(rst_i))
        takes_when_empty : assert (in_ready);
      if (recall_i && recalled && number_i == number && known_q)
        last_status : assert (answer == status_q);

      recalls : cover (recall_i && recalled && number_i == number && known_q && status_q == 3'd5
                       && $past(summed_q, 6));
    end
  end
endmodule

`default_nettype wire
