// ds_recorder: writes the result record of each image, and counts its cycles.
// Purpose     a header and one entry a layer, in a ring that the host mirrors.
// Latency     1 cycle to the first word of a write; image_written_o 9 cycles after image_done_i.
// Throughput  1 word/cycle; one write at a time, of at most 8 words.
// Format      words of 32 bits, layers' entries assembled by the caller; counts of 32 bits.
// Reset       the state and the ring's position.   Golden  none (host/device.ts mirrors the ring).
`default_nettype none
module ds_recorder #(
    parameter RecordWords = 1024,  // [words], a power of two
    parameter AddrBits    = 10,    // [bits], log2(RecordWords)
    parameter LayerBits   = 7,     // [bits]
    parameter WordBits    = 32,    // [bits]
    parameter EntryWords  = 4,     // a power of two
    parameter HeaderWords = 8      // a multiple of EntryWords
) (
    input  wire                           clk_i,
    input  wire                           rst_i,

    input  wire                           restart_i,        // next record at address 0
    input  wire [            LayerBits:0] layer_count_i,

    input  wire                           image_start_i,    // clears the counters
    input  wire                           forward_i,        // what this cycle counts as
    input  wire                           backward_i,
    input  wire                           align_i,
    input  wire                           row_i,
    input  wire                           drain_stall_i,

    input  wire                           forward_done_i,   // last word of a layer's entry
    input  wire                           backward_done_i,  // its other words
    input  wire                           image_done_i,     // header, then the next record
    input  wire [          LayerBits-1:0] layer_i,
    input  wire [EntryWords*WordBits-1:0] entry_i,          // steady while it is written
    input  wire [           WordBits-1:0] header_last_i,    // last word of the header
    output reg                            image_written_o,

    input  wire [           AddrBits-1:0] read_addr_i,      // read latency 2
    output wire [           WordBits-1:0] read_word_o
);
  localparam [WordBits-1:0] ONE = 1;
  reg [WordBits-1:0] cycles_q, forward_q, backward_q, align_q, rows_q, stalls_q, idle_q, wait_q;
  reg busy_q;  // between the start of an image and its header
  always @(posedge clk_i) begin
    cycles_q <= cycles_q + ONE;
    if (forward_i) forward_q <= forward_q + ONE;
    if (backward_i) backward_q <= backward_q + ONE;
    if (align_i) align_q <= align_q + ONE;
    if (row_i) rows_q <= rows_q + ONE;
    if (drain_stall_i) stalls_q <= stalls_q + ONE;
    if (!busy_q) idle_q <= idle_q + ONE;
    if (image_written_o) begin
      busy_q <= 1'b0;
      idle_q <= ONE;
    end
    if (image_start_i) begin
      busy_q     <= 1'b1;
      wait_q     <= idle_q;
      cycles_q   <= ONE;
      forward_q  <= ONE;
      backward_q <= {WordBits{1'b0}};
      align_q    <= {WordBits{1'b0}};
      rows_q     <= {WordBits{1'b0}};
      stalls_q   <= {WordBits{1'b0}};
    end
    if (restart_i || rst_i) begin
      busy_q <= 1'b0;
      idle_q <= {WordBits{1'b0}};
    end
  end

  // Positions are counted in entries; the header takes the first ones of a record.
  localparam WORD_INDEX_BITS = $clog2(EntryWords);
  localparam HEADER_ENTRIES = HeaderWords / EntryWords;
  localparam ENTRY_BITS = AddrBits - WORD_INDEX_BITS;
  localparam COUNT_BITS = $clog2(HeaderWords);
  localparam [COUNT_BITS-1:0] ONE_WORD = 1;
  localparam [COUNT_BITS-1:0] LAST_OF_ENTRY = (1 << WORD_INDEX_BITS) - 1;
  localparam [COUNT_BITS-1:0] LAST_OF_HEADER = {COUNT_BITS{1'b1}};
  localparam [ENTRY_BITS+1:0] ENTRIES = 1 << ENTRY_BITS;
  localparam [ENTRY_BITS-1:0] HEADER = HEADER_ENTRIES[ENTRY_BITS-1:0];
  reg [ENTRY_BITS-1:0] record_q, entry_q;
  wire [ENTRY_BITS-1:0] stride = {{(ENTRY_BITS - LayerBits - 1) {1'b0}}, layer_count_i} + HEADER;
  wire [ENTRY_BITS:0] next_record = {1'b0, record_q} + {1'b0, stride};
  wire [ENTRY_BITS+1:0] next_end = {1'b0, next_record} + {2'b00, stride};

  reg writing_q, header_q;
  reg [COUNT_BITS-1:0] word_q, stop_q;
  wire [HeaderWords*WordBits-1:0] header = {
    header_last_i, wait_q, stalls_q, rows_q, align_q, backward_q, forward_q, cycles_q
  };
  wire [WordBits-1:0] entry_word = entry_i[word_q[WORD_INDEX_BITS-1:0]*WordBits+:WordBits];
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
      entry_q   <= image_done_i ? record_q
          : record_q + HEADER + {{(ENTRY_BITS - LayerBits) {1'b0}}, layer_i};
      word_q    <= forward_done_i ? LAST_OF_ENTRY : {COUNT_BITS{1'b0}};
      stop_q    <= image_done_i ? LAST_OF_HEADER
          : forward_done_i ? LAST_OF_ENTRY : LAST_OF_ENTRY - ONE_WORD;
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
      .waddr_i({entry_q, {WORD_INDEX_BITS{1'b0}}} + {{(AddrBits - COUNT_BITS) {1'b0}}, word_q}),
      .wdata_i(header_q ? header[word_q*WordBits+:WordBits] : entry_word),
      .raddr_i(read_addr_i),
      .rdata_o(read_word_o)
  );
endmodule
`default_nettype wire
