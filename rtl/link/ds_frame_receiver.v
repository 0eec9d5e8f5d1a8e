// ds_frame_receiver: COBS byte stream to the bytes of good frames.
// Purpose     collects frames in a ring of BufferBytes and releases a frame (header and payload,
//             without its check sum) when CRC and length are right. Anything else, also a frame
//             for which there is no room, is rolled back and counted: the sender repeats it. So is
//             a frame whose next byte is later than StallMs; its rest counts as another frame.
//             Frames follow each other without a mark; the length is in their header.
// Latency     5 cycles from the delimiter to the first byte.   Throughput  1 byte/cycle on both
//             sides. rx_ready_o is always high: a UART cannot wait.
// Format      frame: opcode, sequence, length (low, high), payload, CRC (low byte first).
//             A frame occupies its header and payload, from its first byte until each is taken.
// Reset       empty, counters 0.   Golden  none.
`default_nettype none
`include "ds_contract.vh"

module ds_frame_receiver #(
    parameter BufferBytes = 2048,         // [bytes], a power of two
    parameter StallMs     = `DS_STALL_MS  // [ms]
) (
    input  wire        clk_i,
    input  wire        rst_i,

    input  wire [10:0] elapsed_i,     // see ds_milliseconds

    input  wire        rx_valid_i,
    output wire        rx_ready_o,
    input  wire [7:0]  rx_data_i,

    output wire        out_valid_o,
    input  wire        out_ready_i,
    output wire [7:0]  out_data_o,

    output wire        good_frame_o,  // strobe: one more accepted
    output wire [31:0] accepted_o,    // frames released since reset
    output wire [31:0] discarded_o,   // frames rolled back since reset
    output wire        idle_o         // no byte under way (the start of a frame may be waiting)
);
  localparam AddressBits = $clog2(BufferBytes);
  localparam [AddressBits:0] ONE = 1;
  localparam [AddressBits:0] FULL = BufferBytes[AddressBits:0];
  localparam [7:0] DELIMITER = 8'h00;
  localparam [31:0] RESIDUE = 32'h2144DF1C;  // crc_o over any message with its check sum
  localparam [15:0] MAX_PAYLOAD = `DS_REQUEST_MAX_PAYLOAD;
  localparam [15:0] HEADER_BYTES = `DS_REQUEST_HEADER_BYTES;
  localparam [15:0] CRC_BYTES = `DS_CRC_BYTES;

  localparam [2:0] ST_HEADER = 3'd0;
  localparam [2:0] ST_PAYLOAD = 3'd1;
  localparam [2:0] ST_CRC = 3'd2;
  localparam [2:0] ST_WHOLE = 3'd3;  // all bytes are there
  localparam [2:0] ST_BAD = 3'd4;    // wait for the end, then roll back

  // A time-out ends the frame as its delimiter would, except that it is never good.
  wire stalled;
  reg  stalled_q;  // with the decoder's item

  ds_timeout #(
      .Milliseconds(StallMs),
      .ElapsedBits (11)
  ) u_stall (
      .clk_i    (clk_i),
      .rst_i    (rst_i),
      .elapsed_i(elapsed_i),
      .start_i  (rx_valid_i && rx_data_i != DELIMITER),
      .stop_i   (rx_valid_i && rx_data_i == DELIMITER),
      .expired_o(stalled)
  );

  always @(posedge clk_i) stalled_q <= stalled;

  wire       item_valid;
  wire [7:0] item_data;
  wire       item_last;
  wire       item_error;

  ds_cobs_decoder u_decoder (
      .clk_i      (clk_i),
      .rst_i      (rst_i),
      .in_valid_i (rx_valid_i || stalled),
      .in_ready_o (rx_ready_o),
      .in_data_i  (stalled ? DELIMITER : rx_data_i),
      .out_valid_o(item_valid),
      .out_ready_i(1'b1),
      .out_data_o (item_data),
      .out_last_o (item_last),
      .out_error_o(item_error)
  );

  wire byte_valid = item_valid && !item_last;
  wire end_valid = item_valid && item_last;

  wire [31:0] crc;

  ds_crc32 u_crc (
      .clk_i  (clk_i),
      .rst_i  (rst_i),
      .clear_i(end_valid),
      .valid_i(byte_valid),
      .data_i (item_data),
      .crc_o  (crc)
  );

  reg  [2:0]  state_q;
  reg  [2:0]  state_d;
  reg  [15:0] left_q;  // bytes left of this part of the frame
  reg  [15:0] left_d;
  reg  [7:0]  length_q;  // low byte of the payload's length

  reg  [AddressBits:0] write_q;   // next byte of the frame that arrives
  reg  [AddressBits:0] commit_q;  // end of the last good frame
  reg  [AddressBits:0] read_q;    // next byte to leave

  wire stored_part = state_q == ST_HEADER || state_q == ST_PAYLOAD;
  wire full = write_q - read_q == FULL;
  wire store = byte_valid && stored_part && !full;
  wire part_end = left_q == 16'd1;
  wire good = state_q == ST_WHOLE && !item_error && !stalled_q && crc == RESIDUE;
  wire [15:0] length = {item_data, length_q};

  always @* begin
    state_d = state_q;
    left_d  = left_q;
    if (end_valid) begin
      state_d = ST_HEADER;
      left_d  = HEADER_BYTES;
    end else if (byte_valid) begin
      left_d = left_q - 16'd1;
      case (state_q)
        ST_HEADER: begin
          if (part_end) begin
            state_d = ST_PAYLOAD;
            left_d  = length;
            if (length == 16'd0) begin
              state_d = ST_CRC;
              left_d  = CRC_BYTES;
            end
            if (length > MAX_PAYLOAD) state_d = ST_BAD;
          end
          if (full) state_d = ST_BAD;
        end
        ST_PAYLOAD: begin
          if (part_end) begin
            state_d = ST_CRC;
            left_d  = CRC_BYTES;
          end
          if (full) state_d = ST_BAD;
        end
        ST_CRC:  if (part_end) state_d = ST_WHOLE;
        default: state_d = ST_BAD;  // more bytes than the length says
      endcase
    end
  end

  always @(posedge clk_i) begin
    state_q <= state_d;
    left_q  <= left_d;
    if (byte_valid) length_q <= item_data;
    if (rst_i) begin
      state_q <= ST_HEADER;
      left_q  <= HEADER_BYTES;
    end
  end

  always @(posedge clk_i) begin
    if (store) write_q <= write_q + ONE;
    if (end_valid) begin
      if (good) commit_q <= write_q;
      else write_q <= commit_q;
    end
    if (rst_i) begin
      write_q  <= {AddressBits + 1{1'b0}};
      commit_q <= {AddressBits + 1{1'b0}};
    end
  end

  // Counters.
  reg [31:0] accepted_q;
  reg [31:0] discarded_q;

  always @(posedge clk_i) begin
    if (good_frame_o) accepted_q <= accepted_q + 32'd1;
    if (end_valid && !good) discarded_q <= discarded_q + 32'd1;
    if (rst_i) begin
      accepted_q  <= 32'd0;
      discarded_q <= 32'd0;
    end
  end

  assign good_frame_o = end_valid && good;
  assign accepted_o   = accepted_q;
  assign discarded_o  = discarded_q;

  // Way out.
  wire [7:0] word;
  wire       take;
  wire       reader_empty;
  wire       available = read_q != commit_q;

  always @(posedge clk_i) begin
    if (take) read_q <= read_q + ONE;
    if (rst_i) read_q <= {AddressBits + 1{1'b0}};
  end

  ds_ram #(
      .Width(8),
      .Depth(BufferBytes)
  ) u_ring (
      .clk_i  (clk_i),
      .we_i   (store),
      .waddr_i(write_q[AddressBits-1:0]),
      .wdata_i(item_data),
      .raddr_i(read_q[AddressBits-1:0]),
      .rdata_o(word)
  );

  ds_ram_reader #(
      .Width(8)
  ) u_reader (
      .clk_i      (clk_i),
      .rst_i      (rst_i),
      .available_i(available),
      .take_o     (take),
      .rdata_i    (word),
      .out_valid_o(out_valid_o),
      .out_ready_i(out_ready_i),
      .out_data_o (out_data_o),
      .empty_o    (reader_empty)
  );

  assign idle_o = !item_valid && !available && reader_empty;
endmodule

`default_nettype wire
