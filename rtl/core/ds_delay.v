// ds_delay: a word some cycles later, with no more registers than its neighbours in time need.
// Purpose     where words come at least Interval cycles apart, one register holds one for as long.
// Latency     Cycles.   Throughput  1 word in Interval cycles.
// Format      opaque.
// Reset       none.   Golden  none.
`default_nettype none
module ds_delay #(
    parameter Width    = 8,  // [bits]
    parameter Cycles   = 3,
    parameter Interval = 1,  // [cycles] from one word to the next, at least
    parameter Held     = 0   // 1: word_i stays for Interval cycles
) (
    /* verilator lint_off UNUSEDSIGNAL */  // not every cycle moves a word on, or none has to
    input  wire              clk_i,

    input  wire [Cycles-1:0] valid_i,  // bit i: word_i came i cycles ago
    /* verilator lint_on UNUSEDSIGNAL */
    input  wire [ Width-1:0] word_i,
    output wire [ Width-1:0] word_o
);
  localparam FIRST = Held != 0 ? Interval - 1 : 0;  // the cycle of the first move
  localparam STAGES = Cycles > FIRST ? (Cycles - FIRST + Interval - 1) / Interval : 0;
  wire [(STAGES+1)*Width-1:0] words;
  assign words[Width-1:0] = word_i;
  assign word_o = words[STAGES*Width+:Width];
  genvar i;
  generate
    for (i = 0; i < STAGES; i = i + 1) begin : g_stage
      reg [Width-1:0] word_q;
      assign words[(i+1)*Width+:Width] = word_q;
      if (Interval == 1) begin : g_always
        always @(posedge clk_i) word_q <= words[i*Width+:Width];
      end else begin : g_valid
        always @(posedge clk_i) if (valid_i[FIRST+i*Interval]) word_q <= words[i*Width+:Width];
      end
    end
  endgenerate
endmodule
`default_nettype wire
