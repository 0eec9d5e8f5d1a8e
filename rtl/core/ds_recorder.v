// ds_recorder: writes the result record of each image, and counts its cycles.
// Purpose     one header and one entry a layer, in a ring that the host mirrors.
// Latency     5 cycles from image_done_i to image_written_o: the header is in memory.
// Throughput  one write of up to 4 words at a time; the sequencer leaves more than 4 cycles.
// Format      words of 32 bits, assembled by the caller; cycles and rows are 32 bit counts.
// Reset       the state and the ring's position.   Golden  none (host/device.ts mirrors the ring).
`default_nettype none
module ds_recorder #(
    parameter RecordWords = 1024,  // [words], a power of two
    parameter AddrBits    = 10,    // [bits], log2(RecordWords)
    parameter LayerBits   = 7,     // [bits]
    parameter WordBits    = 32,    // [bits]
    parameter EntryWords  = 4
) (
    input  wire                           clk_i,
    input  wire                           rst_i,

    input  wire                           restart_i,      // next record at address 0
    input  wire [            LayerBits:0] layer_count_i,

    input  wire                           image_start_i,  // clears the counters
    input  wire                           forward_i,      // counts as forward
    input  wire                           row_i,          // a weight row is read

    input  wire                           forward_done_i,  // last word of a layer's entry
    input  wire                           backward_done_i, // its other words
    input  wire                           image_done_i,    // header, then the next record
    input  wire [          LayerBits-1:0] layer_i,
    input  wire [EntryWords*WordBits-1:0] entry_i,         // steady while it is written
    input  wire [           WordBits-1:0] header_last_i,   // last word of the header
    output reg                            image_written_o,

    input  wire [           AddrBits-1:0] read_addr_i,  // read latency 2
    output wire [           WordBits-1:0] read_word_o
);
  localparam WORD_BITS = $clog2(EntryWords);
  localparam [WORD_BITS-1:0] LAST_WORD = {WORD_BITS{1'b1}};
  localparam [WORD_BITS-1:0] ONE_WORD = 1;
  localparam [WordBits-1:0] ONE = 1;

  reg [WordBits-1:0] cycles_q, forward_cycles_q, rows_q;
  always @(posedge clk_i) begin
    cycles_q <= cycles_q + ONE;
    if (forward_i) forward_cycles_q <= forward_cycles_q + ONE;
    if (row_i) rows_q <= rows_q + ONE;
    if (image_start_i) begin
      cycles_q         <= ONE;
      forward_cycles_q <= ONE;
      rows_q           <= {WordBits{1'b0}};
    end
  end

  // Records are entries of EntryWords words: entry 0 is the header, entry l + 1 is layer l.
  localparam ENTRY_BITS = AddrBits - WORD_BITS;
  localparam [ENTRY_BITS+1:0] ENTRIES = 1 << ENTRY_BITS;
  localparam [ENTRY_BITS-1:0] ONE_ENTRY = 1;
  reg [ENTRY_BITS-1:0] record_q, entry_q;
  wire [ENTRY_BITS-1:0] record_entries =
      {{(ENTRY_BITS - LayerBits - 1) {1'b0}}, layer_count_i} + ONE_ENTRY;
  wire [ENTRY_BITS:0] next_record = {1'b0, record_q} + {1'b0, record_entries};
  wire [ENTRY_BITS+1:0] next_end = {1'b0, next_record} + {2'b00, record_entries};

  reg writing_q, header_q;
  reg [WORD_BITS-1:0] word_q, stop_q;
  wire [EntryWords*WordBits-1:0] header = {header_last_i, rows_q, forward_cycles_q, cycles_q};
  wire [EntryWords*WordBits-1:0] source = header_q ? header : entry_i;
  always @(posedge clk_i) begin
    image_written_o <= 1'b0;
    if (writing_q) begin
      word_q <= word_q + ONE_WORD;
      if (word_q == stop_q) begin
        writing_q       <= 1'b0;
        image_written_o <= header_q;
        if (header_q)
          record_q <= next_end > ENTRIES ? {ENTRY_BITS{1'b0}} : next_record[ENTRY_BITS-1:0];
      end
    end
    if (forward_done_i || backward_done_i || image_done_i) begin
      writing_q <= 1'b1;
      header_q  <= image_done_i;
      entry_q   <= record_q + (image_done_i ? {ENTRY_BITS{1'b0}}
          : {{(ENTRY_BITS - LayerBits) {1'b0}}, layer_i} + ONE_ENTRY);
      word_q    <= forward_done_i ? LAST_WORD : {WORD_BITS{1'b0}};
      stop_q    <= backward_done_i ? LAST_WORD - ONE_WORD : LAST_WORD;
    end
    if (restart_i || rst_i) record_q <= {ENTRY_BITS{1'b0}};
    if (rst_i) begin
      writing_q       <= 1'b0;
      image_written_o <= 1'b0;
    end
  end

  ds_ram #(
      .Width(WordBits),
      .Depth(RecordWords)
  ) u_records (
      .clk_i  (clk_i),
      .we_i   (writing_q),
      .waddr_i({entry_q, word_q}),
      .wdata_i(source[word_q*WordBits+:WordBits]),
      .raddr_i(read_addr_i),
      .rdata_o(read_word_o)
  );
endmodule
`default_nettype wire
