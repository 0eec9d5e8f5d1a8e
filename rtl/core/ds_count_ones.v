// ds_count_ones: how many bits of a vector are 1.
// Purpose     counts of lanes, in steps short enough for the clock.
// Latency     3 cycles.   Throughput  1 vector/cycle.
// Format      unsigned.
// Reset       nothing is under way.   Golden  none.
`default_nettype none
module ds_count_ones #(
    parameter Width     = 4,  // [bits], a multiple of 4
    parameter CountBits = 3   // [bits], enough for Width
) (
    input  wire                 clk_i,
    input  wire                 rst_i,

    input  wire [    Width-1:0] bits_i,
    output reg  [CountBits-1:0] count_o
);
  localparam GROUP = 4;
  localparam GROUPS = Width / GROUP;
  reg [Width-1:0] bits_q;
  reg [3*GROUPS-1:0] counts_q;
  reg [CountBits-1:0] count;
  integer g, n;
  always @(*) begin
    count = {CountBits{1'b0}};
    for (n = 0; n < GROUPS; n = n + 1)
      count = count + {{(CountBits - 3) {1'b0}}, counts_q[3*n+:3]};
  end
  always @(posedge clk_i) begin
    bits_q <= bits_i;
    for (g = 0; g < GROUPS; g = g + 1)
      counts_q[3*g+:3] <= {2'd0, bits_q[GROUP*g]} + {2'd0, bits_q[GROUP*g+1]}
          + {2'd0, bits_q[GROUP*g+2]} + {2'd0, bits_q[GROUP*g+3]};
    count_o <= count;
    if (rst_i) begin
      bits_q   <= {Width{1'b0}};
      counts_q <= {(3 * GROUPS) {1'b0}};
      count_o  <= {CountBits{1'b0}};
    end
  end
endmodule
`default_nettype wire
