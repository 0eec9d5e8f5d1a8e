// ds_image_decoder: images of a `run` request to entries of the image buffer.
// Purpose     label, flags, bytes (low, high), then runs: skip, length, values. A pixel x becomes
//             x/256, a wide value is taken as it is. A good image is committed; a malformed one
//             (runs and `bytes` disagree, the payload ends early, a value beyond the input width)
//             is forgotten with everything behind it in this payload, and bad_o stays high.
//             An image may come in parts, in one payload or more. Each but the last one is open,
//             each but the first one continued; a part that continues nothing is malformed, and
//             a new image takes the place of one that was left open.
// Latency     none from a value to its entry.   Throughput  1 byte in 2 cycles, and not more;
//             an image costs 1 cycle besides, and the wait for a free buffer.
// Format      entries Q1.15.
// Reset       waits for an image.   Golden  none (host/protocol encodes).
`default_nettype none
`include "ds_contract.vh"

module ds_image_decoder #(
    parameter Inputs = 1024  // what the image buffer holds, at most 1024
) (
    input  wire        clk_i,
    input  wire        rst_i,

    input  wire        start_i,  // before a payload: bad_o falls
    output wire        bad_o,
    output wire        idle_o,   // no image under way

    input  wire        in_valid_i,
    output wire        in_ready_o,
    input  wire [7:0]  in_data_i,
    input  wire        in_last_i,  // of the payload

    input  wire [10:0] input_width_i,

    input  wire        image_free_i,
    output wire        image_clear_o,
    output wire        image_write_o,
    output wire [9:0]  image_index_o,
    output wire [15:0] image_value_o,
    output wire        image_commit_o,
    output wire [7:0]  image_label_o
);
  localparam PIXEL_SHIFT = 7;  // x/256 in Q1.15
  localparam [11:0] CAPACITY = Inputs[11:0];
  localparam BytesBits = 11;  // an image of more bytes does not fit a payload
  localparam [7:0] WIDE_FLAG = `DS_IMAGE_WIDE_FLAG;
  localparam [7:0] CONTINUED_FLAG = `DS_IMAGE_CONTINUED_FLAG;
  localparam [7:0] OPEN_FLAG = `DS_IMAGE_OPEN_FLAG;

  localparam [BytesBits-1:0] ONE_BYTE = 1;
  localparam [BytesBits-1:0] NO_BYTES = 0;

  localparam [3:0] ST_LABEL = 4'd0;
  localparam [3:0] ST_FLAGS = 4'd1;
  localparam [3:0] ST_BYTES_LOW = 4'd2;
  localparam [3:0] ST_BYTES_HIGH = 4'd3;
  localparam [3:0] ST_FREE = 4'd4;
  localparam [3:0] ST_SKIP = 4'd5;
  localparam [3:0] ST_LENGTH = 4'd6;
  localparam [3:0] ST_VALUE_LOW = 4'd7;
  localparam [3:0] ST_VALUE_HIGH = 4'd8;
  localparam [3:0] ST_END = 4'd9;
  localparam [3:0] ST_BAD = 4'd10;
  localparam [3:0] ST_DROP = 4'd11;

  reg [3:0]  state_q;
  reg [3:0]  state_d;
  reg [7:0]  label_q;
  reg        wide_q;       // this part
  reg        continued_q;  // this part
  reg        open_q;       // this part
  reg        held_q;       // open parts are in the buffer
  reg [BytesBits-1:0] bytes_q;  // left of this image's runs
  reg [11:0] index_q;   // of the next input; stays at 2048 and above
  reg [7:0]  length_q;  // values left of this run
  reg [7:0]  low_q;     // the byte before
  reg        last_q;    // the byte before was the last one of the payload
  reg        bad_q;

  wire take = in_valid_i && in_ready_o;
  wire in_runs = state_q == ST_SKIP || state_q == ST_LENGTH || state_q == ST_VALUE_LOW ||
                 state_q == ST_VALUE_HIGH;
  wire image_end = bytes_q == ONE_BYTE;
  wire value_end = state_q == ST_VALUE_HIGH || state_q == ST_VALUE_LOW && !wide_q;
  wire run_end = value_end && length_q == 8'd1 || state_q == ST_LENGTH && in_data_i == 8'd0;
  wire skip = state_q == ST_SKIP;
  wire [7:0] index_step = skip ? in_data_i : 8'd1;
  reg  outside_q;  // what index_q was a cycle ago; no byte comes in the cycle after another
  wire too_long = in_data_i[7:BytesBits-8] != {16 - BytesBits{1'b0}};
  wire low_none = bytes_q[7:0] == 8'd0;
  wire no_bytes = in_data_i == 8'd0 && low_none;

  // Less one; written so that a bit of a counter takes one cell, its load too.
  wire [7:0]           low_less = bytes_q[7:0] + {8{in_runs}};
  wire [BytesBits-9:0] high_less = bytes_q[BytesBits-1:8] + {BytesBits - 8{in_runs}};
  wire [7:0]           length_less = length_q + {8{value_end}};

  wire abandon = state_q == ST_FREE && image_free_i && held_q && !continued_q;

  assign in_ready_o = state_q != ST_FREE && state_q != ST_END && state_q != ST_BAD;

  always @* begin
    state_d = state_q;
    case (state_q)
      ST_LABEL: if (take) state_d = in_last_i ? ST_BAD : ST_FLAGS;
      ST_FLAGS: if (take) state_d = in_last_i ? ST_BAD : ST_BYTES_LOW;
      ST_BYTES_LOW: if (take) state_d = in_last_i ? ST_BAD : ST_BYTES_HIGH;
      ST_BYTES_HIGH: if (take) state_d = too_long || in_last_i && !no_bytes ? ST_BAD : ST_FREE;
      ST_FREE: begin
        if (continued_q && !held_q) state_d = ST_BAD;
        else if (image_free_i) state_d = bytes_q == NO_BYTES ? ST_END : ST_SKIP;
      end
      ST_SKIP: if (take) state_d = ST_LENGTH;
      ST_LENGTH: if (take) state_d = run_end ? ST_SKIP : ST_VALUE_LOW;
      ST_VALUE_LOW: if (take) state_d = wide_q ? ST_VALUE_HIGH : run_end ? ST_SKIP : ST_VALUE_LOW;
      ST_VALUE_HIGH: if (take) state_d = run_end ? ST_SKIP : ST_VALUE_LOW;
      ST_BAD: state_d = last_q ? ST_LABEL : ST_DROP;
      ST_DROP: if (take && in_last_i) state_d = ST_LABEL;
      default: state_d = ST_LABEL;
    endcase
    if (in_runs && take) begin
      if (image_end && run_end) state_d = ST_END;
      if (image_end && !run_end) state_d = ST_BAD;
      if (in_last_i && !image_end) state_d = ST_BAD;
      if (value_end && outside_q) state_d = ST_BAD;
    end
  end

  always @(posedge clk_i) begin
    state_q   <= state_d;
    outside_q <= index_q >= {1'b0, input_width_i} || index_q >= CAPACITY;
    if (take) begin
      low_q  <= in_data_i;
      last_q <= in_last_i;
      case (state_q)
        ST_LABEL: label_q <= in_data_i;
        ST_FLAGS: begin
          wide_q      <= (in_data_i & WIDE_FLAG) != 8'd0;
          continued_q <= (in_data_i & CONTINUED_FLAG) != 8'd0;
          open_q      <= (in_data_i & OPEN_FLAG) != 8'd0;
          if ((in_data_i & CONTINUED_FLAG) == 8'd0) index_q <= 12'd0;
        end
        default: ;
      endcase
      if (value_end || skip && !index_q[11]) index_q <= index_q + {4'd0, index_step};
      if (in_runs || state_q == ST_BYTES_LOW) begin
        bytes_q[7:0] <= in_runs ? low_less : in_data_i;
      end
      if (in_runs && low_none || state_q == ST_BYTES_HIGH) begin
        bytes_q[BytesBits-1:8] <= in_runs ? high_less : in_data_i[BytesBits-9:0];
      end
      if (value_end || state_q == ST_LENGTH) length_q <= value_end ? length_less : in_data_i;
    end
    if (start_i) bad_q <= 1'b0;
    if (state_q == ST_BAD) bad_q <= 1'b1;
    if (state_q == ST_END) held_q <= open_q;
    if (state_q == ST_BAD) held_q <= 1'b0;
    if (rst_i) begin
      state_q <= ST_LABEL;
      held_q  <= 1'b0;
    end
  end

  assign bad_o          = bad_q;
  assign idle_o         = state_q == ST_LABEL;
  assign image_clear_o  = state_q == ST_BAD || abandon;
  assign image_write_o  = take && value_end && !outside_q;
  assign image_index_o  = index_q[9:0];
  assign image_value_o  = wide_q ? {in_data_i, low_q} : {1'b0, in_data_i, {PIXEL_SHIFT{1'b0}}};
  assign image_commit_o = state_q == ST_END && !open_q;
  assign image_label_o  = label_q;
endmodule

`default_nettype wire
