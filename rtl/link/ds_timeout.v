// ds_timeout: a time-out in milliseconds.
// Purpose     start_i (again) and it runs; stop_i ends it; expired_o says that it ran out. The
//             time comes from a ds_milliseconds that many share.
// Latency     1 cycle from elapsed_i to expired_o, which is high for one cycle; not if start_i or
//             stop_i is high in it or in the one before.
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
  localparam LeftBits = $clog2(Milliseconds + 1);
  localparam WideBits = LeftBits > ElapsedBits ? LeftBits : ElapsedBits;
  // What is left after the one that is begun.
  localparam [LeftBits-1:0] WHOLE = Milliseconds[LeftBits-1:0];

  reg  [LeftBits:0] left_q;  // milliseconds; negative: stopped

  wire [WideBits:0] elapsed = {{WideBits + 1 - ElapsedBits{1'b0}}, elapsed_i};
  wire              many = elapsed[WideBits:LeftBits] != {WideBits + 1 - LeftBits{1'b0}};
  wire [LeftBits:0] rest = left_q - {1'b0, elapsed[LeftBits-1:0]};
  wire              running = !left_q[LeftBits];
  wire              over = many || rest[LeftBits];

  reg               expired_q;

  assign expired_o = expired_q && !start_i && !stop_i;

  always @(posedge clk_i) begin
    if (start_i) left_q <= {1'b0, WHOLE};
    else if (running) left_q <= {over || stop_i, rest[LeftBits-1:0]};
    expired_q <= running && over && !start_i && !stop_i;
    if (rst_i) begin
      left_q[LeftBits] <= 1'b1;
      expired_q        <= 1'b0;
    end
  end
endmodule

`default_nettype wire
