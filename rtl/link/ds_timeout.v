// ds_timeout: a time-out in milliseconds.
// Purpose     start_i (again) and it runs; stop_i ends it; expired_o says that it ran out. The
//             time comes from a ds_milliseconds that many share.
// Latency     expired_o is combinational from elapsed_i, for the one cycle in which it ran out and
//             neither start_i nor stop_i is high.
// Throughput  a start every cycle; a start with an end is another start.
// Format      at least Milliseconds after the start, less than one more.
// Reset       stopped.   Golden  none.
`default_nettype none

module ds_timeout #(
    parameter Milliseconds = 100,  // [ms]
    parameter ElapsedBits  = 11    // [bits]
) (
    input  wire                   clk_i,
    input  wire                   rst_i,

    input  wire [ElapsedBits-1:0] elapsed_i,  // milliseconds that ended with this cycle

    input  wire                   start_i,
    input  wire                   stop_i,
    output wire                   expired_o
);
  localparam LeftBits = $clog2(Milliseconds + 2);
  localparam WideBits = (LeftBits > ElapsedBits ? LeftBits : ElapsedBits) + 1;
  localparam [LeftBits-1:0] WHOLE = Milliseconds[LeftBits-1:0] + 1'b1;  // the first one is begun
  localparam [LeftBits-1:0] NOTHING = {LeftBits{1'b0}};

  reg [LeftBits-1:0] left_q;  // milliseconds; 0: stopped

  wire [WideBits-1:0] left = {{WideBits - LeftBits{1'b0}}, left_q};
  wire [WideBits-1:0] elapsed = {{WideBits - ElapsedBits{1'b0}}, elapsed_i};
  wire [WideBits-1:0] rest = left - elapsed;
  wire                over = elapsed >= left;

  wire running = left_q != NOTHING;

  assign expired_o = running && over && !start_i && !stop_i;

  always @(posedge clk_i) begin
    if (running) left_q <= over ? NOTHING : rest[LeftBits-1:0];
    if (stop_i) left_q <= NOTHING;
    if (start_i) left_q <= WHOLE;
    if (rst_i) left_q <= NOTHING;
  end

  wire unused = &{1'b0, rest[WideBits-1:LeftBits]};
endmodule

`default_nettype wire
