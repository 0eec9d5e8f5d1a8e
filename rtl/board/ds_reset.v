// ds_reset: the reset of a device from the lock of its clock.
// Purpose     lets go of the device when the clock has been stable for a while.
// Latency     2 + HOLD_CYCLES cycles from locked_i to the end of rst_o, 3 to its begin.
// Throughput  does not apply.
// Format      locked_i is asynchronous.
// Reset       the count starts at 0, so rst_o is high from power-up.   Golden  none.
`default_nettype none

module ds_reset (
    input  wire clk_i,

    input  wire locked_i,

    output wire rst_o
);
  localparam HOLD_CYCLES = 16;  // a power of two
  localparam DELAY_BITS = $clog2(HOLD_CYCLES);
  reg [DELAY_BITS:0] count_q;
  reg                locked_meta_q;
  reg                locked_sync_q;

  assign rst_o = !count_q[DELAY_BITS];

  initial count_q = {(DELAY_BITS + 1) {1'b0}};

  always @(posedge clk_i) begin
    locked_meta_q <= locked_i;
    locked_sync_q <= locked_meta_q;
    if (rst_o) count_q <= count_q + {{DELAY_BITS{1'b0}}, 1'b1};
    if (!locked_sync_q) count_q <= {(DELAY_BITS + 1) {1'b0}};
  end
endmodule

`default_nettype wire
