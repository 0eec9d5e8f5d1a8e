// fv_stream: what every valid/ready stream of the project promises, on both sides of a brick.
// Words are numbered modulo 2^IndexBits on either side and one number, chosen by the solver, is
// followed through the brick: nothing lost, doubled, reordered or changed. `held_o` and `watched`
// are for the invariants of the proof by induction. More words than 2^IndexBits - 1 must not be
// inside at once, which is asserted.
`default_nettype none

module fv_stream #(
    parameter Width     = 4,  // [bits]
    parameter IndexBits = 3,  // [bits]
    parameter Capacity  = 1   // [words]
) (
    input  wire                 clk_i,
    input  wire                 rst_i,

    input  wire                 in_valid_i,
    input  wire                 in_ready_i,
    input  wire [Width-1:0]     in_data_i,

    input  wire                 out_valid_i,
    input  wire                 out_ready_i,
    input  wire [Width-1:0]     out_data_i,

    output wire [IndexBits-1:0] held_o,      // words inside
    output wire                 inside_o,    // the followed word is inside
    output wire [IndexBits-1:0] ahead_o,     // words that leave before it
    output reg  [Width-1:0]     followed_o   // and what it is
);
  localparam [IndexBits-1:0] ONE = 1;
  (* anyconst *) reg [IndexBits-1:0] number;
  reg [IndexBits-1:0] in_number_q, out_number_q;
  wire in_take = in_valid_i && in_ready_i;
  wire out_take = out_valid_i && out_ready_i;

  assign held_o = in_number_q - out_number_q;
  assign ahead_o = number - out_number_q;
  assign inside_o = ahead_o < held_o;

  always @(posedge clk_i) begin
    if (in_take) begin
      in_number_q <= in_number_q + ONE;
      if (in_number_q == number) followed_o <= in_data_i;
    end
    if (out_take) out_number_q <= out_number_q + ONE;
    if (rst_i) begin
      in_number_q  <= {IndexBits{1'b0}};
      out_number_q <= {IndexBits{1'b0}};
    end
  end

  reg started_q = 1'b0;
  always @(posedge clk_i) begin
    started_q <= 1'b1;
    if (started_q && !rst_i) begin
      capacity : assert (held_o <= Capacity);
      no_extra : assert (!out_valid_i || held_o != {IndexBits{1'b0}});
      if (out_valid_i && inside_o && ahead_o == {IndexBits{1'b0}})
        same_word : assert (out_data_i == followed_o);
      if ($past(out_valid_i && !out_ready_i && !rst_i)) begin
        valid_stays : assert (out_valid_i);
        data_stays : assert ($stable(out_data_i));
      end
    end
  end
endmodule

`default_nettype wire
