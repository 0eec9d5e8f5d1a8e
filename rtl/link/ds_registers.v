// ds_registers: the registers of the contract.
// Purpose     settings of the core and of the line, and counters for the host.
// Latency     1 cycle from addr_i to rdata_o and from write_i to a setting; none to the strobes.
//             addr_i is steady from the cycle before write_i on.
// Throughput  1 access/cycle.
// Format      low bits of a word, unsigned but for the exponent. What cannot be read, settings
//             among it, reads as anything; writes to what cannot be written are ignored.
// Reset       one layer of one input, cross-entropy, no injection.   Golden  none.
`default_nettype none
`include "ds_contract.vh"

module ds_registers (
    input  wire        clk_i,
    input  wire        rst_i,

    input  wire        write_i,
    input  wire [23:0] addr_i,
    /* verilator lint_off UNUSEDSIGNAL */  // no register is wider than 16 bits
    input  wire [31:0] wdata_i,
    /* verilator lint_on UNUSEDSIGNAL */
    output reg  [31:0] rdata_o,

    output reg  [7:0]  layer_count_o,
    output reg  [10:0] input_width_o,
    output reg         cost_o,
    output wire        begin_batch_o,     // strobe
    output reg  [7:0]  inject_layer_o,
    output reg  [15:0] inject_exponent_o,
    output reg         observe_o,
    output reg         blink_o,
    output wire        divisor_write_o,   // strobe, with wdata_i

    input  wire [15:0] divisor_i,         // in use
    input  wire [31:0] images_i,
    input  wire [15:0] accepted_i,
    input  wire [15:0] discarded_i
);
  wire [7:0] address = addr_i[7:0];
  reg        known_q;  // the rest of the address is 0
  wire       write = write_i && known_q;

  always @(posedge clk_i) known_q <= addr_i[23:8] == 16'd0;

  assign begin_batch_o   = write && address == `DS_REGISTER_BEGIN_BATCH;
  assign divisor_write_o = write && address == `DS_REGISTER_BAUD_DIVISOR;

  always @(posedge clk_i) begin
    if (write) begin
      case (address)
        `DS_REGISTER_LAYER_COUNT: layer_count_o <= wdata_i[7:0];
        `DS_REGISTER_INPUT_WIDTH: input_width_o <= wdata_i[10:0];
        `DS_REGISTER_COST: cost_o <= wdata_i[0];
        `DS_REGISTER_INJECT_LAYER: inject_layer_o <= wdata_i[7:0];
        `DS_REGISTER_INJECT_EXPONENT: inject_exponent_o <= wdata_i[15:0];
        `DS_REGISTER_OBSERVE: observe_o <= wdata_i[0];
        `DS_REGISTER_BLINK: blink_o <= wdata_i[0];
        default: ;
      endcase
    end
    if (rst_i) begin
      layer_count_o     <= 8'd1;
      input_width_o     <= 11'd1;
      cost_o            <= `DS_COST_CROSS_ENTROPY;
      inject_layer_o    <= 8'd0;
      inject_exponent_o <= 16'd0;
      observe_o         <= 1'b0;
      blink_o           <= 1'b0;
    end
  end

  // Which word, two bits; registered, or the synthesis would decode the address for each bit.
  wire at_divisor = address == `DS_REGISTER_BAUD_DIVISOR;
  wire at_accepted = address == `DS_REGISTER_FRAMES_ACCEPTED;
  wire at_discarded = address == `DS_REGISTER_FRAMES_DISCARDED;
  reg [1:0] choice_q;

  always @(posedge clk_i) choice_q <= {at_divisor || at_discarded, at_divisor || at_accepted};

  always @* begin
    case (choice_q)
      2'd0: rdata_o = images_i;
      2'd1: rdata_o = {16'd0, accepted_i};
      2'd2: rdata_o = {16'd0, discarded_i};
      default: rdata_o = {16'd0, divisor_i};
    endcase
  end
endmodule

`default_nettype wire
