// fv_delta_unit: ds_delta_unit is given a layer of 1 to 4 elements, computed or given, with any gaps
// between them, or told that none will come, and aligns when it says that it has them all. Its
// memory is written once for each, below the layer's width, and read once for each, in order;
// deltas come as often, the last one marked. Any number of layers, by induction.
`default_nettype none

module fv_delta_unit #(
    parameter Interval = 1
) (
    input wire       clk_i,
    input wire       rst_i,
    input wire       start_i,
    input wire       start_zero_i,
    input wire       start_given_i,
    input wire [2:0] start_width_i,
    input wire       element_valid_i,
    input wire [3:0] element_mantissa_i,
    input wire [3:0] element_slope_i,
    input wire       align_i
);
  wire collected, nonzero, delta_valid, delta_last, delta_step, delta_zeroed, delta_saturated;
  wire [7:0] shared_exponent, scaled;
  wire [1:0] element_index;
  wire [3:0] delta_mantissa;
  reg started_q = 1'b0;
  reg collecting_q, aligning_q, zero_q, given_q;
  reg [2:0] width_q, given_count_q, out_q;  // elements of the layer, given, and deltas out
  wire element = element_valid_i && !given_q;
  ds_delta_unit #(
      .DeltaBits        (4),
      .SlopeBits        (4),
      .SlopeExponentBits(2),
      .ExponentBits     (8),
      .CodeBits         (8),
      .MaxWidth         (4),
      .IndexBits        (2),
      .Interval         (Interval)
  ) u_dut (
      .clk_i                   (clk_i),
      .rst_i                   (rst_i),
      .start_i                 (start_i),
      .start_zero_i            (start_zero_i),
      .width_i                 (width_q),
      .element_valid_i         (element),
      .element_mantissa_i      (element_mantissa_i),
      .element_slope_i         (element_slope_i),
      .element_exponent_i      (8'd0),
      .element_slope_exponent_i(2'd0),
      .given_i                 (given_q),
      .given_valid_i           (element_valid_i && given_q),
      .given_mantissa_i        (element_mantissa_i),
      .element_index_o         (element_index),
      .collected_o             (collected),
      .shared_exponent_o       (shared_exponent),
      .nonzero_o               (nonzero),
      .align_i                 (align_i),
      .scale_i                 (4'd0),
      .delta_valid_o           (delta_valid),
      .delta_last_o            (delta_last),
      .delta_step_o            (delta_step),
      .delta_mantissa_o        (delta_mantissa),
      .delta_zeroed_o          (delta_zeroed),
      .delta_saturated_o       (delta_saturated),
      .scaled_o                (scaled)
  );

  (* hierconn *) wire [2:0] \u_dut.valid_q ;
  (* hierconn *) wire [1:0] \u_dut.align_valid_q ;
  (* hierconn *) wire [2:0] \u_dut.index_q ;
  (* hierconn *) wire \u_dut.at_end_q ;
  (* hierconn *) wire \u_dut.aligning_q ;
  (* hierconn *) wire \u_dut.second_q ;
  (* hierconn *) wire \u_dut.out_q ;
  (* hierconn *) wire \u_dut.zero_q ;
  (* hierconn *) wire \u_dut.store ;
  (* hierconn *) wire \u_dut.active ;
  (* hierconn *) wire \u_dut.first ;
  wire [2:0] coming = \u_dut.valid_q ;
  wire [2:0] going = {delta_valid, \u_dut.align_valid_q };
  wire [2:0] index = \u_dut.index_q ;
  wire [2:0] in_3 = coming[0] + coming[1] + coming[2];
  wire [2:0] out_3 = going[0] + going[1] + going[2];
  // Begun with, that is read at least once: at an interval of 2 each address stays for two cycles.
  wire [2:0] begun = index + (Interval == 2 && \u_dut.second_q );
  reg waited_q;  // the exponent of a given element takes a cycle
  always @(posedge clk_i) begin
    started_q <= 1'b1;
    if (!started_q) assume (rst_i);
    // fv_sequence: collect, then align, then the next; the pipeline is empty at a start.
    if (start_i) assume (!aligning_q && !collecting_q && !element_valid_i && coming == 3'd0);
    if (start_i) assume (start_width_i >= 3'd1 && start_width_i <= 3'd4);
    if (start_i) assume (!start_zero_i || !start_given_i);
    if (element_valid_i) assume (collecting_q && !zero_q && given_count_q < width_q);
    if (align_i) assume (collecting_q && collected);

    if (element_valid_i) given_count_q <= given_count_q + 3'd1;
    if (delta_valid) out_q <= out_q + 3'd1;
    if (delta_last) aligning_q <= 1'b0;
    if (align_i) begin
      collecting_q <= 1'b0;
      aligning_q   <= 1'b1;
      given_q      <= 1'b0;
      out_q        <= 3'd0;
    end
    if (start_i) begin
      collecting_q  <= 1'b1;
      width_q       <= start_width_i;
      zero_q        <= start_zero_i;
      given_q       <= start_given_i;
      given_count_q <= 3'd0;
    end
    if (rst_i) {collecting_q, aligning_q, given_q} <= 3'b000;

    if (started_q && !rst_i) begin
      if (\u_dut.store ) write_in_bounds : assert (collecting_q && index < width_q);
      if (collecting_q && collected)
        all_there : assert (zero_q || (given_count_q == width_q && coming == 3'd0));
      if (\u_dut.active ) read_in_bounds : assert (aligning_q && index < width_q);
      if (\u_dut.first ) read_in_order : assert (index == out_q + out_3);
      if (delta_valid) delta_expected : assert (aligning_q && out_q < width_q);
      if (delta_valid) last_is_last : assert (delta_last == (out_q + 3'd1 == width_q));
      else not_last : assert (!delta_last);

      // For the induction.
      one_at_a_time : assert (!(collecting_q && aligning_q));
      if (collecting_q || aligning_q)
        widths : assert (width_q >= 3'd1 && width_q <= 3'd4 && \u_dut.zero_q == zero_q);
      if (collecting_q) begin
        counts : assert (given_count_q <= width_q && index + in_3 == given_count_q
                         && !\u_dut.aligning_q && !(\u_dut.at_end_q && index != width_q)
                         && !(given_q && coming != 3'd0)
                         && !(zero_q && given_count_q != 3'd0));
      end else at_rest : assert (coming == 3'd0 && !given_q);
      if (aligning_q) begin
        leaving : assert (out_q < width_q && begun <= width_q && out_q + out_3 == begun
                          && \u_dut.aligning_q == (\u_dut.active || index == width_q
                                                   && $past(\u_dut.active )));
        spaced : assert (Interval == 1 ? \u_dut.active || begun == width_q
                         : (going & (going >> 1)) == 3'd0);
        close : assert (begun == 3'd0 || begun == width_q || going[Interval-1]
                        || (Interval == 2 && going[0]));
      end else left : assert (out_3 == 3'd0 && !\u_dut.active );
      widest : cover (delta_last && width_q == 3'd4 && delta_mantissa != 4'd0);
      again : cover (delta_last && width_q == 3'd1 && $past(collecting_q, 12));
      zeroed : cover (delta_valid && delta_zeroed && width_q == 3'd2);
      none : cover (delta_last && zero_q && width_q == 3'd3);
    end
  end
endmodule

`default_nettype wire
