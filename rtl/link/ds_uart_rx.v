// ds_uart_rx: serial line to bytes, 8 data bits, no parity, one stop bit.
// Purpose     looks at each bit once, in its middle; a start bit that is over by then was a glitch.
//             A byte whose stop bit is low gives no byte but framing_error_o, and the line must
//             rise before the next start bit. A line that stays low for BREAK_BITS more is a break:
//             what a slower sender's zero looks like.
// Latency     out_valid_o 3 + (divisor_i - 1) / 2 + 9 * divisor_i cycles after the line fell (the
//             flops of the synchroniser, half a bit, nine bits).
// Throughput  1 byte in 10 * divisor_i cycles back to back, the sender's clock off by up to 2.5 %.
//             There is no ready: a byte is there for one cycle.
// Format      divisor_i: cycles a bit, 4 or more, DivisorBits at most; steady while a byte is
//             under way.
// Reset       waits for a high line.   Golden  none.
`default_nettype none
`include "ds_contract.vh"

module ds_uart_rx #(
    parameter DivisorBits = 10  // [bits], for the safe baud at 100 MHz
) (
    input  wire        clk_i,
    input  wire        rst_i,

    input  wire        rx_i,             // asynchronous
    input  wire [15:0] divisor_i,

    output reg         out_valid_o,
    output wire [7:0]  out_data_o,

    output reg         framing_error_o,  // strobe
    output reg         break_o,          // strobe
    output wire        idle_o            // the line is high, no byte under way
);
  localparam [4:0] STOP_BIT = 5'd9;
  localparam [4:0] BREAK_BITS = `DS_BREAK_BITS;

  localparam [1:0] ST_HIGH = 2'd0;   // wait until the line is high
  localparam [1:0] ST_START = 2'd1;  // wait until it falls
  localparam [1:0] ST_BITS = 2'd2;

  reg rx_meta_q;
  reg rx_sync_q;

  always @(posedge clk_i) begin
    rx_meta_q <= rx_i;
    rx_sync_q <= rx_meta_q;
  end

  reg [1:0]             state_q;
  reg [1:0]             state_d;
  reg [DivisorBits-1:0] count_q;  // cycles until the line is looked at, and this one
  reg [4:0]             bit_q;    // 0: start bit
  reg [7:0]             data_q;
  reg                   low_q;    // since the framing error

  // The first look comes (divisor_i - 1) / 2 cycles after the fall was seen, the others a bit after
  // the last: a start bit is half of divisor_i long, less one where that is even.
  wire [DivisorBits-1:0] one_bit = divisor_i[DivisorBits-1:0];
  wire [DivisorBits-1:0] half_bit = {1'b0, one_bit[DivisorBits-1:1]};
  wire early = bit_q == 5'd0 && !one_bit[0];
  wire sample = count_q[DivisorBits-1:2] == {DivisorBits - 2{1'b0}} &&
                (count_q[1:0] == 2'd1 || early && count_q[1:0] == 2'd2);
  wire run = state_q != ST_START && !sample;
  wire [DivisorBits-1:0] less = count_q + {DivisorBits{run}};
  wire stop = state_q == ST_BITS && sample && bit_q == STOP_BIT;
  wire broken = state_q == ST_HIGH && low_q && sample && bit_q == BREAK_BITS;

  always @* begin
    state_d = state_q;
    case (state_q)
      ST_HIGH: if (rx_sync_q) state_d = ST_START;
      ST_START: if (!rx_sync_q) state_d = ST_BITS;
      ST_BITS: begin
        if (sample && bit_q == 5'd0 && rx_sync_q) state_d = ST_START;
        if (stop) state_d = rx_sync_q ? ST_START : ST_HIGH;
      end
      default: state_d = ST_HIGH;
    endcase
  end

  always @(posedge clk_i) begin
    state_q <= state_d;
    count_q <= run ? less : state_q == ST_START ? half_bit : one_bit;
    if (sample) bit_q <= bit_q + 5'd1;
    if (state_q == ST_START || stop) bit_q <= 5'd0;
    if (state_q == ST_BITS && sample && !stop) data_q <= {rx_sync_q, data_q[7:1]};
    if (stop) low_q <= !rx_sync_q;
    if (broken) low_q <= 1'b0;

    out_valid_o     <= stop && rx_sync_q;
    framing_error_o <= stop && !rx_sync_q;
    break_o         <= broken;
    if (rst_i) begin
      state_q         <= ST_HIGH;
      low_q           <= 1'b0;
      out_valid_o     <= 1'b0;
      framing_error_o <= 1'b0;
      break_o         <= 1'b0;
    end
  end

  wire unused = &{1'b0, divisor_i[15:DivisorBits]};

  assign out_data_o = data_q;
  assign idle_o = state_q == ST_START && rx_sync_q && rx_meta_q && !out_valid_o;
endmodule

`default_nettype wire
