// sigmoid_bench: every z through ds_sigmoid_unit, one a cycle, compared with a file of results.
// Not part of the device: it makes the exhaustive comparison a matter of seconds.
`default_nettype none
module sigmoid_bench #(
    parameter ZBits = 20  // [bits]
) (
    input  wire             clk_i,
    input  wire             rst_i,
    input  wire             load_i,  // rising: read expected.hex, one word for each code of z

    output wire             done_o,
    output reg  [ZBits-1:0] results_o,     // compared so far
    output reg  [ZBits-1:0] mismatches_o,
    output reg  [ZBits-1:0] first_z_o,     // of the first mismatch
    output reg  [     79:0] first_got_o,
    output reg  [     79:0] first_want_o
);
  localparam [ZBits-1:0] LOWEST = {1'b1, {(ZBits - 2) {1'b0}}, 1'b1};  // -(2^(ZBits-1) - 1)
  localparam [ZBits-1:0] BEYOND = {1'b1, {(ZBits - 1) {1'b0}}};
  localparam [ZBits-1:0] ONE = 1;

  reg [79:0] expected[0:(1<<ZBits)-1];
  always @(posedge load_i) $readmemh("expected.hex", expected);

  reg [ZBits-1:0] z_q, result_z_q;
  reg busy_q;
  // The first results come in cycle 6, the last in cycle 9.
  reg [8:0] valid_q;  // bit i is i + 1 cycles old
  wire valid = valid_q[8];
  wire [48:0] early, clamped;
  wire is_one;
  assign clamped = early | {1'b0, 1'b0, {15{is_one}}, 32'd0};
  reg [48:0] early_q, early_q2, early_q3;
  wire [79:0] got;
  assign got[79] = 1'b0;
  assign got[39:38] = 2'b00;
  assign {got[78:46], got[37:22]} = early_q3;
  always @(posedge clk_i) begin
    valid_q  <= {valid_q[7:0], busy_q};
    early_q  <= clamped;
    early_q2 <= early_q;
    early_q3 <= early_q2;
    if (rst_i) valid_q <= 9'd0;
  end
  ds_sigmoid_unit u_unit (
      .clk_i           (clk_i),
      .enable_i        (1'b1),
      .doubled_i       (1'b0),
      .exponential_i   (1'b0),
      .valid_i         ({valid_q[7:0], busy_q}),
      .z_i             (z_q),
      .negative_o      (early[48]),
      .activation_o    (early[47:32]),
      .activation_is_one_o(is_one),
      .tail_o          (early[31:16]),
      .complement_o    (early[15:0]),
      .saturated_o     (),
      .factor_i        (early[15:0]),
      .slope_o         (got[21:6]),
      .slope_exponent_o(got[5:0]),
      .tail_exponent_o (got[45:40])
  );
  assign done_o = result_z_q == BEYOND;
  always @(posedge clk_i) begin
    z_q <= z_q + ONE;
    if (z_q + ONE == BEYOND) busy_q <= 1'b0;
    if (valid) begin
      result_z_q <= result_z_q + ONE;
      results_o  <= results_o + ONE;
      if (got != expected[result_z_q]) begin
        mismatches_o <= mismatches_o + ONE;
        if (mismatches_o == {ZBits{1'b0}}) begin
          first_z_o    <= result_z_q;
          first_got_o  <= got;
          first_want_o <= expected[result_z_q];
        end
      end
    end
    if (rst_i) begin
      busy_q       <= 1'b1;
      z_q          <= LOWEST;
      result_z_q   <= LOWEST;
      results_o    <= {ZBits{1'b0}};
      mismatches_o <= {ZBits{1'b0}};
    end
  end
endmodule
`default_nettype wire
