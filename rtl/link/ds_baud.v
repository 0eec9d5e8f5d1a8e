// ds_baud: the divisor of the serial line.
// Purpose     a divisor that was written counts once the reply to its request has left the line.
//             When no good frame comes within RevertMs from then on, or the sender makes a break
//             (it speaks more slowly, so does not know), the safe divisor counts again. A written
//             divisor below 4, or of more bits than the safe one, is ignored.
// Latency     2 cycles from the quiet line or the time-out to divisor_o, 1 from the break.
// Throughput  one change at a time; of two without a reply between them the last counts.
// Format      clock cycles a bit.
// Reset       the safe divisor, ClockHz / SafeBaud to the nearest.   Golden  none.
`default_nettype none

module ds_baud #(
    parameter ClockHz  = 36000000,  // [Hz]
    parameter SafeBaud = 115200,
    parameter RevertMs = 500        // [ms]
) (
    input  wire        clk_i,
    input  wire        rst_i,

    input  wire [10:0] elapsed_i,     // see ds_milliseconds

    input  wire        write_i,
    input  wire [31:0] divisor_i,

    input  wire        replied_i,     // strobe: the last byte of a reply is on its way out
    input  wire        quiet_i,       // nothing is on its way out
    input  wire        good_frame_i,  // strobe
    input  wire        break_i,       // strobe

    output wire [15:0] divisor_o
);
  localparam SAFE_DIVISOR = (ClockHz + SafeBaud / 2) / SafeBaud;
  localparam Bits = $clog2(SAFE_DIVISOR + 1);
  localparam [Bits-1:0] SAFE = SAFE_DIVISOR[Bits-1:0];
  localparam LeastBit = 2;  // of the least divisor, 4

  localparam [1:0] ST_STEADY = 2'd0;
  localparam [1:0] ST_WRITTEN = 2'd1;  // the reply is still being made
  localparam [1:0] ST_REPLIED = 2'd2;  // it is on its way out

  reg [1:0]      state_q;
  reg [1:0]      state_d;
  reg            quiet_q;
  reg [Bits-1:0] next_q;
  reg [Bits-1:0] divisor_q;

  wire too_high = divisor_i[31:Bits] != {32 - Bits{1'b0}};
  wire too_low = divisor_i[Bits-1:LeastBit] == {Bits - LeastBit{1'b0}};
  wire take = write_i && !too_high && !too_low;
  wire change = state_q == ST_REPLIED && quiet_q && !take;
  wire expired;

  always @* begin
    state_d = state_q;
    case (state_q)
      ST_WRITTEN: if (replied_i) state_d = ST_REPLIED;
      ST_REPLIED: if (quiet_q) state_d = ST_STEADY;
      default: state_d = ST_STEADY;
    endcase
    if (take) state_d = ST_WRITTEN;
  end

  always @(posedge clk_i) begin
    state_q <= state_d;
    quiet_q <= quiet_i && !replied_i;
    if (take) next_q <= divisor_i[Bits-1:0];
    if (expired || break_i) divisor_q <= SAFE;
    if (change) divisor_q <= next_q;
    if (rst_i) begin
      state_q   <= ST_STEADY;
      divisor_q <= SAFE;
    end
  end

  assign divisor_o = {{16 - Bits{1'b0}}, divisor_q};

  ds_timeout #(
      .Milliseconds(RevertMs),
      .ElapsedBits (11)
  ) u_revert (
      .clk_i    (clk_i),
      .rst_i    (rst_i),
      .elapsed_i(elapsed_i),
      .start_i  (change),
      .stop_i   (good_frame_i),
      .expired_o(expired)
  );
endmodule

`default_nettype wire
