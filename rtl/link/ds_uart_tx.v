// ds_uart_tx: bytes to a serial line, 8 data bits, no parity, one stop bit.
// Purpose     the line rests high. A new divisor_i counts from the next bit on.
// Latency     1 cycle from the byte to its start bit.   Throughput  1 byte in 10 * divisor_i
//             cycles; in_ready_o is high while the line rests and in the last cycle of a stop bit.
// Format      divisor_i: cycles a bit, 2 or more, DivisorBits at most.
// Reset       the line rests.   Golden  none.
`default_nettype none

module ds_uart_tx #(
    parameter DivisorBits = 10  // [bits], for the safe baud at 100 MHz
) (
    input  wire        clk_i,
    input  wire        rst_i,

    input  wire        in_valid_i,
    output wire        in_ready_o,
    input  wire [7:0]  in_data_i,

    input  wire [15:0] divisor_i,
    output wire        tx_o,
    output wire        idle_o      // the last stop bit is over
);
  localparam [9:0] STOP = 10'd1;  // what is left when only the stop bit is
  localparam [DivisorBits-1:0] NEXT_TO_LAST = 2;

  reg  [9:0]             shift_q;  // next bit lowest, zeros behind the stop bit
  reg  [DivisorBits-1:0] count_q;  // cycles left of this bit
  reg                    end_q;    // this is the last one
  reg                    rest_q;   // the line rests

  wire over = end_q && shift_q == STOP;
  wire run = !rest_q && !end_q;
  wire take = in_valid_i && in_ready_o;
  wire [DivisorBits-1:0] less = count_q + {DivisorBits{run}};

  assign in_ready_o = rest_q || over;
  assign tx_o = shift_q[0];
  assign idle_o = rest_q;

  always @(posedge clk_i) begin
    count_q <= run ? less : divisor_i[DivisorBits-1:0];
    end_q   <= run && count_q == NEXT_TO_LAST;
    if (in_ready_o) rest_q <= !take;
    if (end_q && !over) shift_q <= shift_q >> 1;
    if (take) shift_q <= {1'b1, in_data_i, 1'b0};
    if (rst_i) begin
      shift_q <= STOP;
      end_q   <= 1'b0;
      rest_q  <= 1'b1;
    end
  end

  wire unused = &{1'b0, divisor_i[15:DivisorBits]};
endmodule

`default_nettype wire
