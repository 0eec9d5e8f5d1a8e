// ds_reply_transmitter: replies to COBS cells of one fixed size.
// Purpose     takes the header and payload of a reply, pads with zeros, adds the CRC, encodes, and
//             holds up to Cells cells until the line takes them. The encoding needs no second
//             pass: each byte causes one write, a non-zero byte to its own place, a zero the
//             distance to the place of the zero before it (the first place counts as one).
// Latency     67 cycles from the first byte in to the first byte out.
// Throughput  1 cell in 64 cycles, 1 byte/cycle out.
// Format      in: opcode, sequence, status, length, payload, at most 58 bytes, in_last_i with the
//             last one. out: 64 bytes a cell, the last one 0x00 and no other.
// Reset       empty.   Golden  none (host/protocol decodes).
`default_nettype none
`include "ds_contract.vh"

module ds_reply_transmitter #(
    parameter Cells = 8  // a power of two
) (
    input  wire       clk_i,
    input  wire       rst_i,

    input  wire       in_valid_i,
    output wire       in_ready_o,
    input  wire [7:0] in_data_i,
    input  wire       in_last_i,

    output wire       tx_valid_o,
    input  wire       tx_ready_i,
    output wire [7:0] tx_data_o,

    output wire       idle_o       // nothing held
);
  localparam PlaceBits = $clog2(`DS_REPLY_WIRE_BYTES);
  localparam CellBits = $clog2(Cells);
  localparam AddressBits = PlaceBits + CellBits;
  localparam [CellBits:0] FULL = Cells[CellBits:0];
  localparam [CellBits:0] ONE_CELL = 1;
  localparam [AddressBits:0] ONE_BYTE = 1;
  // Places in the cell: 0 the first code, then the bytes of the reply, then the delimiter.
  localparam [PlaceBits-1:0] FIRST = 1;
  localparam [PlaceBits-1:0] PAD_END = `DS_REPLY_HEADER_BYTES + `DS_REPLY_PAYLOAD_BYTES;
  localparam [PlaceBits-1:0] CRC_END = `DS_REPLY_DECODED_BYTES;
  localparam [PlaceBits-1:0] DELIMITER = {PlaceBits{1'b1}};

  localparam [2:0] ST_REPLY = 3'd0;
  localparam [2:0] ST_PAD = 3'd1;
  localparam [2:0] ST_CRC = 3'd2;
  localparam [2:0] ST_CODE = 3'd3;   // the last distance
  localparam [2:0] ST_CLOSE = 3'd4;  // the delimiter

  reg [2:0] state_q;
  reg [2:0] state_d;
  reg [PlaceBits-1:0] place_q;  // of the next byte
  reg [PlaceBits-1:0] code_q;   // of the last zero
  reg [1:0] crc_index_q;
  reg [CellBits:0] cell_q;      // being written
  reg [AddressBits:0] read_q;   // next byte to leave: cell and place

  wire room = cell_q - read_q[AddressBits:PlaceBits] != FULL;
  wire in_take = in_valid_i && in_ready_o;
  wire [31:0] crc;
  reg [7:0] crc_byte;

  assign in_ready_o = state_q == ST_REPLY && room;

  always @* begin
    case (crc_index_q)
      2'd0: crc_byte = crc[7:0];
      2'd1: crc_byte = crc[15:8];
      2'd2: crc_byte = crc[23:16];
      default: crc_byte = crc[31:24];
    endcase
  end

  // One byte of the reply a cycle.
  wire put = in_take || state_q == ST_PAD || state_q == ST_CRC;
  reg [7:0] put_data;
  wire put_zero = put_data == 8'd0;

  always @* begin
    case (state_q)
      ST_REPLY: put_data = in_data_i;
      ST_CRC: put_data = crc_byte;
      default: put_data = 8'd0;
    endcase
  end

  always @* begin
    state_d = state_q;
    case (state_q)
      ST_REPLY: if (in_take && in_last_i) state_d = place_q == PAD_END ? ST_CRC : ST_PAD;
      ST_PAD: if (place_q == PAD_END) state_d = ST_CRC;
      ST_CRC: if (place_q == CRC_END) state_d = ST_CODE;
      ST_CODE: state_d = ST_CLOSE;
      default: state_d = ST_REPLY;
    endcase
  end

  ds_crc32 u_crc (
      .clk_i  (clk_i),
      .rst_i  (rst_i),
      .clear_i(state_q == ST_CLOSE),
      .valid_i(put && state_q != ST_CRC),
      .data_i (put_data),
      .crc_o  (crc)
  );

  always @(posedge clk_i) begin
    state_q <= state_d;
    if (put) begin
      place_q <= place_q + FIRST;
      if (put_zero) code_q <= place_q;
    end
    if (state_q == ST_CRC) crc_index_q <= crc_index_q + 2'd1;
    if (state_q == ST_CLOSE) begin
      place_q <= FIRST;
      code_q  <= {PlaceBits{1'b0}};
      cell_q  <= cell_q + ONE_CELL;
    end
    if (rst_i) begin
      state_q     <= ST_REPLY;
      place_q     <= FIRST;
      code_q      <= {PlaceBits{1'b0}};
      crc_index_q <= 2'd0;
      cell_q      <= {CellBits + 1{1'b0}};
    end
  end

  // The write: a byte to its place, a distance to the place of the zero before, or the delimiter.
  wire [PlaceBits-1:0] distance = place_q - code_q;
  wire distance_write = state_q == ST_CODE || put && put_zero;
  reg [PlaceBits-1:0] write_place;
  reg [7:0] write_data;

  always @* begin
    write_place = place_q;
    write_data  = put_data;
    if (distance_write) begin
      write_place = code_q;
      write_data  = {{8 - PlaceBits{1'b0}}, distance};
    end
    if (state_q == ST_CLOSE) write_place = DELIMITER;
  end

  wire       take;
  wire       reader_empty;
  wire [7:0] word;
  wire       available = read_q[AddressBits:PlaceBits] != cell_q;

  always @(posedge clk_i) begin
    if (take) read_q <= read_q + ONE_BYTE;
    if (rst_i) read_q <= {AddressBits + 1{1'b0}};
  end

  ds_ram #(
      .Width(8),
      .Depth(Cells * `DS_REPLY_WIRE_BYTES)
  ) u_cells (
      .clk_i  (clk_i),
      .we_i   (put || state_q == ST_CODE || state_q == ST_CLOSE),
      .waddr_i({cell_q[CellBits-1:0], write_place}),
      .wdata_i(write_data),
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
      .out_valid_o(tx_valid_o),
      .out_ready_i(tx_ready_i),
      .out_data_o (tx_data_o),
      .empty_o    (reader_empty)
  );

  assign idle_o = state_q == ST_REPLY && place_q == FIRST && !available && reader_empty;
endmodule

`default_nettype wire
