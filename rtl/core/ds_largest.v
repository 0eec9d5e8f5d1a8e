// ds_largest: whether the largest of some values is the one with the label's index.
// Purpose     counts what a network classifies right: its largest z, the first of equal ones.
// Latency     1 cycle from a value to match_o.   Throughput  1 value/cycle.
// Format      signed.
// Reset       none: start_i forgets the values.   Golden  golden/fixed/training.ts#isCorrect.
`default_nettype none
module ds_largest #(
    parameter Width     = 20,  // [bits]
    parameter IndexBits = 8    // [bits]
) (
    input  wire                    clk_i,

    input  wire                    start_i,
    input  wire                    valid_i,
    input  wire [   IndexBits-1:0] index_i,
    input  wire signed [Width-1:0] value_i,
    input  wire [   IndexBits-1:0] label_i,
    output wire                    match_o   // steady until the next value
);
  reg any_q;
  reg [IndexBits-1:0] index_q;
  reg signed [Width-1:0] value_q;
  assign match_o = index_q == label_i;
  always @(posedge clk_i) begin
    if (valid_i && (!any_q || value_i > value_q)) begin
      any_q   <= 1'b1;
      index_q <= index_i;
      value_q <= value_i;
    end
    if (start_i) any_q <= 1'b0;
  end
endmodule
`default_nettype wire
