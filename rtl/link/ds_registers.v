// ds_registers: the registers of the contract.
// Purpose     settings of the core and of the line, and counters for the host.
// Latency     1 cycle from read_i to rvalid_o and from write_i to the setting.
// Throughput  1 access/cycle.
// Format      low bits of a word, unsigned but for the exponent. Unknown addresses read 0 and
//             ignore writes. A divisor of more than 16 bits counts as 0.
// Reset       one layer of one input, cross-entropy, no injection.   Golden  none.
`default_nettype none
`include "ds_contract.vh"

module ds_registers (
    input  wire        clk_i,
    input  wire        rst_i,

    input  wire        write_i,
    input  wire        read_i,
    input  wire [23:0] addr_i,
    input  wire [31:0] wdata_i,
    output reg  [31:0] rdata_o,
    output reg         rvalid_o,

    output reg  [7:0]  layer_count_o,
    output reg  [10:0] input_width_o,
    output reg         cost_o,
    output reg         begin_batch_o,     // strobe
    output reg  [7:0]  inject_layer_o,
    output reg  [15:0] inject_exponent_o,
    output reg         divisor_write_o,   // strobe
    output reg  [15:0] divisor_o,         // with it

    input  wire [15:0] divisor_i,         // in use
    input  wire [31:0] images_i,
    input  wire [31:0] accepted_i,
    input  wire [31:0] discarded_i
);
  wire [7:0] address = addr_i[7:0];
  wire       known = addr_i[23:8] == 16'd0;

  always @(posedge clk_i) begin
    begin_batch_o   <= 1'b0;
    divisor_write_o <= 1'b0;
    divisor_o       <= wdata_i[31:16] == 16'd0 ? wdata_i[15:0] : 16'd0;
    if (write_i && known) begin
      case (address)
        `DS_REGISTER_LAYER_COUNT: layer_count_o <= wdata_i[7:0];
        `DS_REGISTER_INPUT_WIDTH: input_width_o <= wdata_i[10:0];
        `DS_REGISTER_COST: cost_o <= wdata_i[0];
        `DS_REGISTER_BEGIN_BATCH: begin_batch_o <= 1'b1;
        `DS_REGISTER_INJECT_LAYER: inject_layer_o <= wdata_i[7:0];
        `DS_REGISTER_INJECT_EXPONENT: inject_exponent_o <= wdata_i[15:0];
        `DS_REGISTER_BAUD_DIVISOR: divisor_write_o <= 1'b1;
        default: ;
      endcase
    end
    if (rst_i) begin
      layer_count_o     <= 8'd1;
      input_width_o     <= 11'd1;
      cost_o            <= `DS_COST_CROSS_ENTROPY;
      begin_batch_o     <= 1'b0;
      inject_layer_o    <= 8'd0;
      inject_exponent_o <= 16'd0;
      divisor_write_o   <= 1'b0;
    end
  end

  always @(posedge clk_i) begin
    rvalid_o <= read_i;
    rdata_o  <= 32'd0;
    if (known) begin
      case (address)
        `DS_REGISTER_LAYER_COUNT: rdata_o <= {24'd0, layer_count_o};
        `DS_REGISTER_INPUT_WIDTH: rdata_o <= {21'd0, input_width_o};
        `DS_REGISTER_COST: rdata_o <= {31'd0, cost_o};
        `DS_REGISTER_INJECT_LAYER: rdata_o <= {24'd0, inject_layer_o};
        `DS_REGISTER_INJECT_EXPONENT: rdata_o <= {{16{inject_exponent_o[15]}}, inject_exponent_o};
        `DS_REGISTER_BAUD_DIVISOR: rdata_o <= {16'd0, divisor_i};
        `DS_REGISTER_IMAGES: rdata_o <= images_i;
        `DS_REGISTER_FRAMES_ACCEPTED: rdata_o <= accepted_i;
        `DS_REGISTER_FRAMES_DISCARDED: rdata_o <= discarded_i;
        default: ;
      endcase
    end
    if (rst_i) rvalid_o <= 1'b0;
  end
endmodule

`default_nettype wire
