// ds_command_decoder: good frames to accesses, images and replies.
// Purpose     keeps the sequence rule. A frame with the expected number is executed and the next
//             one expected, also when its opcode, length or region is refused. `identify` sets the
//             expected number. One up to 128 behind was executed before: what only asks (read,
//             checksum, echo) is executed again, an effect answers `duplicate`, or the refusal it
//             was answered with. One ahead answers `outOfOrder`. Every frame has exactly one
//             reply. Accesses wait until the core is idle.
// Latency     5 cycles from the first byte of a frame to its judgement, 10 to the first byte of a
//             write's words. A strobe comes one cycle after the last byte of its word. 256 cycles
//             more for `identify`, and before the first frame: refusals are forgotten.
// Throughput  1 payload byte/cycle in; a word costs a read 5 cycles and a check sum 1 and one a
//             byte, both the core's latency besides.
// Format      in: opcode, sequence, length (low, high), payload. out: opcode + flag, sequence,
//             status, length, payload. Words low byte first; weights are sign-extended.
// Reset       expects sequence number 0.   Golden  none.
`default_nettype none
`include "ds_contract.vh"

module ds_command_decoder #(
    parameter BoardId     = 1,
    parameter Lanes       = 4,
    parameter ClockHz     = 36000000,  // [Hz]
    parameter Baud        = 3000000,
    parameter WeightRows  = 16384,
    parameter Neurons     = 512,
    parameter Inputs      = 1024,
    parameter MaxWidth    = 256,
    parameter Layers      = 128,
    parameter RecordWords = 1024,
    parameter BufferBytes = 2048
) (
    input  wire        clk_i,
    input  wire        rst_i,

    input  wire        in_valid_i,
    output reg         in_ready_o,
    input  wire [7:0]  in_data_i,

    output reg         reply_valid_o,
    input  wire        reply_ready_i,
    output reg  [7:0]  reply_data_o,
    output reg         reply_last_o,

    output wire        image_start_o,
    input  wire        image_bad_i,
    input  wire        image_idle_i,
    output wire        image_valid_o,
    input  wire        image_ready_i,
    output wire [7:0]  image_data_o,
    output wire        image_last_o,

    input  wire        core_idle_i,
    output wire        host_write_o,
    output wire        host_read_o,
    output wire [7:0]  host_region_o,
    output wire [23:0] host_addr_o,
    output wire [31:0] host_wdata_o,
    input  wire [31:0] host_rdata_i,
    input  wire        host_rvalid_i,

    output wire        replied_o,      // strobe: the last byte of a reply was taken
    output wire        idle_o          // between two frames
);
  localparam [8*`DS_IDENTITY_BYTES-1:0] IDENTITY = `DS_IDENTITY;
  localparam [5:0] IDENTITY_LAST = `DS_IDENTITY_BYTES - 1;
  localparam [15:0] NONCE_BYTES = 16'd4;
  localparam [15:0] WRITE_HEAD_BYTES = 16'd4;  // region and address
  localparam [15:0] READ_BYTES = 16'd5;        // region, address, count
  localparam [15:0] CHECKSUM_BYTES = 16'd8;    // region, address, count of four bytes
  localparam [7:0] CHECKSUM_HIGH = 8'd0;       // an address has 24 bits, so has the count
  localparam [7:0] CRC_BYTES = `DS_CRC_BYTES;
  localparam [15:0] ECHO_BYTES = `DS_REPLY_PAYLOAD_BYTES;  // at most
  localparam [7:0] READ_WORDS = `DS_MAX_READ_WORDS;
  localparam [7:0] REPLY_FLAG = `DS_REPLY_FLAG;
  localparam [7:0] IDENTIFY_LENGTH = `DS_IDENTITY_BYTES + 4;

  localparam [15:0] WRITABLE = 16'd1 << `DS_REGION_REGISTERS | 16'd1 << `DS_REGION_LAYER_TABLE |
                               16'd1 << `DS_REGION_WEIGHTS | 16'd1 << `DS_REGION_BIASES |
                               16'd1 << `DS_REGION_INJECTION;
  localparam [15:0] READABLE = 16'd1 << `DS_REGION_REGISTERS | 16'd1 << `DS_REGION_WEIGHTS |
                               16'd1 << `DS_REGION_BIASES | 16'd1 << `DS_REGION_RECORDS |
                               16'd1 << `DS_REGION_DELTA_SUMS |
                               16'd1 << `DS_REGION_SUM_EXPONENTS | 16'd1 << `DS_REGION_Z |
                               16'd1 << `DS_REGION_ACTIVATIONS | 16'd1 << `DS_REGION_SLOPES |
                               16'd1 << `DS_REGION_DELTAS | 16'd1 << `DS_REGION_UNIT_FLAGS;

  localparam [4:0] ST_OPCODE = 5'd0;
  localparam [4:0] ST_SEQUENCE = 5'd1;
  localparam [4:0] ST_LENGTH_LOW = 5'd2;
  localparam [4:0] ST_LENGTH_HIGH = 5'd3;
  localparam [4:0] ST_JUDGE = 5'd4;
  localparam [4:0] ST_REGION = 5'd5;
  localparam [4:0] ST_ADDRESS = 5'd6;
  localparam [4:0] ST_COUNT = 5'd7;
  localparam [4:0] ST_CHECK = 5'd8;
  localparam [4:0] ST_WRITE = 5'd9;
  localparam [4:0] ST_RUN = 5'd10;
  localparam [4:0] ST_DROP = 5'd11;      // the rest of the payload, then the reply
  localparam [4:0] ST_HEAD = 5'd12;      // the reply's header
  localparam [4:0] ST_EXPECTED = 5'd13;  // the reply's payload, one of five
  localparam [4:0] ST_NONCE = 5'd14;
  localparam [4:0] ST_IDENTITY = 5'd15;
  localparam [4:0] ST_READ = 5'd16;
  localparam [4:0] ST_WAIT = 5'd17;
  localparam [4:0] ST_WORD = 5'd18;
  localparam [4:0] ST_ECHO = 5'd19;
  localparam [4:0] ST_SUM = 5'd20;       // a word into the check sum, before the reply
  localparam [4:0] ST_FORGET = 5'd21;    // the refusals, before the reply to `identify`

  reg [4:0]  state_q;
  reg [4:0]  state_d;
  reg [7:0]  status_q;
  reg [7:0]  status_d;
  reg [7:0]  opcode_q;
  reg [7:0]  sequence_q;
  reg [7:0]  expected_q;
  reg [15:0] left_q;    // payload bytes not yet taken
  reg [7:0]  region_q;
  reg [23:0] addr_q;
  reg [31:0] count_q;   // words not yet read
  reg [31:0] data_q;    // word under way, either direction
  reg [5:0]  index_q;   // byte within the state's field
  reg        write_q;
  reg        booting_q;   // ST_FORGET is followed by no reply
  reg [7:0]  forget_q;    // next number to forget

  wire in_take = in_valid_i && in_ready_o;
  wire reply_take = reply_valid_o && reply_ready_i;
  wire in_header = state_q == ST_OPCODE || state_q == ST_SEQUENCE || state_q == ST_LENGTH_LOW ||
                   state_q == ST_LENGTH_HIGH;

  wire [7:0] answered;  // status with which this number was answered before

  // Judgement, in ST_JUDGE: left_q is the length of the whole payload.
  wire       is_identify = opcode_q == `DS_OPCODE_IDENTIFY;
  wire       is_write = opcode_q == `DS_OPCODE_WRITE;
  wire       is_read = opcode_q == `DS_OPCODE_READ;
  wire       is_run = opcode_q == `DS_OPCODE_RUN;
  wire       is_checksum = opcode_q == `DS_OPCODE_CHECKSUM;
  wire       is_echo = opcode_q == `DS_OPCODE_ECHO;
  wire       is_known = is_identify || is_write || is_read || is_run || is_checksum || is_echo;
  wire       only_asks = is_read || is_checksum || is_echo;
  wire [7:0] ahead = sequence_q - expected_q;
  wire       in_order = ahead == 8'd0;
  wire       behind = ahead[7];
  wire       length_good = is_identify && left_q == NONCE_BYTES ||
                           is_write && left_q >= WRITE_HEAD_BYTES ||
                           is_read && left_q == READ_BYTES || is_run ||
                           is_checksum && left_q == CHECKSUM_BYTES ||
                           is_echo && left_q <= ECHO_BYTES;

  // Check, in ST_CHECK: left_q is what follows region, address and count.
  wire [15:0] allowed = is_write ? WRITABLE : READABLE;
  wire region_good = region_q[7:4] == 4'd0 && allowed[region_q[3:0]];
  wire half_words = region_q == `DS_REGION_WEIGHTS;
  wire words_good = is_write ? !left_q[0] && (half_words || !left_q[1]) :
                    is_read ? count_q[7:0] <= READ_WORDS : count_q[31:24] == CHECKSUM_HIGH;

  wire word_end = half_words ? index_q[0] : index_q[1:0] == 2'd3;  // of a word as it is written
  wire counted = count_q == 32'd0;
  wire left_one = left_q == 16'd1;
  wire left_none = left_q == 16'd0;
  wire [7:0] reply_length = status_q == `DS_STATUS_OUT_OF_ORDER ? 8'd1 :
                            status_q != `DS_STATUS_OK ? 8'd0 :
                            is_identify ? IDENTIFY_LENGTH :
                            is_read ? {count_q[5:0], 2'd0} :
                            is_checksum ? CRC_BYTES :
                            is_echo ? left_q[7:0] : 8'd0;

  always @* begin
    state_d  = state_q;
    status_d = status_q;
    case (state_q)
      ST_OPCODE: if (in_take) state_d = ST_SEQUENCE;
      ST_SEQUENCE: if (in_take) state_d = ST_LENGTH_LOW;
      ST_LENGTH_LOW: if (in_take) state_d = ST_LENGTH_HIGH;
      ST_LENGTH_HIGH: if (in_take) state_d = ST_JUDGE;
      ST_JUDGE: begin
        state_d  = ST_DROP;
        status_d = `DS_STATUS_OK;
        if (!is_identify && !in_order && !behind) begin
          status_d = `DS_STATUS_OUT_OF_ORDER;
        end else if (!is_identify && behind && !only_asks) begin
          status_d = answered == `DS_STATUS_OK ? `DS_STATUS_DUPLICATE : answered;
        end else if (!is_known) begin
          status_d = `DS_STATUS_BAD_OPCODE;
        end else if (!length_good) begin
          status_d = `DS_STATUS_BAD_LENGTH;
        end else if (is_identify) begin
          state_d = ST_FORGET;
        end else if (is_echo) begin
          state_d = ST_HEAD;
        end else if (!is_run) begin
          state_d = ST_REGION;
        end else if (!left_none) begin
          state_d = ST_RUN;
        end
      end
      ST_REGION: if (in_take) state_d = ST_ADDRESS;
      ST_ADDRESS: if (in_take && index_q == 6'd2) state_d = is_write ? ST_CHECK : ST_COUNT;
      ST_COUNT: if (in_take && left_one) state_d = ST_CHECK;
      ST_CHECK: begin
        state_d = ST_DROP;
        if (!region_good) status_d = `DS_STATUS_BAD_REGION;
        else if (!words_good) status_d = `DS_STATUS_BAD_LENGTH;
        else if (is_write && !left_none) state_d = ST_WRITE;
        else if (is_checksum && !counted) state_d = ST_READ;
      end
      ST_WRITE: if (in_take && left_one) state_d = ST_HEAD;
      ST_RUN: begin
        if (left_none && image_idle_i) begin
          state_d  = ST_HEAD;
          status_d = image_bad_i ? `DS_STATUS_BAD_IMAGE : `DS_STATUS_OK;
        end
      end
      ST_DROP: if (left_none) state_d = ST_HEAD;
      ST_HEAD: begin
        if (reply_take && index_q == 6'd3) begin
          if (reply_length == 8'd0) state_d = ST_OPCODE;
          else if (status_q == `DS_STATUS_OUT_OF_ORDER) state_d = ST_EXPECTED;
          else if (is_identify) state_d = ST_NONCE;
          else if (is_echo) state_d = ST_ECHO;
          else if (is_checksum) state_d = ST_WORD;
          else state_d = ST_READ;
        end
      end
      ST_EXPECTED: if (reply_take) state_d = ST_OPCODE;
      ST_NONCE: if (in_take && left_one) state_d = ST_IDENTITY;
      ST_IDENTITY: if (reply_take && index_q == IDENTITY_LAST) state_d = ST_OPCODE;
      ST_READ: if (core_idle_i) state_d = ST_WAIT;
      ST_ECHO: if (in_take && left_one) state_d = ST_OPCODE;
      ST_WAIT: if (host_rvalid_i) state_d = is_checksum ? ST_SUM : ST_WORD;
      ST_SUM: if (word_end) state_d = counted ? ST_HEAD : ST_READ;
      ST_FORGET: if (forget_q == 8'd255) state_d = booting_q ? ST_OPCODE : ST_HEAD;
      ST_WORD: begin
        if (reply_take && index_q == 6'd3) state_d = counted || is_checksum ? ST_OPCODE : ST_READ;
      end
      default: state_d = ST_OPCODE;
    endcase
  end

  // Which side a byte comes from or goes to.
  always @* begin
    case (state_q)
      ST_OPCODE, ST_SEQUENCE, ST_LENGTH_LOW, ST_LENGTH_HIGH, ST_REGION, ST_ADDRESS, ST_COUNT:
      in_ready_o = 1'b1;
      ST_WRITE: in_ready_o = core_idle_i;
      ST_RUN:   in_ready_o = !left_none && image_ready_i;
      ST_DROP:  in_ready_o = !left_none;
      ST_NONCE, ST_ECHO: in_ready_o = reply_ready_i;
      default:  in_ready_o = 1'b0;
    endcase
  end

  always @* begin
    reply_valid_o = 1'b0;
    reply_last_o  = 1'b0;
    reply_data_o  = 8'd0;
    case (state_q)
      ST_HEAD: begin
        reply_valid_o = 1'b1;
        reply_last_o  = index_q == 6'd3 && reply_length == 8'd0;
        case (index_q[1:0])
          2'd0: reply_data_o = opcode_q | REPLY_FLAG;
          2'd1: reply_data_o = sequence_q;
          2'd2: reply_data_o = status_q;
          default: reply_data_o = reply_length;
        endcase
      end
      ST_EXPECTED: begin
        reply_valid_o = 1'b1;
        reply_last_o  = 1'b1;
        reply_data_o  = expected_q;
      end
      ST_NONCE: begin
        reply_valid_o = in_valid_i;
        reply_data_o  = in_data_i;
      end
      ST_ECHO: begin
        reply_valid_o = in_valid_i;
        reply_last_o  = left_one;
        reply_data_o  = in_data_i;
      end
      ST_IDENTITY: begin
        reply_valid_o = 1'b1;
        reply_last_o  = index_q == IDENTITY_LAST;
        reply_data_o  = IDENTITY[8*index_q[4:0]+:8];
      end
      ST_WORD: begin
        reply_valid_o = 1'b1;
        reply_last_o  = index_q == 6'd3 && (counted || is_checksum);
        reply_data_o  = data_q[7:0];
      end
      default: ;
    endcase
  end

  always @(posedge clk_i) begin
    state_q  <= state_d;
    status_q <= status_d;

    // Position in the field; written words have no state of their own and count on (modulo 4).
    if (state_d != state_q) index_q <= 6'd0;
    else if (in_take || reply_take || state_q == ST_SUM) index_q <= index_q + 6'd1;

    if (in_take) begin
      case (state_q)
        ST_OPCODE: opcode_q <= in_data_i;
        ST_SEQUENCE: sequence_q <= in_data_i;
        ST_LENGTH_LOW: left_q[7:0] <= in_data_i;
        ST_LENGTH_HIGH: left_q[15:8] <= in_data_i;
        ST_REGION: region_q <= in_data_i;
        ST_ADDRESS: addr_q <= {in_data_i, addr_q[23:8]};
        ST_COUNT: count_q <= is_read ? {24'd0, in_data_i} : {in_data_i, count_q[31:8]};
        default: ;
      endcase
      if (!in_header) left_q <= left_q - 16'd1;
      if (state_q == ST_WRITE) data_q <= {in_data_i, data_q[31:8]};
    end

    if (state_q == ST_JUDGE && (is_identify || in_order)) expected_q <= sequence_q + 8'd1;
    if (state_q == ST_FORGET) forget_q <= forget_q + 8'd1;
    if (state_q == ST_OPCODE) booting_q <= 1'b0;

    write_q <= state_q == ST_WRITE && in_take && word_end;
    if (write_q) addr_q <= addr_q + 24'd1;

    if (state_q == ST_WAIT && host_rvalid_i) begin
      data_q  <= host_rdata_i;
      addr_q  <= addr_q + 24'd1;
      count_q <= count_q - 32'd1;
    end
    if (state_q == ST_SUM || state_q == ST_WORD && reply_take) data_q <= {8'd0, data_q[31:8]};
    if (state_q == ST_HEAD && is_checksum) data_q <= crc;

    if (rst_i) begin
      state_q    <= ST_FORGET;
      index_q    <= 6'd0;
      expected_q <= 8'd0;
      write_q    <= 1'b0;
      booting_q  <= 1'b1;
      forget_q   <= 8'd0;
    end
  end

  wire [31:0] crc;

  ds_crc32 u_crc (
      .clk_i  (clk_i),
      .rst_i  (rst_i),
      .clear_i(state_q == ST_CHECK),
      .valid_i(state_q == ST_SUM),
      .data_i (data_q[7:0]),
      .crc_o  (crc)
  );

  // The status of the last 256 numbers: read while the length comes in, written with the reply.
  // Nothing wrong stays: a repetition writes what it was answered with, and what was answered to a
  // number too early is overwritten when its turn comes.
  wire forgetting = state_q == ST_FORGET;

  ds_ram #(
      .Width(8),
      .Depth(256)
  ) u_answers (
      .clk_i  (clk_i),
      .we_i   (forgetting || state_q == ST_HEAD && !is_identify),
      .waddr_i(forgetting ? forget_q : sequence_q),
      .wdata_i(forgetting ? `DS_STATUS_OK : status_q),
      .raddr_i(sequence_q),
      .rdata_o(answered)
  );

  assign image_start_o = state_q == ST_JUDGE;
  assign image_valid_o = state_q == ST_RUN && !left_none && in_valid_i;
  assign image_data_o  = in_data_i;
  assign image_last_o  = left_one;

  assign host_write_o  = write_q;
  assign host_read_o   = state_q == ST_READ && core_idle_i;
  assign host_region_o = region_q;
  assign host_addr_o   = addr_q;
  assign host_wdata_o  = half_words ? {{16{data_q[31]}}, data_q[31:16]} : data_q;

  assign replied_o = reply_take && reply_last_o;
  assign idle_o = state_q == ST_OPCODE && !write_q && !in_valid_i;
endmodule

`default_nettype wire
