// fv_image_decoder: any bytes as payloads of images for 4 inputs, to a buffer that is free when it
// likes. A value is written exactly where the runs say, inside the network's inputs, as it was
// sent; an image is committed exactly when its runs end with the bytes it has declared, inside its
// payload, and it is not open; anything else that ends early, runs over or continues nothing is
// cleared at once, and nothing is written or committed before the payload is over. The decoder
// takes a byte every other cycle, but for the buffer that it waits for. By induction; for the covers, with Swift, without waits.
`default_nettype none
`include "ds_contract.vh"

module fv_image_decoder #(
    parameter Swift = 0
) (
    input wire        clk_i,
    input wire        rst_i,
    input wire        start_i,
    input wire        in_valid_i,
    input wire [7:0]  in_data_i,
    input wire        in_last_i,
    input wire        image_free_i
);
  (* anyconst *) reg [10:0] input_width;
  wire bad, idle, in_ready, image_clear, image_write, image_commit;
  wire [9:0] image_index;
  wire [15:0] image_value;
  wire [7:0] image_label;
  ds_image_decoder #(
      .Inputs(4)
  ) u_dut (
      .clk_i         (clk_i),
      .rst_i         (rst_i),
      .start_i       (start_i),
      .bad_o         (bad),
      .idle_o        (idle),
      .in_valid_i    (in_valid_i),
      .in_ready_o    (in_ready),
      .in_data_i     (in_data_i),
      .in_last_i     (in_last_i),
      .input_width_i (input_width),
      .image_free_i  (image_free_i),
      .image_clear_o (image_clear),
      .image_write_o (image_write),
      .image_index_o (image_index),
      .image_value_o (image_value),
      .image_commit_o(image_commit),
      .image_label_o (image_label)
  );
  (* hierconn *) wire [3:0] \u_dut.state_q ;
  (* hierconn *) wire [10:0] \u_dut.bytes_q ;
  (* hierconn *) wire [11:0] \u_dut.index_q ;
  (* hierconn *) wire [7:0] \u_dut.length_q ;
  (* hierconn *) wire [7:0] \u_dut.low_q ;
  (* hierconn *) wire \u_dut.wide_q ;
  (* hierconn *) wire \u_dut.continued_q ;
  (* hierconn *) wire \u_dut.open_q ;
  (* hierconn *) wire \u_dut.held_q ;
  (* hierconn *) wire \u_dut.last_q ;
  (* hierconn *) wire \u_dut.outside_q ;
  (* hierconn *) wire \u_dut.bad_q ;

  // ---- What the bytes say
  localparam [2:0] SKIP = 3'd0, LENGTH = 3'd1, LOW = 3'd2, HIGH = 3'd3;
  reg [2:0] header_q;                     // bytes of it, to 4
  reg runs_q;                             // they have begun
  reg done_q, wrong_q, dropping_q;        // the image is over, was wrong; the rest does not count
  reg last_q, paused_q, bad_q;
  reg wide_q, continued_q, open_q, held_q;
  reg [10:0] left_q;                      // bytes of the runs
  reg [11:0] index_q;
  reg [7:0] label_q, low_q, values_q;     // values: to come in this run
  reg [2:0] part_q;
  wire take = in_valid_i && in_ready;
  wire outside = index_q >= input_width || index_q >= 12'd4;
  wire value = runs_q && (part_q == HIGH || part_q == LOW && !wide_q);
  wire run_over = value && values_q == 8'd1 || part_q == LENGTH && in_data_i == 8'd0;
  wire over = left_q == 11'd1;
  wire [15:0] declared = {in_data_i, left_q[7:0]};
  wire waits = header_q == 3'd4 && !runs_q && !done_q && !wrong_q && !dropping_q;

  reg started_q = 1'b0;
  always @(posedge clk_i) begin
    started_q <= 1'b1;
    if (!started_q) assume (rst_i);
    else if (Swift != 0) assume (!rst_i && in_valid_i == !paused_q && image_free_i && !start_i);
    if (paused_q) assume (!in_valid_i);
    if (start_i) assume (last_q && header_q == 3'd0 && !in_valid_i);
    if (started_q && $past(image_free_i && !image_commit && !rst_i)) assume (image_free_i);

    paused_q <= take;
    {done_q, wrong_q} <= 2'd0;
    if (wrong_q) begin
      dropping_q <= !last_q;
      held_q     <= 1'b0;
      bad_q      <= 1'b1;
    end else if (start_i) bad_q <= 1'b0;
    if (done_q) held_q <= open_q;
    if (wrong_q || done_q) {header_q, runs_q} <= 4'd0;
    if (waits) begin
      if (continued_q && !held_q) wrong_q <= 1'b1;
      else if (image_free_i && left_q == 11'd0) done_q <= 1'b1;
      else if (image_free_i) {runs_q, part_q} <= {1'b1, SKIP};
    end
    if (take) begin
      last_q <= in_last_i;
      low_q  <= in_data_i;
      if (dropping_q) dropping_q <= !in_last_i;
      else if (!runs_q) begin
        header_q <= header_q + 3'd1;
        case (header_q)
          3'd0: label_q <= in_data_i;
          3'd1: begin
            wide_q      <= in_data_i[0];
            continued_q <= in_data_i[1];
            open_q      <= in_data_i[2];
            if (!in_data_i[1]) index_q <= 12'd0;
          end
          3'd2: left_q[7:0] <= in_data_i;
          default: begin
            left_q  <= declared[10:0];
            wrong_q <= declared > 16'd2047 || in_last_i && declared != 16'd0;
          end
        endcase
        if (header_q < 3'd3) wrong_q <= in_last_i;
      end else begin
        left_q <= left_q - 11'd1;
        case (part_q)
          SKIP: begin
            part_q <= LENGTH;
            if (!index_q[11]) index_q <= index_q + in_data_i;
          end
          LENGTH: begin
            part_q   <= run_over ? SKIP : LOW;
            values_q <= in_data_i;
          end
          LOW: part_q <= wide_q ? HIGH : run_over ? SKIP : LOW;
          default: part_q <= run_over ? SKIP : LOW;
        endcase
        if (value) {index_q, values_q} <= {index_q + 12'd1, values_q - 8'd1};
        wrong_q <= over && !run_over || in_last_i && !over || value && outside;
        done_q <= over && run_over && !(value && outside);
      end
    end
    if (rst_i) begin
      {header_q, runs_q, done_q, wrong_q, dropping_q, held_q, paused_q} <= 9'd0;
      last_q <= 1'b1;
    end

    if (started_q && !rst_i) begin
      writes : assert (image_write == (take && value && !dropping_q && !outside));
      if (image_write) begin
        in_bounds : assert (image_index < 10'd4 && image_index < input_width && image_free_i);
        its_value : assert (image_index == index_q[9:0]
            && image_value == (wide_q ? {in_data_i, low_q} : {1'b0, in_data_i, 7'd0}));
      end
      commits : assert (image_commit == (done_q && !open_q));
      if (image_commit) its_label : assert (image_label == label_q && image_free_i);
      clears : assert (image_clear
          == (wrong_q || waits && image_free_i && held_q && !continued_q));
      if (!start_i && !$past(rst_i) && !$past(bad_q, 1) && bad_q) said : assert (bad);
      ready : assert (in_ready == !(waits || done_q || wrong_q));
      at_rest : assert (idle == (header_q == 3'd0 && !dropping_q));

      // For the induction: the design's state by that of the reference.
      state : assert (\u_dut.state_q == (wrong_q ? 4'd10 : done_q ? 4'd9 : dropping_q ? 4'd11
          : runs_q ? 4'd5 + part_q : {1'b0, header_q}));
      one_at_a_time : assert (!(wrong_q && done_q) && !(dropping_q && (wrong_q || done_q))
          && (!dropping_q || header_q == 3'd0 && !runs_q) && header_q <= 3'd4
          && (!runs_q || header_q == 3'd4 && part_q <= HIGH)
          && (!done_q || header_q == 3'd4) && (!wrong_q || header_q != 3'd0));
      same_last : assert (header_q == 3'd0 && !dropping_q || \u_dut.last_q == last_q);
      if (dropping_q || waits && left_q != 11'd0
          || header_q != 3'd0 && header_q != 3'd4 && !wrong_q)
        goes_on : assert (!last_q);
      if (header_q >= 3'd1) same_label : assert (image_label == label_q);
      same_held : assert (\u_dut.held_q == held_q);
      if (header_q >= 3'd2 && !(wrong_q && header_q == 3'd2))
        same_flags : assert ({\u_dut.wide_q , \u_dut.continued_q , \u_dut.open_q }
                             == {wide_q, continued_q, open_q});
      if (runs_q) continues : assert (!continued_q || held_q);
      if (header_q >= 3'd2 && !continued_q || held_q)
        same_index : assert (\u_dut.index_q == index_q);
      if (header_q == 3'd3) same_low : assert (\u_dut.bytes_q [7:0] == left_q[7:0]);
      if (header_q == 3'd4 && !wrong_q) same_left : assert (\u_dut.bytes_q == left_q);
      if (runs_q && !wrong_q && !done_q) begin
        some_left : assert (left_q != 11'd0 && image_free_i && !last_q);
        if (part_q >= LOW) same_values : assert (\u_dut.length_q == values_q && values_q != 8'd0);
        if (!paused_q) same_outside : assert (\u_dut.outside_q == outside);
        if (part_q == HIGH) same_byte : assert (\u_dut.low_q == low_q && wide_q);
      end
      if (done_q) committed_free : assert (image_free_i);

      good_image : cover (image_commit && $past(image_write, 3) && index_q == 12'd3);
      malformed : cover (idle && bad && $past(dropping_q && !rst_i));
    end
  end
endmodule

`default_nettype wire
