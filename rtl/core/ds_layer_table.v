// ds_layer_table: reads the four words of a layer's entry one after the other.
// Purpose     what the sequencer must know of a layer, in one narrow memory.
// Latency     7 cycles from load_i to valid_o.   Throughput  one entry in 7 cycles.
// Format      words of 32 bits, contract/protocol.ts LAYER_FIELDS; the entry has word 0 lowest.
// Reset       the counter.   Golden  none.
`default_nettype none
module ds_layer_table #(
    parameter Layers    = 128,
    parameter LayerBits = 7,    // [bits], log2(Layers)
    parameter WordBits  = 32,   // [bits]
    parameter Words     = 4     // a power of two
) (
    input  wire                           clk_i,
    input  wire                           rst_i,

    input  wire                           write_valid_i,
    input  wire [LayerBits+$clog2(Words)-1:0] write_addr_i,
    input  wire [           WordBits-1:0] write_data_i,

    input  wire                           load_i,
    input  wire [          LayerBits-1:0] load_layer_i,  // steady until valid_o
    output reg                            valid_o,       // entry_o is that of load_layer_i
    output reg  [     Words*WordBits-1:0] entry_o
);
  localparam WORD_INDEX_BITS = $clog2(Words);
  localparam [WORD_INDEX_BITS:0] ALL = Words[WORD_INDEX_BITS:0];
  localparam [WORD_INDEX_BITS:0] ONE = 1;

  reg [WORD_INDEX_BITS:0] word_q;  // ALL when nothing is left to ask for
  reg [1:0] arriving_q, last_q;
  wire asking = word_q != ALL;
  wire [WordBits-1:0] word;
  always @(posedge clk_i) begin
    if (asking) word_q <= word_q + ONE;
    arriving_q <= {arriving_q[0], asking};
    last_q     <= {last_q[0], word_q == ALL - ONE};
    if (arriving_q[1]) entry_o <= {word, entry_o[Words*WordBits-1:WordBits]};
    if (arriving_q[1] && last_q[1]) valid_o <= 1'b1;
    if (load_i) begin
      word_q  <= {(WORD_INDEX_BITS + 1) {1'b0}};
      valid_o <= 1'b0;
    end
    if (rst_i) begin
      word_q     <= ALL;
      arriving_q <= 2'd0;
      valid_o    <= 1'b0;
    end
  end

  ds_ram #(
      .Width(WordBits),
      .Depth(Words * Layers)
  ) u_words (
      .clk_i  (clk_i),
      .we_i   (write_valid_i),
      .waddr_i(write_addr_i),
      .wdata_i(write_data_i),
      .raddr_i({load_layer_i, word_q[WORD_INDEX_BITS-1:0]}),
      .rdata_o(word)
  );
endmodule
`default_nettype wire
