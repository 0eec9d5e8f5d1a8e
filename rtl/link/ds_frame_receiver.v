// ds_frame_receiver: COBS byte stream to the bytes of good frames.
// Purpose     collects frames in a ring of BufferBytes and releases a frame (header and payload,
//             without its check sum) when CRC and length are right. Anything else, also a frame
//             for which there is no room, is rolled back and counted: the sender repeats it. So is
//             a frame whose next byte is later than StallMs; its rest counts as another frame.
//             missed_o asks for a word about it when no good frame has come since whose answer
//             will do.
//             Frames follow each other without a mark; the length is in their header.
// Latency     3 cycles from the delimiter to the first byte.   Throughput  1 byte in 2 cycles in
//             (a UART cannot wait, and takes 40 or more), 1 byte in 3 cycles out.
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
    output wire [15:0] accepted_o,    // frames released since reset, modulo 2^16
    output wire [15:0] discarded_o,   // frames rolled back since reset; stays at the highest
    output wire        missed_o,      // the last frame was rolled back; no byte out now and next
    input  wire        told_i,        // strobe: that is known
    output wire        idle_o         // no byte under way (the start of a frame may be waiting)
);
  localparam AddressBits = $clog2(BufferBytes);
  localparam [AddressBits:0] ONE = 1;
  localparam [7:0] DELIMITER = 8'h00;
  localparam [31:0] RESIDUE = 32'h2144DF1C;  // crc_o over any message with its check sum
  localparam [15:0] MAX_PAYLOAD = `DS_REQUEST_MAX_PAYLOAD;  // a power of two
  localparam MaxBit = $clog2(MAX_PAYLOAD);
  localparam LeftBits = MaxBit < 8 ? 9 : MaxBit + 1;
  localparam [15:0] ALL_COUNTED = 16'hFFFF;

  // The header and the check sum byte by byte.
  /* verilator lint_off UNUSEDPARAM */  // some are only passed through, by counting
  localparam [3:0] ST_OPCODE = 4'd0;
  localparam [3:0] ST_SEQUENCE = 4'd1;
  localparam [3:0] ST_LENGTH_LOW = 4'd2;
  localparam [3:0] ST_LENGTH_HIGH = 4'd3;
  localparam [3:0] ST_PAYLOAD = 4'd4;  // and the first byte of the check sum
  localparam [3:0] ST_CRC_2 = 4'd5;
  localparam [3:0] ST_CRC_3 = 4'd6;
  localparam [3:0] ST_CRC_4 = 4'd7;
  /* verilator lint_on UNUSEDPARAM */
  localparam [3:0] ST_WHOLE = 4'd8;    // all bytes are there
  localparam [3:0] ST_BAD = 4'd9;      // wait for the end, then roll back

  // A time-out ends the frame as its delimiter would, except that it is never good.
  wire stalled;
  wire rx_take = rx_valid_i && rx_ready_o;

  ds_timeout #(
      .Milliseconds(StallMs),
      .ElapsedBits (11)
  ) u_stall (
      .clk_i    (clk_i),
      .rst_i    (rst_i),
      .elapsed_i(elapsed_i),
      .start_i  (rx_take && rx_data_i != DELIMITER),
      .stop_i   (rx_take && rx_data_i == DELIMITER),
      .expired_o(stalled)
  );

  wire        item_valid;
  wire        item_ready;
  wire [7:0]  item_data;
  wire        item_last;
  wire        item_error;
  wire        crc_ready;
  wire [31:0] crc;

  assign item_ready = crc_ready || stalled;
  assign rx_ready_o = crc_ready;

  wire decoder_ready;
  wire unused = &{1'b0, decoder_ready};  // ready whenever item_ready is
  ds_cobs_decoder u_decoder (
      .clk_i      (clk_i),
      .rst_i      (rst_i),
      .in_valid_i (rx_valid_i || stalled),
      .in_ready_o (decoder_ready),
      .in_data_i  (stalled ? DELIMITER : rx_data_i),
      .out_valid_o(item_valid),
      .out_ready_i(item_ready),
      .out_data_o (item_data),
      .out_last_o (item_last),
      .out_error_o(item_error)
  );

  wire byte_valid = item_valid && item_ready && !item_last;
  wire end_valid = item_valid && item_ready && item_last;

  ds_crc32 u_crc (
      .clk_i  (clk_i),
      .rst_i  (rst_i),
      .clear_i(end_valid),
      .valid_i(byte_valid),
      .ready_o(crc_ready),
      .data_i (item_data),
      .drain_i(1'b0),
      .crc_o  (crc)
  );

  reg  [3:0]          state_q;
  reg  [3:0]          state_d;
  reg  [LeftBits-1:0] left_q;    // bytes of the payload not yet there

  reg  [AddressBits:0] write_q;   // next byte of the frame that arrives
  reg  [AddressBits:0] commit_q;  // end of the last good frame
  reg  [AddressBits:0] read_q;    // next byte to leave

  // A counter's bit takes one cell, its load too, when what is added is a copy of the load signal
  // or its opposite: all ones is minus one.
  wire counting = state_q == ST_PAYLOAD;
  wire [7:0] less_low = left_q[7:0] + {8{counting}};
  wire [LeftBits-9:0] less_high = left_q[LeftBits-1:8] + {LeftBits - 8{counting}};
  wire good = state_q == ST_WHOLE && !item_error && !stalled && crc == RESIDUE;
  wire rollback = end_valid && !good;
  wire [AddressBits:0] write_more = write_q - {AddressBits + 1{!rollback}};
  wire low_none = left_q[7:0] == 8'd0;
  wire left_none = low_none && left_q[LeftBits-1:8] == {LeftBits - 8{1'b0}};
  wire full = write_q == {~read_q[AddressBits], read_q[AddressBits-1:0]};
  wire stored_part = state_q < ST_PAYLOAD || counting && !left_none;
  wire store = byte_valid && stored_part && !full;
  wire [15:0] length = {item_data, left_q[7:0]};
  wire too_long = length[15:MaxBit+1] != {15 - MaxBit{1'b0}} ||
                  length[MaxBit] && length[MaxBit-1:0] != {MaxBit{1'b0}};

  always @* begin
    state_d = state_q;
    if (byte_valid) begin
      case (state_q)
        ST_PAYLOAD: if (left_none) state_d = ST_CRC_2;
        ST_LENGTH_HIGH: state_d = too_long ? ST_BAD : ST_PAYLOAD;
        ST_WHOLE, ST_BAD: state_d = ST_BAD;  // more bytes than the length says
        default: state_d = state_q + 4'd1;
      endcase
      if (stored_part && full) state_d = ST_BAD;
    end
    if (end_valid) state_d = ST_OPCODE;
  end

  always @(posedge clk_i) begin
    state_q <= state_d;
    if (byte_valid && (counting || state_q == ST_LENGTH_LOW)) begin
      left_q[7:0] <= counting ? less_low : item_data;
    end
    if (byte_valid && (counting && low_none || state_q == ST_LENGTH_HIGH)) begin
      left_q[LeftBits-1:8] <= counting ? less_high : item_data[LeftBits-9:0];
    end
    if (rst_i) state_q <= ST_OPCODE;
  end

  always @(posedge clk_i) begin
    if (store || rollback) write_q <= rollback ? commit_q : write_more;
    if (good_frame_o) commit_q <= write_q;
    if (rst_i) begin
      write_q  <= {AddressBits + 1{1'b0}};
      commit_q <= {AddressBits + 1{1'b0}};
    end
  end

  // Counters.
  reg [15:0] accepted_q;
  reg [15:0] discarded_q;

  always @(posedge clk_i) begin
    if (good_frame_o) accepted_q <= accepted_q + 16'd1;
    if (rollback && discarded_q != ALL_COUNTED) discarded_q <= discarded_q + 16'd1;
    if (rst_i) begin
      accepted_q  <= 16'd0;
      discarded_q <= 16'd0;
    end
  end

  assign good_frame_o = end_valid && good;
  assign accepted_o   = accepted_q;
  assign discarded_o  = discarded_q;

  // Way out.
  wire take;
  wire available = read_q != commit_q;

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
      .rdata_o(out_data_o)
  );

  ds_ram_reader u_reader (
      .clk_i      (clk_i),
      .rst_i      (rst_i),
      .available_i(available),
      .take_o     (take),
      .out_valid_o(out_valid_o),
      .out_ready_i(out_ready_i)
  );

  // What was missed last.
  reg missed_q;

  always @(posedge clk_i) begin
    if (end_valid || told_i) missed_q <= rollback;
    if (rst_i) missed_q <= 1'b0;
  end

  assign missed_o = missed_q && !available;
  assign idle_o   = crc_ready && !available;
endmodule

`default_nettype wire
