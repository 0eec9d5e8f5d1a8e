// ds_command_decoder: good frames to accesses, images and replies.
// Purpose     keeps the sequence rule. A frame with the expected number is executed and the next
//             one expected, also when its opcode, length or region is refused. `identify` sets the
//             expected number. One up to 128 behind was executed before: a read is executed
//             again, anything else answers `duplicate`. One ahead answers `outOfOrder`.
//             Every frame has exactly one reply. Accesses wait until the core is idle.
// Latency     5 cycles from the first byte of a frame to its judgement, 10 to the first byte of a
//             write's words. A strobe comes one cycle after the last byte of its word.
// Throughput  1 payload byte/cycle in; a read costs 5 cycles a word and the core's latency.
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

    output wire        idle_o          // between two frames
);
  localparam [8*`DS_IDENTITY_BYTES-1:0] IDENTITY = `DS_IDENTITY;
  localparam [5:0] IDENTITY_LAST = `DS_IDENTITY_BYTES - 1;
  localparam [15:0] NONCE_BYTES = 16'd4;
  localparam [15:0] WRITE_HEAD_BYTES = 16'd4;  // region and address
  localparam [15:0] READ_BYTES = 16'd5;        // region, address, count
  localparam [7:0] READ_WORDS = `DS_MAX_READ_WORDS;
  localparam [7:0] REPLY_FLAG = `DS_REPLY_FLAG;
  localparam [7:0] IDENTIFY_LENGTH = `DS_IDENTITY_BYTES + 4;

  localparam [15:0] WRITABLE = 16'd1 << `DS_REGION_REGISTERS | 16'd1 << `DS_REGION_LAYER_TABLE |
                               16'd1 << `DS_REGION_WEIGHTS | 16'd1 << `DS_REGION_BIASES;
  localparam [15:0] READABLE = 16'd1 << `DS_REGION_REGISTERS | 16'd1 << `DS_REGION_WEIGHTS |
                               16'd1 << `DS_REGION_BIASES | 16'd1 << `DS_REGION_RECORDS |
                               16'd1 << `DS_REGION_DELTA_SUMS |
                               16'd1 << `DS_REGION_SUM_EXPONENTS | 16'd1 << `DS_REGION_Z |
                               16'd1 << `DS_REGION_ACTIVATIONS | 16'd1 << `DS_REGION_SLOPES |
                               16'd1 << `DS_REGION_DELTAS;

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
  localparam [4:0] ST_EXPECTED = 5'd13;  // the reply's payload, one of four
  localparam [4:0] ST_NONCE = 5'd14;
  localparam [4:0] ST_IDENTITY = 5'd15;
  localparam [4:0] ST_READ = 5'd16;
  localparam [4:0] ST_WAIT = 5'd17;
  localparam [4:0] ST_WORD = 5'd18;

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
  reg [7:0]  count_q;   // words not yet read
  reg [31:0] data_q;    // word under way, either direction
  reg [5:0]  index_q;   // byte within the state's field
  reg        write_q;

  wire in_take = in_valid_i && in_ready_o;
  wire reply_take = reply_valid_o && reply_ready_i;
  wire in_header = state_q == ST_OPCODE || state_q == ST_SEQUENCE || state_q == ST_LENGTH_LOW ||
                   state_q == ST_LENGTH_HIGH;

  // Judgement, in ST_JUDGE: left_q is the length of the whole payload.
  wire       is_identify = opcode_q == `DS_OPCODE_IDENTIFY;
  wire       is_write = opcode_q == `DS_OPCODE_WRITE;
  wire       is_read = opcode_q == `DS_OPCODE_READ;
  wire       is_run = opcode_q == `DS_OPCODE_RUN;
  wire [7:0] ahead = sequence_q - expected_q;
  wire       in_order = ahead == 8'd0;
  wire       behind = ahead[7];
  wire       length_good = is_identify && left_q == NONCE_BYTES ||
                           is_write && left_q >= WRITE_HEAD_BYTES ||
                           is_read && left_q == READ_BYTES || is_run;

  // Check, in ST_CHECK: left_q is what follows region, address and count.
  wire [15:0] allowed = is_write ? WRITABLE : READABLE;
  wire region_good = region_q[7:4] == 4'd0 && allowed[region_q[3:0]];
  wire half_words = region_q == `DS_REGION_WEIGHTS;
  wire words_good = is_write ? !left_q[0] && (half_words || !left_q[1]) : count_q <= READ_WORDS;

  wire word_end = half_words ? index_q[0] : index_q[1:0] == 2'd3;  // last byte of a written word
  wire left_one = left_q == 16'd1;
  wire left_none = left_q == 16'd0;
  wire [7:0] reply_length = status_q == `DS_STATUS_OUT_OF_ORDER ? 8'd1 :
                            status_q != `DS_STATUS_OK ? 8'd0 :
                            is_identify ? IDENTIFY_LENGTH :
                            is_read ? {count_q[5:0], 2'd0} : 8'd0;

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
        if (!is_identify && !in_order && !(behind && is_read)) begin
          status_d = behind ? `DS_STATUS_DUPLICATE : `DS_STATUS_OUT_OF_ORDER;
        end else if (!is_identify && !is_write && !is_read && !is_run) begin
          status_d = `DS_STATUS_BAD_OPCODE;
        end else if (!length_good) begin
          status_d = `DS_STATUS_BAD_LENGTH;
        end else if (is_identify) begin
          state_d = ST_HEAD;
        end else if (!is_run) begin
          state_d = ST_REGION;
        end else if (!left_none) begin
          state_d = ST_RUN;
        end
      end
      ST_REGION: if (in_take) state_d = ST_ADDRESS;
      ST_ADDRESS: if (in_take && index_q == 6'd2) state_d = is_read ? ST_COUNT : ST_CHECK;
      ST_COUNT: if (in_take) state_d = ST_CHECK;
      ST_CHECK: begin
        state_d = ST_DROP;
        if (!region_good) status_d = `DS_STATUS_BAD_REGION;
        else if (!words_good) status_d = `DS_STATUS_BAD_LENGTH;
        else if (is_write && !left_none) state_d = ST_WRITE;
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
          else state_d = ST_READ;
        end
      end
      ST_EXPECTED: if (reply_take) state_d = ST_OPCODE;
      ST_NONCE: if (in_take && left_one) state_d = ST_IDENTITY;
      ST_IDENTITY: if (reply_take && index_q == IDENTITY_LAST) state_d = ST_OPCODE;
      ST_READ: if (core_idle_i) state_d = ST_WAIT;
      ST_WAIT: if (host_rvalid_i) state_d = ST_WORD;
      ST_WORD: begin
        if (reply_take && index_q == 6'd3) state_d = count_q == 8'd0 ? ST_OPCODE : ST_READ;
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
      ST_NONCE: in_ready_o = reply_ready_i;
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
      ST_IDENTITY: begin
        reply_valid_o = 1'b1;
        reply_last_o  = index_q == IDENTITY_LAST;
        reply_data_o  = IDENTITY[8*index_q[4:0]+:8];
      end
      ST_WORD: begin
        reply_valid_o = 1'b1;
        reply_last_o  = index_q == 6'd3 && count_q == 8'd0;
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
    else if (in_take || reply_take) index_q <= index_q + 6'd1;

    if (in_take) begin
      case (state_q)
        ST_OPCODE: opcode_q <= in_data_i;
        ST_SEQUENCE: sequence_q <= in_data_i;
        ST_LENGTH_LOW: left_q[7:0] <= in_data_i;
        ST_LENGTH_HIGH: left_q[15:8] <= in_data_i;
        ST_REGION: region_q <= in_data_i;
        ST_ADDRESS: addr_q <= {in_data_i, addr_q[23:8]};
        ST_COUNT: count_q <= in_data_i;
        default: ;
      endcase
      if (!in_header) left_q <= left_q - 16'd1;
      if (state_q == ST_WRITE) data_q <= {in_data_i, data_q[31:8]};
    end

    if (state_q == ST_JUDGE && (is_identify || in_order)) expected_q <= sequence_q + 8'd1;

    write_q <= state_q == ST_WRITE && in_take && word_end;
    if (write_q) addr_q <= addr_q + 24'd1;

    if (state_q == ST_WAIT && host_rvalid_i) begin
      data_q  <= host_rdata_i;
      addr_q  <= addr_q + 24'd1;
      count_q <= count_q - 8'd1;
    end
    if (state_q == ST_WORD && reply_take) data_q <= {8'd0, data_q[31:8]};

    if (rst_i) begin
      state_q    <= ST_OPCODE;
      index_q    <= 6'd0;
      expected_q <= 8'd0;
      write_q    <= 1'b0;
    end
  end

  assign image_start_o = state_q == ST_JUDGE;
  assign image_valid_o = state_q == ST_RUN && !left_none && in_valid_i;
  assign image_data_o  = in_data_i;
  assign image_last_o  = left_one;

  assign host_write_o  = write_q;
  assign host_read_o   = state_q == ST_READ && core_idle_i;
  assign host_region_o = region_q;
  assign host_addr_o   = addr_q;
  assign host_wdata_o  = half_words ? {{16{data_q[31]}}, data_q[31:16]} : data_q;

  assign idle_o = state_q == ST_OPCODE && !write_q && !in_valid_i;
endmodule

`default_nettype wire
