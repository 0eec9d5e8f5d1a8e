// ds_cobs_decoder: COBS byte stream to bytes and ends of frames.
// Purpose     a byte 0x00 always ends the frame and realigns, whatever came before. Each item out
//             is a byte of the frame, or, with out_last_o, the end of it (then no byte).
//             out_error_o with out_last_o: the 0x00 came in the middle of a block. An empty frame
//             (0x00 after 0x00 or after reset) gives no item.
// Latency     1 cycle.   Throughput  1 byte/cycle; in_ready_o is combinational from out_ready_i.
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

  reg  [7:0] left_q;     // bytes left in this block
  reg        zero_q;     // the next block, if there is one, begins with a zero
  reg        started_q;  // some byte since the last delimiter

  wire       take = in_valid_i && in_ready_o;
  wire       delimiter = in_data_i == DELIMITER;
  wire       code = left_q == 8'd0;
  wire       item_valid = delimiter ? started_q : !code || zero_q;
  wire       item_error = left_q != 8'd0;
  wire [7:0] item_data = code ? 8'd0 : in_data_i;

  always @(posedge clk_i) begin
    if (take) begin
      if (delimiter) begin
        left_q    <= 8'd0;
        zero_q    <= 1'b0;
        started_q <= 1'b0;
      end else begin
        started_q <= 1'b1;
        if (code) begin
          left_q <= in_data_i - 8'd1;
          zero_q <= in_data_i != FULL_BLOCK;
        end else begin
          left_q <= left_q - 8'd1;
        end
      end
    end
    if (rst_i) begin
      left_q    <= 8'd0;
      zero_q    <= 1'b0;
      started_q <= 1'b0;
    end
  end

  ds_stream_reg #(
      .Width(10)
  ) u_output (
      .clk_i      (clk_i),
      .rst_i      (rst_i),
      .in_valid_i (in_valid_i && item_valid),
      .in_ready_o (in_ready_o),
      .in_data_i  ({delimiter, item_error, item_data}),
      .out_valid_o(out_valid_o),
      .out_ready_i(out_ready_i),
      .out_data_o ({out_last_o, out_error_o, out_data_o})
  );
endmodule

`default_nettype wire
