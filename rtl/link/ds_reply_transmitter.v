// ds_reply_transmitter: replies to COBS cells of one fixed size, and what was answered.
// Purpose     takes the header and payload of a reply, pads with zeros, adds the CRC, encodes, and
//             holds up to Cells cells until the line takes them. The encoding needs no second
//             pass: each byte causes one write, a non-zero byte to its own place, a zero the
//             distance to the place of the zero before it (the first place counts as one).
//             The other half of its memory keeps the status of the last 256 replies, and its CRC
//             unit also adds up words before a reply: by in_kind_i, a byte is of the reply, of
//             such a sum, in place of a byte of the sum, or the status to keep for number_i.
// Latency     129 cycles from the first byte in to the first byte out.
// Throughput  1 byte in 2 cycles in, a status in 1; 1 byte in 3 cycles out; a cell is made in 125.
// Format      in: opcode, sequence, status, length, payload, at most 58 bytes, in_last_i with the
//             last one. Between a sum and a reply a status comes. out: 64 bytes a cell, the
//             last one 0x00 and no other.
// Reset       empty.   Golden  none (host/protocol decodes).
`default_nettype none
`include "ds_contract.vh"

module ds_reply_transmitter #(
    parameter Cells = 4  // 2 or 4
) (
    input  wire       clk_i,
    input  wire       rst_i,

    input  wire       in_valid_i,
    output wire       in_ready_o,
    input  wire [7:0] in_data_i,
    input  wire [1:0] in_kind_i,
    input  wire       in_last_i,
    output wire [7:0] sum_o,       // the byte in place of which one comes

    input  wire [7:0] number_i,    // of the status kept in the cycle before, or to recall
    input  wire       recall_i,    // holds until recalled_o
    output wire       recalled_o,  // the status is there
    output wire [2:0] answer_o,

    output wire       tx_valid_o,
    input  wire       tx_ready_i,
    output wire [7:0] tx_data_o,

    output wire       idle_o       // nothing held
);
  localparam PlaceBits = $clog2(`DS_REPLY_WIRE_BYTES);
  localparam CellBits = $clog2(Cells);
  localparam NumberBits = 8;
  localparam AddressBits = PlaceBits + CellBits;
  localparam [CellBits:0] ONE_CELL = 1;
  localparam [AddressBits:0] ONE_BYTE = 1;
  // Places in the cell: 0 the first code, then the bytes of the reply, then the delimiter.
  localparam [PlaceBits-1:0] FIRST = 1;
  localparam [PlaceBits-1:0] PAD_END = `DS_REPLY_HEADER_BYTES + `DS_REPLY_PAYLOAD_BYTES;
  localparam [PlaceBits-1:0] CRC_END = `DS_REPLY_DECODED_BYTES;
  localparam [PlaceBits-1:0] DELIMITER = {PlaceBits{1'b1}};

  // See ds_command_decoder.
  localparam [1:0] KIND_REPLY = 2'd0;
  localparam [1:0] KIND_SUM = 2'd1;
  localparam [1:0] KIND_TOTAL = 2'd2;
  localparam [1:0] KIND_STATUS = 2'd3;

  localparam [2:0] ST_REPLY = 3'd0;
  localparam [2:0] ST_PAD = 3'd1;
  localparam [2:0] ST_CRC = 3'd2;
  localparam [2:0] ST_CODE = 3'd3;   // the last distance
  localparam [2:0] ST_CLOSE = 3'd4;  // the delimiter

  reg [2:0] state_q;
  reg [2:0] state_d;
  reg [PlaceBits-1:0] place_q;  // of the next byte
  reg [PlaceBits-1:0] code_q;   // of the last zero
  reg [CellBits:0] cell_q;      // being written
  reg [AddressBits:0] read_q;   // next byte to leave: cell and place

  wire [CellBits:0] read_cell = read_q[AddressBits:PlaceBits];
  reg room_q;  // for one more cell
  wire in_take = in_valid_i && in_ready_o;
  wire keep = in_take && in_kind_i == KIND_STATUS;
  wire crc_ready;
  /* verilator lint_off UNUSEDSIGNAL */  // it comes out by the byte
  wire [31:0] crc;
  /* verilator lint_on UNUSEDSIGNAL */

  assign in_ready_o = state_q == ST_REPLY && room_q && crc_ready;
  assign sum_o = crc[7:0];

  // One byte of the reply: in the first cycle to the check sum, in the second to its place.
  wire put = crc_ready && (in_take && in_kind_i == KIND_REPLY || state_q == ST_PAD ||
                           state_q == ST_CRC);
  reg [7:0] put_data;
  reg put_q;
  reg keep_q;
  reg [7:0] byte_q;
  wire byte_zero = byte_q == 8'd0;

  always @* begin
    case (state_q)
      ST_REPLY: put_data = in_data_i;
      ST_CRC: put_data = sum_o;
      default: put_data = 8'd0;
    endcase
  end

  always @* begin
    state_d = state_q;
    case (state_q)
      ST_REPLY: if (put && in_last_i) state_d = place_q == PAD_END ? ST_CRC : ST_PAD;
      ST_PAD: if (put && place_q == PAD_END) state_d = ST_CRC;
      ST_CRC: if (put && place_q == CRC_END) state_d = ST_CODE;
      ST_CODE: if (!put_q) state_d = ST_CLOSE;
      default: state_d = ST_REPLY;
    endcase
  end

  ds_crc32 u_crc (
      .clk_i  (clk_i),
      .rst_i  (rst_i),
      .clear_i(state_q == ST_CLOSE || keep),
      .valid_i(put || in_take && (in_kind_i == KIND_SUM || in_kind_i == KIND_TOTAL)),
      .ready_o(crc_ready),
      .data_i (put_data),
      .drain_i(state_q == ST_CRC || state_q == ST_REPLY && in_kind_i == KIND_TOTAL),
      .crc_o  (crc)
  );

  always @(posedge clk_i) begin
    state_q <= state_d;
    room_q  <= state_q != ST_CLOSE &&
               cell_q != {~read_cell[CellBits], read_cell[CellBits-1:0]};
    put_q   <= put;
    keep_q  <= keep;
    byte_q  <= put_data;
    if (put_q) begin
      place_q <= place_q + FIRST;
      if (byte_zero) code_q <= place_q;
    end
    if (state_q == ST_CLOSE) begin
      place_q <= FIRST;
      code_q  <= {PlaceBits{1'b0}};
      cell_q  <= cell_q + ONE_CELL;
    end
    if (rst_i) begin
      state_q <= ST_REPLY;
      room_q  <= 1'b0;
      put_q   <= 1'b0;
      keep_q  <= 1'b0;
      place_q <= FIRST;
      code_q  <= {PlaceBits{1'b0}};
      cell_q  <= {CellBits + 1{1'b0}};
    end
  end

  // The write: a byte to its place, a distance to the place of the zero before, the delimiter, or
  // a status.
  wire [PlaceBits-1:0] distance = place_q - code_q;
  wire distance_write = !keep_q && (put_q ? byte_zero : state_q == ST_CODE);
  wire [PlaceBits-1:0] write_place = state_q == ST_CLOSE ? DELIMITER :
                                     distance_write ? code_q : place_q;
  wire [7:0] write_data = distance_write ? {{8 - PlaceBits{1'b0}}, distance} : byte_q;
  wire [NumberBits-1:0] write_cell = {cell_q[CellBits-1:0], write_place};

  // The read: the next byte to leave, or, while none is offered, a status.
  wire       take;
  wire [7:0] word;
  wire       recall = recall_i && !tx_valid_o;
  reg  [1:0] recall_q;  // a one for each cycle of it
  wire [NumberBits-1:0] read_place = read_q[AddressBits-1:0];

  always @(posedge clk_i) begin
    if (take) read_q <= read_q + ONE_BYTE;
    recall_q <= recall ? {recall_q[0], 1'b1} : 2'd0;
    if (rst_i) begin
      read_q   <= {AddressBits + 1{1'b0}};
      recall_q <= 2'd0;
    end
  end

  ds_ram #(
      .Width(8),
      .Depth(2 << NumberBits)
  ) u_cells (
      .clk_i  (clk_i),
      .we_i   (put_q || keep_q || state_q == ST_CODE || state_q == ST_CLOSE),
      .waddr_i(keep_q ? {1'b1, number_i} : {1'b0, write_cell}),
      .wdata_i(write_data),
      .raddr_i(recall ? {1'b1, number_i} : {1'b0, read_place}),
      .rdata_o(word)
  );

  wire available = read_cell != cell_q;

  ds_ram_reader u_reader (
      .clk_i      (clk_i),
      .rst_i      (rst_i),
      .available_i(available && !recall),
      .take_o     (take),
      .out_valid_o(tx_valid_o),
      .out_ready_i(tx_ready_i)
  );

  assign recalled_o = recall_q[1];
  assign answer_o = word[2:0];
  assign tx_data_o = word;
  assign idle_o = state_q == ST_REPLY && place_q == FIRST && !available;
endmodule

`default_nettype wire
