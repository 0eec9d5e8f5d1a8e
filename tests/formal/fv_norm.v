// fv_norm: ds_norm in small, any elements at any time, at most ELEMENTS a layer: the sum of squares
// is the exact one, and the counts are, whatever the elements. The sizes keep the real margin: the
// sum has as many bits as a full layer of the largest squares takes. By induction.
`default_nettype none

module fv_norm (
    input wire       clk_i,
    input wire       rst_i,
    input wire       start_i,
    input wire       valid_i,
    input wire       last_i,
    input wire [2:0] mantissa_i,
    input wire       zeroed_i,
    input wire       saturated_i
);
  localparam [2:0] ELEMENTS = 3'd4;  // 4 * 4^2 takes 7 bits, and 4 of a kind 3
  wire done;
  wire [6:0] sum;
  wire [2:0] zeroed, saturated;
  ds_norm #(
      .DeltaBits (3),
      .SquareBits(7),
      .CountBits (3)
  ) u_dut (
      .clk_i            (clk_i),
      .rst_i            (rst_i),
      .start_i          (start_i),
      .delta_valid_i    (valid_i),
      .delta_last_i     (last_i),
      .delta_mantissa_i (mantissa_i),
      .delta_zeroed_i   (zeroed_i),
      .delta_saturated_i(saturated_i),
      .done_o           (done),
      .sum_squares_o    (sum),
      .zeroed_o         (zeroed),
      .saturated_o      (saturated)
  );

  wire signed [2:0] mantissa = mantissa_i;
  wire [2:0] magnitude = mantissa < 0 ? -mantissa : mantissa;
  wire [4:0] square = magnitude == 3'd4 ? 5'd16 : magnitude == 3'd3 ? 5'd9
      : magnitude == 3'd2 ? 5'd4 : {4'd0, magnitude[0]};

  reg started_q = 1'b0;
  reg begun_q;                                  // start_i was there
  reg [3:0] count_q, zeroed_q, saturated_q;     // wider than the unit's
  reg [9:0] total_q;                            // the same, and 3 cycles later
  reg [9:0] total_q2, total_q3, total_q4;
  reg [2:0] flight_q, last_q;
  always @(posedge clk_i) begin
    started_q <= 1'b1;
    if (!started_q) assume (rst_i);
    flight_q <= {flight_q[1:0], valid_i};
    last_q   <= {last_q[1:0], last_i};
    // A layer begins when the one before has left the multiplier, as fv_sequence proves.
    if (start_i) assume (!valid_i && flight_q == 3'd0);
    if (valid_i) assume (begun_q && count_q < ELEMENTS);
    if (last_i) assume (valid_i);
    if (valid_i) begin
      count_q     <= count_q + 4'd1;
      zeroed_q    <= zeroed_q + {3'd0, zeroed_i};
      saturated_q <= saturated_q + {3'd0, saturated_i};
      total_q     <= total_q + {5'd0, square};
    end
    {total_q4, total_q3, total_q2} <= {total_q3, total_q2, total_q};
    if (start_i) begin
      {count_q, zeroed_q, saturated_q, total_q} <= 22'd0;
      {total_q2, total_q3, total_q4} <= 30'd0;
      begun_q <= 1'b1;
    end
    if (rst_i) {begun_q, flight_q, last_q} <= 7'd0;

    if (started_q && !rst_i && begun_q) begin
      exact : assert ({3'd0, sum} == total_q4);
      zeroes : assert ({1'b0, zeroed} == zeroed_q);
      saturations : assert ({1'b0, saturated} == saturated_q);
      if (done) all_in : assert (sum == total_q || flight_q != 3'd0 || $past(valid_i));
      // For the induction.
      bounded : assert (count_q <= ELEMENTS && total_q <= {2'd0, count_q, 4'd0});
      in_order : assert (total_q2 <= total_q && total_q3 <= total_q2 && total_q4 <= total_q3);
      counted : assert (zeroed_q <= count_q && saturated_q <= count_q);
      full : cover (done && sum == 7'd64 && zeroed == 3'd4);
    end
  end
endmodule

`default_nettype wire
