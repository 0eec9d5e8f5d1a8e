// ds_layer_table: fetches a layer's entry from the unit memory, two words of 64 bits.
// Purpose     what the sequencer must know of a layer, steady while it is in work.
// Latency     4 cycles from load_i to valid_o, and one more for each cycle without read_grant_i.
// Throughput  one entry at a time.
// Format      the words of contract/protocol.ts LAYER_FIELDS, word 0 lowest.
// Reset       the state.   Golden  none.
`default_nettype none
module ds_layer_table #(
    parameter WordBits = 64  // [bits] of the unit memory
) (
    input  wire                  clk_i,
    input  wire                  rst_i,

    input  wire                  load_i,
    output reg                   valid_o,       // entry_o is that of the layer asked for
    output reg  [2*WordBits-1:0] entry_o,

    output wire                  read_valid_o,  // of word read_word_o of the entry
    output wire                  read_word_o,
    input  wire                  read_grant_i,
    input  wire [  WordBits-1:0] read_data_i    // 1 cycle later
);
  reg [1:0] asking_q;  // words still to ask for: 2'b11, 2'b10, none
  reg low_q, high_q;  // word 0, word 1 comes
  assign read_valid_o = asking_q[1];
  assign read_word_o  = !asking_q[0];
  wire granted = read_valid_o && read_grant_i;
  always @(posedge clk_i) begin
    low_q  <= granted && !read_word_o;
    high_q <= granted && read_word_o;
    if (granted) asking_q <= {asking_q[0], 1'b0};
    if (low_q) entry_o[WordBits-1:0] <= read_data_i;
    if (high_q) entry_o[2*WordBits-1:WordBits] <= read_data_i;
    if (high_q) valid_o <= 1'b1;
    if (load_i) begin
      asking_q <= 2'b11;
      valid_o  <= 1'b0;
    end
    if (rst_i) begin
      asking_q <= 2'b00;
      low_q    <= 1'b0;
      high_q   <= 1'b0;
      valid_o  <= 1'b0;
    end
  end
endmodule
`default_nettype wire
