// ds_command_decoder: good frames to accesses, images and replies.
// Purpose     keeps the sequence rule. A frame with the expected number is executed and the next
//             one expected, also when its opcode, length or region is refused. `identify` sets the
//             expected number. One up to 128 behind was executed before: what only asks (read,
//             checksum, echo) is executed again, an effect answers `duplicate`, or the refusal it
//             was answered with. One ahead answers `outOfOrder`. Every frame has exactly one
//             reply; where one was missed and none follows, a reply `damaged` says so unasked.
//             Accesses wait until the core is idle.
// Latency     5 cycles from the first byte of a frame to its judgement, 9 to the first byte of a
//             write's words, when bytes come without a pause. A strobe comes one cycle after the
//             last byte of its word. 256 cycles more for `identify`, and before the first frame:
//             what was answered is forgotten.
// Throughput  1 byte in 3 cycles in, and not more; a word costs a read or a check sum 8 cycles
//             and the core's latency, as fast as the taker of the reply takes bytes.
// Format      in: opcode, sequence, length (low, high), payload. out, by reply_kind_o: opcode +
//             flag, sequence, status, length, payload; or bytes to add up, then as many of the
//             sum; or a status to keep. Words low byte first.
//             Region and address are steady from a strobe until the word is there.
// Reset       expects sequence number 0.   Golden  none.
`default_nettype none
`include "ds_contract.vh"

module ds_command_decoder #(
    parameter BoardId     = 1,
    parameter Lanes       = 4,
    parameter ClockHz     = 36000000,  // [Hz]
    parameter Baud        = 3000000,
    parameter WeightRows  = 16384,
    parameter TrainRows   = 0,
    parameter Neurons     = 512,
    parameter Inputs      = 1024,
    parameter MaxWidth    = 256,
    parameter Layers      = 128,
    parameter Activations = 3,    // bit c: the activation of code c is built
    parameter RecordWords = 1024,
    parameter BufferBytes = 2048
) (
    input  wire        clk_i,
    input  wire        rst_i,

    input  wire        in_valid_i,
    output wire        in_ready_o,
    input  wire [7:0]  in_data_i,

    input  wire        missed_i,       // and no byte comes in this cycle or the next
    output wire        told_o,         // strobe: a reply will say so

    output reg         reply_valid_o,
    input  wire        reply_ready_i,
    output reg  [7:0]  reply_data_o,
    output reg  [1:0]  reply_kind_o,
    output reg         reply_last_o,
    input  wire [7:0]  reply_sum_i,

    output wire [7:0]  number_o,       // of this request
    output wire        recall_o,
    input  wire        recalled_i,
    input  wire [2:0]  answer_i,       // with it: the status this number was answered with before

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
    output wire [3:0]  host_region_o,
    output wire [23:0] host_addr_o,
    output wire [31:0] host_wdata_o,
    input  wire [31:0] host_rdata_i,
    input  wire        host_rvalid_i,

    output wire        replied_o,      // strobe: the last byte of a reply was taken
    output wire        idle_o          // between two frames
);
  localparam [8*`DS_IDENTITY_BYTES-1:0] IDENTITY = `DS_IDENTITY;
  localparam IdentityLast = `DS_IDENTITY_BYTES - 1;
  localparam [4:0] IDENTITY_LAST = IdentityLast[4:0];
  localparam CountBits = 24;                          // an address has as many
  localparam [CountBits-1:0] NONCE_BYTES = 4;
  localparam [CountBits-1:0] READ_BYTES = 5;          // region, address, count
  localparam [CountBits-1:0] CHECKSUM_BYTES = 8;      // region, address, count of four bytes
  // A one for each number allowed: a look-up is smaller than a comparison.
  localparam [63:0] ECHO_BYTES = (64'd2 << `DS_REPLY_PAYLOAD_BYTES) - 64'd1;
  localparam [15:0] READ_WORDS = (16'd2 << `DS_MAX_READ_WORDS) - 16'd1;
  localparam [7:0] REPLY_FLAG = `DS_REPLY_FLAG;
  localparam [5:0] IDENTIFY_LENGTH = `DS_IDENTITY_BYTES + 4;
  localparam [5:0] CRC_LENGTH = `DS_CRC_BYTES;
  localparam [7:0] ALMOST_FORGOTTEN = 8'd253;         // ahead, with the last number but one

  localparam StatusBits = 3;
  localparam [7:0] OK_CODE = `DS_STATUS_OK;
  localparam [7:0] DUPLICATE_CODE = `DS_STATUS_DUPLICATE;
  localparam [7:0] OUT_OF_ORDER_CODE = `DS_STATUS_OUT_OF_ORDER;
  localparam [7:0] BAD_OPCODE_CODE = `DS_STATUS_BAD_OPCODE;
  localparam [7:0] BAD_LENGTH_CODE = `DS_STATUS_BAD_LENGTH;
  localparam [7:0] BAD_REGION_CODE = `DS_STATUS_BAD_REGION;
  localparam [7:0] BAD_IMAGE_CODE = `DS_STATUS_BAD_IMAGE;
  localparam [7:0] DAMAGED_CODE = `DS_STATUS_DAMAGED;
  localparam [StatusBits-1:0] OK = OK_CODE[StatusBits-1:0];
  localparam [StatusBits-1:0] DUPLICATE = DUPLICATE_CODE[StatusBits-1:0];
  localparam [StatusBits-1:0] OUT_OF_ORDER = OUT_OF_ORDER_CODE[StatusBits-1:0];
  localparam [StatusBits-1:0] BAD_OPCODE = BAD_OPCODE_CODE[StatusBits-1:0];
  localparam [StatusBits-1:0] BAD_LENGTH = BAD_LENGTH_CODE[StatusBits-1:0];
  localparam [StatusBits-1:0] BAD_REGION = BAD_REGION_CODE[StatusBits-1:0];
  localparam [StatusBits-1:0] BAD_IMAGE = BAD_IMAGE_CODE[StatusBits-1:0];
  localparam [StatusBits-1:0] DAMAGED = DAMAGED_CODE[StatusBits-1:0];

  // What a byte to the reply transmitter is.
  localparam [1:0] KIND_REPLY = 2'd0;
  localparam [1:0] KIND_SUM = 2'd1;     // to add up
  localparam [1:0] KIND_TOTAL = 2'd2;   // nothing; a byte of the sum is taken in its place
  localparam [1:0] KIND_STATUS = 2'd3;  // the status to keep for number_o

  localparam [15:0] WRITABLE = 16'd1 << `DS_REGION_REGISTERS | 16'd1 << `DS_REGION_WEIGHTS |
                               16'd1 << `DS_REGION_BIASES | 16'd1 << `DS_REGION_UNITS |
                               16'd1 << `DS_REGION_TRAINING;
  localparam [15:0] READABLE = WRITABLE | 16'd1 << `DS_REGION_SLOPES;

  // The upper two bits: 0 takes bytes that left_q does not count, 1 bytes that it counts, 2 gives
  // bytes of its own, 3 anything else.
  localparam [4:0] ST_OPCODE = 5'b00_000;
  localparam [4:0] ST_SEQUENCE = 5'b00_001;
  localparam [4:0] ST_LENGTH_LOW = 5'b00_010;
  localparam [4:0] ST_LENGTH_HIGH = 5'b00_011;
  localparam [4:0] ST_COUNT = 5'b00_100;
  localparam [4:0] ST_REGION = 5'b01_000;
  localparam [4:0] ST_ADDRESS = 5'b01_001;
  localparam [4:0] ST_WRITE = 5'b01_100;
  localparam [4:0] ST_RUN = 5'b01_101;
  localparam [4:0] ST_DROP = 5'b01_110;      // the rest of the payload, then the reply
  localparam [4:0] ST_KEEP = 5'b10_000;      // the status
  localparam [4:0] ST_FORGET = 5'b10_001;    // what was answered, before the reply to `identify`
  localparam [4:0] ST_HEAD = 5'b10_010;      // the reply's header
  localparam [4:0] ST_EXPECTED = 5'b10_011;  // the reply's payload, one of five
  localparam [4:0] ST_IDENTITY = 5'b10_100;
  localparam [4:0] ST_WORD = 5'b10_101;
  localparam [4:0] ST_SUM = 5'b10_110;       // a word into the check sum, before the reply
  localparam [4:0] ST_TOTAL = 5'b10_111;     // the check sum, after the last one
  localparam [4:0] ST_NONCE = 5'b11_000;     // these two copy
  localparam [4:0] ST_ECHO = 5'b11_001;
  localparam [4:0] ST_JUDGE = 5'b11_100;
  localparam [4:0] ST_RECALL = 5'b11_101;    // what was answered before
  localparam [4:0] ST_CHECK = 5'b11_110;
  localparam [4:0] ST_READ = 5'b11_111;
  localparam [4:0] ST_WAIT = 5'b11_010;

  reg [4:0]            state_q;
  reg [4:0]            state_d;
  reg [StatusBits-1:0] status_q;
  reg [StatusBits-1:0] status_d;
  reg [7:0]            opcode_q;
  reg [7:0]            sequence_q;
  reg [7:0]            expected_q;
  reg [CountBits-1:0]  left_q;        // payload bytes not yet taken, then words not yet read
  reg [3:0]            region_q;
  reg                  region_good_q;
  reg                  count_good_q;
  reg [23:0]           addr_q;
  reg [31:0]           data_q;        // word under way, either direction
  reg [4:0]            index_q;       // byte within the state's field
  reg                  write_q;
  reg                  booting_q;     // ST_FORGET is followed by no reply

  wire in_take = in_valid_i && in_ready_o;
  wire reply_take = reply_valid_o && reply_ready_i;
  wire word_take = host_rvalid_i && state_q == ST_WAIT;
  wire quarter_end = index_q[1:0] == 2'd3;  // of what has four bytes

  wire gives = state_q[4:3] == 2'b10;

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
  reg        in_order_q;   // of a cycle ago, as are the next two
  reg        behind_q;
  reg        forgotten_q;  // this number is the last one: in ST_FORGET they go by, one a cycle

  always @(posedge clk_i) begin
    in_order_q  <= ahead == 8'd0;
    behind_q    <= ahead[7];
    forgotten_q <= gives && ahead == ALMOST_FORGOTTEN;  // not by what was expected before
  end

  wire       fits_reply = left_q[15:6] == 10'd0 && ECHO_BYTES[left_q[5:0]];
  wire       length_good = is_identify && left_q == NONCE_BYTES ||
                           is_write && left_q[15:2] != 14'd0 ||
                           is_read && left_q == READ_BYTES || is_run ||
                           is_checksum && left_q == CHECKSUM_BYTES || is_echo && fits_reply;

  // Check: region and count when they come, the length of a write in ST_CHECK.
  wire [15:0] allowed = is_write ? WRITABLE : READABLE;
  wire words_good = is_write ? left_q[1:0] == 2'd0 : count_good_q;

  // By bytes of its own enable each, from the lowest: none, and one.
  wire [2:0] byte_none = {left_q[23:16] == 8'd0, left_q[15:8] == 8'd0, left_q[7:0] == 8'd0};
  wire left_none = byte_none == 3'b111;
  reg  none_left_q;  // one cycle later: before the next byte
  reg  one_left_q;

  always @(posedge clk_i) begin
    none_left_q <= left_none;
    one_left_q  <= byte_none[2:1] == 2'b11 && left_q[7:0] == 8'd1;
  end

  // The payload of the reply; read in the fourth cycle of ST_HEAD or later.
  wire good = status_q == OK;
  wire late = status_q == OUT_OF_ORDER || status_q == DAMAGED;
  reg  filled_q;
  reg  [5:0] length_q;

  always @(posedge clk_i) begin
    filled_q <= late || good && (is_identify || is_checksum ||
                                 (is_read || is_echo) && !left_none);
    length_q <= late ? 6'd1 : !good ? 6'd0 : is_identify ? IDENTIFY_LENGTH :
                is_checksum ? CRC_LENGTH : is_read ? {left_q[3:0], 2'd0} :
                is_echo ? left_q[5:0] : 6'd0;
  end

  always @* begin
    state_d  = state_q;
    status_d = status_q;
    case (state_q)
      ST_OPCODE: begin
        if (in_take) state_d = ST_SEQUENCE;
        if (missed_i) begin
          state_d  = ST_HEAD;
          status_d = DAMAGED;
        end
      end
      ST_SEQUENCE: if (in_take) state_d = ST_LENGTH_LOW;
      ST_LENGTH_LOW: if (in_take) state_d = ST_LENGTH_HIGH;
      ST_LENGTH_HIGH: if (in_take) state_d = ST_JUDGE;
      ST_JUDGE: begin
        state_d  = ST_DROP;
        status_d = OK;
        if (!is_identify && !in_order_q && !behind_q) begin
          status_d = OUT_OF_ORDER;
        end else if (!is_identify && behind_q && !only_asks) begin
          state_d = ST_RECALL;
        end else if (!is_known) begin
          status_d = BAD_OPCODE;
        end else if (!length_good) begin
          status_d = BAD_LENGTH;
        end else if (is_identify) begin
          state_d = ST_FORGET;
        end else if (is_echo) begin
          state_d = ST_KEEP;
        end else if (!is_run) begin
          state_d = ST_REGION;
        end else if (!left_none) begin
          state_d = ST_RUN;
        end
      end
      ST_RECALL: begin
        status_d = answer_i == OK ? DUPLICATE : answer_i;
        if (recalled_i) state_d = ST_DROP;
      end
      ST_REGION: if (in_take) state_d = ST_ADDRESS;
      ST_ADDRESS: if (in_take && quarter_end) state_d = is_write ? ST_CHECK : ST_COUNT;
      ST_COUNT: if (in_take && (is_read || quarter_end)) state_d = ST_CHECK;
      ST_CHECK: begin
        state_d = is_write ? ST_DROP : ST_KEEP;
        if (!region_good_q) status_d = BAD_REGION;
        else if (!words_good) status_d = BAD_LENGTH;
        else if (is_write && !left_none) state_d = ST_WRITE;
        else if (is_checksum) state_d = left_none ? ST_TOTAL : ST_READ;
      end
      ST_WRITE: if (in_take && one_left_q) state_d = ST_KEEP;
      ST_RUN: begin
        if (none_left_q && image_idle_i) begin
          state_d  = ST_KEEP;
          status_d = image_bad_i ? BAD_IMAGE : OK;
        end
      end
      ST_DROP: if (none_left_q) state_d = is_identify ? ST_HEAD : ST_KEEP;
      ST_KEEP: if (reply_take) state_d = ST_HEAD;
      ST_HEAD: begin
        if (reply_take && quarter_end) begin
          if (!filled_q) state_d = ST_OPCODE;
          else if (late) state_d = ST_EXPECTED;
          else if (is_identify) state_d = ST_NONCE;
          else if (is_echo) state_d = ST_ECHO;
          else if (is_checksum) state_d = ST_WORD;
          else state_d = ST_READ;
        end
      end
      ST_EXPECTED: if (reply_take) state_d = ST_OPCODE;
      ST_NONCE: if (in_take && one_left_q) state_d = ST_IDENTITY;
      ST_IDENTITY: if (reply_take && index_q == IDENTITY_LAST) state_d = ST_OPCODE;
      ST_READ: if (core_idle_i) state_d = ST_WAIT;
      ST_WAIT: if (host_rvalid_i) state_d = is_checksum ? ST_SUM : ST_WORD;
      ST_WORD: begin
        if (reply_take && quarter_end) state_d = none_left_q || is_checksum ? ST_OPCODE : ST_READ;
      end
      ST_ECHO: if (in_take && one_left_q) state_d = ST_OPCODE;
      ST_SUM: if (reply_take && quarter_end) state_d = none_left_q ? ST_TOTAL : ST_READ;
      ST_TOTAL: if (reply_take && quarter_end) state_d = ST_KEEP;
      ST_FORGET: if (reply_take && forgotten_q) state_d = booting_q ? ST_OPCODE : ST_HEAD;
      default: state_d = ST_OPCODE;
    endcase
  end

  wire copies = state_q[4:1] == ST_NONCE[4:1];

  // Which side a byte comes from or goes to. What is ready stays so until it gets a byte, and no
  // byte comes in the two cycles after another, so a cycle later is soon enough.
  reg in_ready_q;

  always @(posedge clk_i) begin
    case (state_q)
      ST_WRITE: in_ready_q <= core_idle_i;
      ST_RUN:   in_ready_q <= !none_left_q && image_ready_i;
      ST_DROP:  in_ready_q <= !none_left_q;
      ST_NONCE, ST_ECHO: in_ready_q <= reply_ready_i;
      default:  in_ready_q <= !state_q[4];
    endcase
    if (rst_i) in_ready_q <= 1'b0;
  end

  assign in_ready_o = in_ready_q;

  always @* begin
    reply_valid_o = gives || copies && in_take;
    reply_kind_o  = KIND_REPLY;
    reply_last_o  = 1'b0;
    reply_data_o  = in_data_i;
    case (state_q)
      ST_KEEP, ST_FORGET: begin
        reply_kind_o = KIND_STATUS;
        reply_data_o = {{8 - StatusBits{1'b0}}, status_q};
      end
      ST_HEAD: begin
        reply_last_o = quarter_end && !filled_q;
        case (index_q[1:0])
          2'd0: reply_data_o = opcode_q | REPLY_FLAG;
          2'd1: reply_data_o = sequence_q;
          2'd2: reply_data_o = {{8 - StatusBits{1'b0}}, status_q};
          default: reply_data_o = {2'd0, length_q};
        endcase
      end
      ST_EXPECTED: begin
        reply_last_o = 1'b1;
        reply_data_o = expected_q;
      end
      ST_ECHO: reply_last_o = one_left_q;
      ST_IDENTITY: begin
        reply_last_o = index_q == IDENTITY_LAST;
        reply_data_o = IDENTITY[8*index_q+:8];
      end
      ST_WORD: begin
        reply_last_o = quarter_end && (none_left_q || is_checksum);
        reply_data_o = data_q[7:0];
      end
      ST_SUM: begin
        reply_kind_o = KIND_SUM;
        reply_data_o = data_q[7:0];
      end
      ST_TOTAL: reply_kind_o = KIND_TOTAL;
      default: ;
    endcase
  end

  // A counter's bit takes one cell, its load too, when what is added is not the load's opposite
  // but the load: less one is plus ones while it counts, plus one is minus ones.
  wire in_field = state_q[4:3] == 2'b01 || copies;
  wire left_run = in_field || state_q == ST_WAIT;
  wire [7:0] left_less0 = left_q[7:0] + {8{left_run}};
  wire [7:0] left_less1 = left_q[15:8] + {8{left_run}};
  wire [7:0] left_less2 = left_q[23:16] + {8{left_run}};
  wire [2:0] left_due = {byte_none[1:0] == 2'b11, byte_none[0], 1'b1};  // where a step arrives
  wire [2:0] left_load = {state_q == ST_COUNT && index_q[1:0] == 2'd2,
                          state_q == ST_LENGTH_HIGH || state_q == ST_COUNT && index_q[1:0] == 2'd1,
                          state_q == ST_LENGTH_LOW || state_q == ST_COUNT && index_q[1:0] == 2'd0};
  wire [2:0] left_enable = {3{in_take}} & (left_load | {3{in_field}} & left_due)
      | {3{word_take}} & left_due;
  wire addr_load = state_q == ST_ADDRESS;
  wire [23:0] addr_more = addr_q - {24{!addr_load}};
  wire sequence_load = state_q == ST_SEQUENCE;
  wire [7:0] sequence_more = sequence_q - {8{!sequence_load}};
  wire count_take = state_q == ST_COUNT && in_take;
  wire data_shift = state_q == ST_WRITE && in_take || reply_take && (state_q == ST_WORD ||
                    state_q == ST_SUM || state_q == ST_TOTAL);
  wire [7:0] shift_in = state_q == ST_TOTAL ? reply_sum_i : in_data_i;

  always @(posedge clk_i) begin
    state_q  <= state_d;
    status_q <= status_d;

    // Position in the field. Region and address are one of four bytes; written words have no state
    // of their own and count on (modulo 4).
    if (in_take || reply_take) index_q <= index_q + 5'd1;
    if (state_q[4:3] == 2'b11 || state_q[4:1] == ST_KEEP[4:1] || state_q == ST_DROP ||
        state_q == ST_OPCODE) begin
      index_q <= 5'd0;
    end

    if (state_q == ST_OPCODE && in_take) opcode_q <= in_data_i;
    if (sequence_load && in_take || state_q == ST_FORGET && reply_take) begin
      sequence_q <= sequence_load ? in_data_i : sequence_more;
    end
    if (state_q == ST_REGION && in_take) begin
      region_q      <= in_data_i[3:0];
      region_good_q <= in_data_i[7:4] == 4'd0 && allowed[in_data_i[3:0]];
    end
    if (count_take) begin
      count_good_q <= in_data_i[7:4] == 4'd0 &&
                      (is_read ? READ_WORDS[in_data_i[3:0]] : in_data_i[3:0] == 4'd0);
    end

    if (left_enable[0]) left_q[7:0] <= left_run ? left_less0 : in_data_i;
    if (left_enable[1]) left_q[15:8] <= left_run ? left_less1 : in_data_i;
    if (left_enable[2]) left_q[23:16] <= left_run ? left_less2 : in_data_i;
    if (state_q == ST_OPCODE) left_q[23:16] <= 8'd0;

    if (addr_load && in_take || write_q || word_take) begin
      addr_q <= addr_load ? {in_data_i, addr_q[23:8]} : addr_more;
    end

    if (word_take || data_shift) begin
      data_q <= word_take ? host_rdata_i : {shift_in, data_q[31:8]};
    end

    if (state_q == ST_JUDGE && (is_identify || in_order_q)) expected_q <= sequence_q + 8'd1;
    if (state_q == ST_OPCODE) booting_q <= 1'b0;
    write_q <= state_q == ST_WRITE && in_take && quarter_end;

    if (rst_i) begin
      state_q    <= ST_FORGET;
      status_q   <= OK;
      index_q    <= 5'd0;
      sequence_q <= 8'd255;
      expected_q <= 8'd0;
      write_q    <= 1'b0;
      booting_q  <= 1'b1;
    end
  end

  assign told_o = state_q == ST_OPCODE && missed_i;

  assign number_o = sequence_q;
  assign recall_o = state_q == ST_RECALL;

  assign image_start_o = state_q == ST_JUDGE;
  assign image_valid_o = state_q == ST_RUN && in_take;
  assign image_data_o  = in_data_i;
  assign image_last_o  = one_left_q;

  assign host_write_o  = write_q;
  assign host_read_o   = state_q == ST_READ && core_idle_i;
  assign host_region_o = region_q;
  assign host_addr_o   = addr_q;
  assign host_wdata_o  = data_q;

  assign replied_o = reply_take && reply_last_o && reply_kind_o == KIND_REPLY;
  assign idle_o = state_q == ST_OPCODE && !write_q && !in_valid_i && !missed_i;
endmodule

`default_nettype wire
