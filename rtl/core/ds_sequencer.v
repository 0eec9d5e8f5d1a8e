// ds_sequencer: the order of the phases of one image.
// Purpose     forward layer by layer, output error, backward layer by layer, record. With a given
//             delta, the layers from inject_layer_i on take no part in the backward pass. In
//             training a layer's delta updates the weights before it goes further down.
// Latency     none of its own beyond one cycle a phase; see docs/architecture.md for the sum.
// Throughput  one image at a time.
// Format      none.
// Reset       the state.   Golden  none: golden/fixed/network.ts follows the mathematics.
`default_nettype none
module ds_sequencer #(
    parameter LayerBits = 7  // [bits], log2(layers)
) (
    input  wire                 clk_i,
    input  wire                 rst_i,

    input  wire [  LayerBits:0] layer_count_i,
    input  wire [  LayerBits:0] inject_layer_i,  // l of the given delta, 0: none
    input  wire                 train_i,
    input  wire                 image_ready_i,
    output wire                 image_start_o,
    output wire                 image_done_o,     // write the header
    input  wire                 record_busy_i,    // still writes something else
    input  wire                 image_written_i,
    output wire                 idle_o,

    output reg  [LayerBits-1:0] layer_o,          // in work; the table holds its entry
    output wire                 layer_is_first_o,
    output wire                 layer_is_last_o,
    output wire                 table_load_o,
    input  wire                 table_valid_i,

    output wire                 forward_start_o,  // rows, drain and units of this layer
    output wire                 forward_o,
    input  wire                 units_done_i,
    output wire                 forward_done_o,

    output wire                 collect_start_o,   // elements of delta will come: of this layer
    output wire                 collect_output_o,  // in the forward pass, else of the one before
    output wire                 collect_inject_o,  // not from the array: given, or zero
    output wire                 collect_given_o,
    input  wire                 collected_i,
    output wire                 align_start_o,
    output wire                 align_o,
    input  wire                 delta_last_i,
    input  wire                 norm_done_i,
    output wire                 update_start_o,    // of the weights into this layer
    input  wire                 update_done_i,
    output wire                 backward_start_o   // rows of this layer, towards the one before
);
  localparam [3:0] ST_IDLE = 4'd0;
  localparam [3:0] ST_FORWARD_LOAD = 4'd1;
  localparam [3:0] ST_FORWARD = 4'd2;
  localparam [3:0] ST_COLLECT = 4'd3;
  localparam [3:0] ST_ALIGN = 4'd4;
  localparam [3:0] ST_NORM = 4'd5;
  localparam [3:0] ST_HEADER_WAIT = 4'd6;
  localparam [3:0] ST_HEADER = 4'd7;
  localparam [3:0] ST_UPDATE = 4'd8;
  localparam [LayerBits-1:0] ONE = 1;

  reg [3:0] state_q, state_d;
  reg [LayerBits-1:0] layer_d;
  assign layer_is_first_o = layer_o == {LayerBits{1'b0}};
  assign layer_is_last_o = {1'b0, layer_o} + {1'b0, ONE} == layer_count_i;
  assign idle_o = state_q == ST_IDLE && !image_ready_i;
  assign forward_o = state_q == ST_FORWARD_LOAD || state_q == ST_FORWARD;

  assign image_start_o = state_q == ST_IDLE && image_ready_i;
  assign forward_start_o = state_q == ST_FORWARD_LOAD && table_valid_i;
  assign forward_done_o = state_q == ST_FORWARD && units_done_i;
  // Delta waits for the record of the layer before it, which its norm would overwrite.
  wire collected = collected_i && table_valid_i && !record_busy_i;
  assign align_start_o = state_q == ST_COLLECT && collected;
  wire aligned = state_q == ST_ALIGN && delta_last_i && !layer_is_first_o;
  wire updated = state_q == ST_UPDATE && update_done_i && !layer_is_first_o;
  wire descend = train_i ? updated : aligned;
  assign update_start_o = train_i && (aligned || (state_q == ST_NORM && norm_done_i));
  // Number of the layer whose elements come: layers are counted from 1 in inject_layer_i.
  wire [LayerBits:0] collected_layer = descend ? {1'b0, layer_o} : layer_count_i;
  assign collect_output_o = forward_start_o && layer_is_last_o;
  assign collect_start_o = collect_output_o || descend;
  assign collect_inject_o = inject_layer_i != {(LayerBits + 1) {1'b0}}
      && collected_layer >= inject_layer_i;
  assign collect_given_o = collected_layer == inject_layer_i;
  assign backward_start_o = descend && !collect_inject_o;
  assign align_o = state_q == ST_ALIGN || state_q == ST_NORM;
  assign image_done_o = state_q == ST_HEADER_WAIT && !record_busy_i;
  assign table_load_o = image_start_o || (forward_done_o && !layer_is_last_o) || descend;

  always @(*) begin
    state_d = state_q;
    layer_d = layer_o;
    case (state_q)
      ST_IDLE:
      if (image_ready_i) begin
        state_d = ST_FORWARD_LOAD;
        layer_d = {LayerBits{1'b0}};
      end
      ST_FORWARD_LOAD: if (table_valid_i) state_d = ST_FORWARD;
      ST_FORWARD:
      if (units_done_i) begin
        if (layer_is_last_o) state_d = ST_COLLECT;
        else begin
          state_d = ST_FORWARD_LOAD;
          layer_d = layer_o + ONE;
        end
      end
      ST_COLLECT: if (collected) state_d = ST_ALIGN;
      ST_ALIGN:
      if (delta_last_i) begin
        if (layer_is_first_o) state_d = ST_NORM;
        else if (train_i) state_d = ST_UPDATE;
        else begin
          state_d = ST_COLLECT;
          layer_d = layer_o - ONE;
        end
      end
      ST_NORM: if (norm_done_i) state_d = train_i ? ST_UPDATE : ST_HEADER_WAIT;
      ST_UPDATE:
      if (update_done_i) begin
        if (layer_is_first_o) state_d = ST_HEADER_WAIT;
        else begin
          state_d = ST_COLLECT;
          layer_d = layer_o - ONE;
        end
      end
      ST_HEADER_WAIT: if (!record_busy_i) state_d = ST_HEADER;
      ST_HEADER: if (image_written_i) state_d = ST_IDLE;
      default: state_d = ST_IDLE;
    endcase
  end

  always @(posedge clk_i) begin
    state_q <= state_d;
    layer_o <= layer_d;
    if (rst_i) begin
      state_q <= ST_IDLE;
      layer_o <= {LayerBits{1'b0}};
    end
  end
endmodule
`default_nettype wire
