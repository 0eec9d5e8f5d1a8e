// fv_delta_unit: ds_delta_unit is given a layer of 1 to 4 elements with any gaps between them, and
// aligns when it says that it has them all. Its memory is written once for each, below the layer's
// width; deltas come as often, numbered from 0 up, the last one marked, and what is given for an
// element is made of the element with that number. Any number of layers, by induction.
`default_nettype none

module fv_delta_unit (
    input wire       clk_i,
    input wire       rst_i,
    input wire       start_i,
    input wire [2:0] start_count_i,
    input wire       element_valid_i,
    input wire [3:0] element_mantissa_i,
    input wire [3:0] element_slope_i,
    input wire       align_i
);
  wire collected, nonzero, delta_valid, delta_last, delta_zeroed, delta_saturated;
  wire [7:0] shared_exponent;
  wire [1:0] delta_index;
  wire [3:0] delta_mantissa;
  ds_delta_unit #(
      .DeltaBits        (4),
      .SlopeBits        (4),
      .SlopeExponentBits(2),
      .ExponentBits     (8),
      .MaxWidth         (4),
      .IndexBits        (2)
  ) u_dut (
      .clk_i                   (clk_i),
      .rst_i                   (rst_i),
      .start_i                 (start_i),
      .start_count_i           (start_count_i),
      .element_valid_i         (element_valid_i),
      .element_mantissa_i      (element_mantissa_i),
      .element_exponent_i      (8'd0),
      .element_slope_i         (element_slope_i),
      .element_slope_exponent_i(2'd0),
      .collected_o             (collected),
      .shared_exponent_o       (shared_exponent),
      .nonzero_o               (nonzero),
      .align_i                 (align_i),
      .delta_valid_o           (delta_valid),
      .delta_last_o            (delta_last),
      .delta_index_o           (delta_index),
      .delta_mantissa_o        (delta_mantissa),
      .delta_zeroed_o          (delta_zeroed),
      .delta_saturated_o       (delta_saturated)
  );

  (* hierconn *) wire [4:0] \u_dut.valid_q ;
  (* hierconn *) wire [4:0] \u_dut.align_valid_q ;
  (* hierconn *) wire [4:0] \u_dut.align_last_q ;
  (* hierconn *) wire [2:0] \u_dut.stored_q ;
  (* hierconn *) wire [2:0] \u_dut.compared_q ;
  (* hierconn *) wire [2:0] \u_dut.count_q ;
  (* hierconn *) wire [2:0] \u_dut.left_q ;
  (* hierconn *) wire [1:0] \u_dut.index_q ;
  (* hierconn *) wire [1:0] \u_dut.delta_index_q ;
  (* hierconn *) wire \u_dut.active ;
  wire [4:0] coming = \u_dut.valid_q ;
  wire [4:0] going = \u_dut.align_valid_q ;

  reg started_q = 1'b0;
  reg collecting_q, aligning_q;
  reg [2:0] count_q, given_q, out_q;  // elements of the layer, given, and deltas out
  wire [4:0] youngest = going & (~going + 5'd1);
  wire [2:0] in_3 = coming[0] + coming[1] + coming[2];
  wire [2:0] in_5 = in_3 + coming[3] + coming[4];
  wire [2:0] out_5 = going[0] + going[1] + going[2] + going[3] + going[4];
  always @(posedge clk_i) begin
    started_q <= 1'b1;
    if (!started_q) assume (rst_i);
    // fv_sequence: collect, then align, then the next; the pipeline is empty at a start.
    if (start_i) assume (!aligning_q && !collecting_q && !element_valid_i && coming == 5'd0);
    if (start_i) assume (start_count_i >= 3'd1 && start_count_i <= 3'd4);
    if (element_valid_i) assume (collecting_q && given_q < count_q);
    if (align_i) assume (collecting_q && collected);

    if (element_valid_i) given_q <= given_q + 3'd1;
    if (delta_valid) out_q <= out_q + 3'd1;
    if (delta_last) aligning_q <= 1'b0;
    if (align_i) begin
      collecting_q <= 1'b0;
      aligning_q   <= 1'b1;
      out_q        <= 3'd0;
    end
    if (start_i) begin
      collecting_q <= 1'b1;
      count_q      <= start_count_i;
      given_q      <= 3'd0;
    end
    if (rst_i) {collecting_q, aligning_q} <= 2'b00;

    if (started_q && !rst_i) begin
      if (collecting_q && coming[2]) write_in_bounds : assert (\u_dut.stored_q < count_q);
      if (collecting_q && collected)
        all_there : assert (given_q == count_q && coming == 5'd0
                            || $past(start_i));
      if (collecting_q && collected) stored : assert (\u_dut.stored_q == count_q);
      if (\u_dut.active ) read_in_bounds : assert ({1'b0, \u_dut.index_q } < count_q);
      if (delta_valid) begin
        delta_expected : assert (aligning_q && out_q < count_q);
        delta_in_order : assert ({1'b0, delta_index} == out_q);
        last_is_last : assert (delta_last == (out_q + 3'd1 == count_q));
      end else not_last : assert (!delta_last);

      // For the induction.
      one_at_a_time : assert (!(collecting_q && aligning_q));
      if (collecting_q) begin
        counts : assert (\u_dut.count_q == count_q && count_q >= 3'd1 && count_q <= 3'd4
                         && given_q <= count_q && \u_dut.stored_q + in_3 == given_q
                         && \u_dut.compared_q + in_5 == given_q);
        not_yet : assert (!collected || \u_dut.compared_q == count_q);
      end else at_rest : assert (coming == 5'd0);
      if (aligning_q)
        leaving : assert (\u_dut.count_q == count_q && count_q >= 3'd1 && count_q <= 3'd4
                          && out_q + delta_valid + out_5 + \u_dut.left_q == count_q
                          && (\u_dut.left_q == 3'd0 || \u_dut.index_q + \u_dut.left_q == count_q)
                          && \u_dut.delta_index_q == ((out_q + delta_valid) & 3'd3)
                          && out_q < count_q);
      else left : assert (\u_dut.left_q == 3'd0 && out_5 == 3'd0 && !delta_valid);
      // Of those on their way the youngest is marked, once there is none to follow.
      marks : assert ((going & \u_dut.align_last_q )
                      == (\u_dut.left_q == 3'd0 ? youngest : 5'd0));
      widest : cover (delta_last && count_q == 3'd4 && delta_mantissa != 4'd0);
      again : cover (delta_last && count_q == 3'd1 && $past(collecting_q, 12));
      zeroed : cover (delta_valid && delta_zeroed && count_q == 3'd2);
    end
  end
endmodule

`default_nettype wire
