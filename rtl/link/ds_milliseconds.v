// ds_milliseconds: the clock's cycles counted off in milliseconds.
// Purpose     one prescaler for every time-out of the link. A simulation whose clock stands while
//             nothing happens says with skip_i how much time it left out.
// Latency     1 cycle from skip_i to elapsed_o.   Throughput  a skip every cycle.
// Format      elapsed_o: milliseconds that ended with this cycle, 0 in most.
// Reset       a new millisecond begins.   Golden  none.
`default_nettype none

module ds_milliseconds #(
    parameter ClockHz = 36000000  // [Hz], 1000 or more
) (
    input  wire        clk_i,
    input  wire        rst_i,

    input  wire [9:0]  skip_i,    // [ms] that passed without cycles; 0 on a board
    output reg  [10:0] elapsed_o  // [ms]
);
  localparam CYCLES = ClockHz / 1000;
  localparam CycleBits = $clog2(CYCLES) + 1;
  localparam ALL_CYCLES = CYCLES - 2;
  localparam [CycleBits-1:0] ALL = ALL_CYCLES[CycleBits-1:0];
  localparam [CycleBits-1:0] ONE = 1;

  reg  [CycleBits-1:0] left_q;  // cycles of the millisecond, less two; negative in its last one
  wire tick = left_q[CycleBits-1];

  always @(posedge clk_i) begin
    left_q    <= tick ? ALL : left_q - ONE;
    elapsed_o <= {1'b0, skip_i} + {10'd0, tick};
    if (rst_i) begin
      left_q    <= ALL;
      elapsed_o <= 11'd0;
    end
  end
endmodule

`default_nettype wire
