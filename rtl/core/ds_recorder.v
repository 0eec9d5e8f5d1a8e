// ds_recorder: writes the result record of each image, and counts its cycles.
// Purpose     a header and one entry a layer, in a ring that the host mirrors. Phases are times of
//             one free-running counter; the host subtracts.
// Latency     1 cycle to the first word of a write; image_written_o with the header's last word.
// Throughput  1 word/cycle as long as write_grant_i is high; one write at a time.
// Format      words of 32 bits as contract/protocol.ts RECORD_HEADER and RECORD_LAYER have them.
// Reset       the state and the ring's position.   Golden  none (host/protocol/records.ts decodes).
`default_nettype none
module ds_recorder #(
    parameter RecordWords = 1024,  // [words], a power of two
    parameter PairBits    = 9,     // [bits], log2(RecordWords / 2)
    parameter LayerBits   = 7,     // [bits]
    parameter WordBits    = 32,    // [bits]
    parameter CycleBits   = 20,    // [bits] of a count of cycles or rows
    parameter InputBits   = 11     // [bits] of the count of non-zero inputs
) (
    input  wire                  clk_i,
    input  wire                  rst_i,

    input  wire                  restart_i,       // next record at address 0
    input  wire [   LayerBits:0] layer_count_i,

    input  wire                  image_start_i,   // clears the counts
    input  wire                  align_i,         // this cycle counts as such
    input  wire                  row_i,
    input  wire                  drain_stall_i,
    input  wire [ InputBits-1:0] inputs_i,        // of the image

    input  wire                  forward_done_i,  // of layer_i: word 3 of its entry
    input  wire                  forward_last_i,  // with it: the header's words 2 and 3 as well
    input  wire                  norm_done_i,     // of layer_i: words 0 to 2
    input  wire                  image_done_i,    // while busy_o is low, as are the others
    input  wire [ LayerBits-1:0] layer_i,         // with forward_done_i, and while align_i is high
    input  wire [4*WordBits-1:0] entry_i,         // steady while busy_o is high

    output wire                  busy_o,
    output reg                   image_written_o,
    output wire [           1:0] write_valid_o,   // low or high word of the pair
    output wire [  PairBits-1:0] write_pair_o,
    output wire [  WordBits-1:0] write_data_o,
    input  wire                  write_grant_i
);
  // Positions are counted in entries of four words; the header takes the first two of a record.
  // A write goes on from word_q to stop_q; the last forward entry is followed by header words.
  localparam ENTRY_BITS = PairBits - 1;
  localparam [ENTRY_BITS-1:0] HEADER = 2;
  localparam [ENTRY_BITS+1:0] ENTRIES = RecordWords[ENTRY_BITS+3:2];
  reg writing_q, header_q, then_header_q;
  reg [2:0] word_q, stop_q;
  reg [ENTRY_BITS-1:0] record_q;
  reg [LayerBits-1:0] layer_q;
  wire [ENTRY_BITS+1:0] stride =
      {{(ENTRY_BITS + 1 - LayerBits) {1'b0}}, layer_count_i} + {2'b00, HEADER};
  wire [ENTRY_BITS+1:0] next_record = {2'b00, record_q} + stride;
  wire [ENTRY_BITS+1:0] next_end = next_record + stride;
  wire [ENTRY_BITS-1:0] offset = header_q ? {{(ENTRY_BITS - 1) {1'b0}}, word_q[2]}
      : HEADER + {{(ENTRY_BITS - LayerBits) {1'b0}}, layer_q};
  wire word_done = writing_q && write_grant_i;
  wire last_done = word_done && word_q == stop_q;
  wire stalls_done = last_done && header_q && word_q == 3'd3;
  wire record_done = last_done && header_q && word_q[2];
  assign busy_o = writing_q;
  assign write_valid_o = {writing_q && word_q[0], writing_q && !word_q[0]};
  assign write_pair_o = {record_q + offset, word_q[1]};
  always @(posedge clk_i) begin
    image_written_o <= record_done;
    if (forward_done_i || align_i) layer_q <= layer_i;
    if (word_done) word_q <= word_q + 3'd1;
    if (last_done) begin
      writing_q     <= then_header_q;
      header_q      <= 1'b1;
      then_header_q <= 1'b0;
      word_q        <= then_header_q ? 3'd2 : word_q;
    end
    if (record_done)
      record_q <= next_end > ENTRIES ? {ENTRY_BITS{1'b0}} : next_record[ENTRY_BITS-1:0];
    if (image_start_i || forward_done_i || norm_done_i || image_done_i) begin
      writing_q     <= 1'b1;
      header_q      <= image_start_i || image_done_i;
      then_header_q <= forward_done_i && forward_last_i;
      word_q        <= forward_done_i ? 3'd3 : image_done_i ? 3'd4 : 3'd0;
      stop_q        <= forward_done_i ? 3'd3 : image_done_i ? 3'd6 : image_start_i ? 3'd0 : 3'd2;
    end
    if (restart_i || rst_i) record_q <= {ENTRY_BITS{1'b0}};
    if (rst_i) begin
      writing_q       <= 1'b0;
      then_header_q   <= 1'b0;
      image_written_o <= 1'b0;
    end
  end

  localparam [CycleBits-1:0] ONE = 1;
  reg [WordBits-1:0] now_q;
  reg [CycleBits-1:0] rows_q;
  reg [CycleBits-1:0] count_q;  // of stalls until the forward pass is over, then of align_i
  always @(posedge clk_i) begin
    now_q <= now_q + {{(WordBits - 1) {1'b0}}, 1'b1};
    if (row_i) rows_q <= rows_q + ONE;
    if (align_i || drain_stall_i) count_q <= count_q + ONE;
    if (image_start_i) rows_q <= {CycleBits{1'b0}};
    if (image_start_i || stalls_done) count_q <= {CycleBits{1'b0}};
    if (rst_i) now_q <= {WordBits{1'b0}};
  end

  // A word of the header is the time, rows_q, or count_q with the inputs above it.
  wire [WordBits-1:0] counts = {{(WordBits - InputBits - CycleBits) {1'b0}}, inputs_i, count_q};
  wire [WordBits-1:0] header_word = word_q[0] ? counts
      : word_q[2] && word_q[1] ? {{(WordBits - CycleBits) {1'b0}}, rows_q} : now_q;
  wire [WordBits-1:0] entry_word = entry_i[word_q[1:0]*WordBits+:WordBits];
  assign write_data_o = header_q ? header_word : entry_word;
endmodule
`default_nettype wire
