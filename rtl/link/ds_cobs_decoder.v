// ds_cobs_decoder: COBS byte stream to bytes and ends of frames.
// Purpose     a byte 0x00 always ends the frame and realigns, whatever came before. Each item out
//             is a byte of the frame, or, with out_last_o, the end of it (then no byte).
//             out_error_o with out_last_o: the 0x00 came in the middle of a block. An empty frame
//             (0x00 after 0x00 or after reset) gives no item.
// Latency     none: valid, data and ready are combinational.   Throughput  1 byte/cycle.
// Format      bytes.
// Reset       waits for a frame.   Golden  none (host/protocol encodes).
`default_nettype none

module ds_cobs_decoder (
    input  wire       clk_i,
    input  wire       rst_i,

    input  wire       in_valid_i,
    output wire       in_ready_o,
    input  wire [7:0] in_data_i,

    output wire       out_valid_o,
    input  wire       out_ready_i,
    output wire [7:0] out_data_o,
    output wire       out_last_o,
    output wire       out_error_o
);
  localparam [7:0] DELIMITER = 8'h00;
  localparam [7:0] FULL_BLOCK = 8'hFF;  // 254 bytes, and no zero after them
  localparam [7:0] CODE = 8'd1;

  reg  [7:0] left_q;     // bytes to the next code; 1: this is it
  reg        zero_q;     // the next block, if there is one, begins with a zero
  reg        started_q;  // some byte since the last delimiter

  wire       take = in_valid_i && in_ready_o;
  wire       delimiter = in_data_i == DELIMITER;
  wire       in_block = left_q != CODE;
  wire [7:0] less = left_q + {8{in_block}};  // less one; so a bit takes one cell, the load too

  assign in_ready_o  = out_ready_i;
  assign out_valid_o = in_valid_i && (delimiter ? started_q : in_block || zero_q);
  assign out_data_o  = in_block ? in_data_i : 8'd0;
  assign out_last_o  = delimiter;
  assign out_error_o = in_block;

  always @(posedge clk_i) begin
    if (take) begin
      left_q    <= in_block ? less : in_data_i;
      started_q <= 1'b1;
      if (!in_block) zero_q <= in_data_i != FULL_BLOCK;
    end
    if (take && delimiter || rst_i) begin
      left_q    <= CODE;
      zero_q    <= 1'b0;
      started_q <= 1'b0;
    end
  end
endmodule

`default_nettype wire
