// ds_ram_reader: turn the read port of a memory of latency 2 into a valid/ready stream.
// Purpose     the owner of the address counts up by one whenever `take_o` is high: that word is
//             read now, and leaves the stream later. A small FIFO holds the words under way.
// Latency     3 cycles from take_o to out_valid_o.   Throughput  1 word/cycle.
// Format      opaque.
// Reset       what is under way is forgotten.   Golden  none.
`default_nettype none

module ds_ram_reader #(
    parameter Width = 8  // [bits]
) (
    input  wire             clk_i,
    input  wire             rst_i,

    input  wire             available_i,  // the memory holds a word at the owner's address
    output wire             take_o,       // it is read in this cycle
    input  wire [Width-1:0] rdata_i,      // from the memory, two cycles after its take_o

    output wire             out_valid_o,
    input  wire             out_ready_i,
    output wire [Width-1:0] out_data_o,

    output wire             empty_o       // no word under way
);
  localparam Depth = 4;  // three cycles of latency, and one word leaving
  localparam [2:0] LIMIT = Depth;

  reg        take_q;
  reg        take_q2;
  wire [2:0] held;
  wire       fifo_ready;

  wire [2:0] under_way = held + {2'd0, take_q} + {2'd0, take_q2};

  assign take_o  = available_i && under_way < LIMIT;
  assign empty_o = under_way == 3'd0;

  always @(posedge clk_i) begin
    take_q  <= take_o;
    take_q2 <= take_q;
    if (rst_i) begin
      take_q  <= 1'b0;
      take_q2 <= 1'b0;
    end
  end

  ds_fifo #(
      .Width(Width),
      .Depth(Depth)
  ) u_fifo (
      .clk_i      (clk_i),
      .rst_i      (rst_i),
      .in_valid_i (take_q2),
      .in_ready_o (fifo_ready),
      .in_data_i  (rdata_i),
      .out_valid_o(out_valid_o),
      .out_ready_i(out_ready_i),
      .out_data_o (out_data_o),
      .count_o    (held)
  );

  // Never full when a word arrives: take_o leaves room for what is under way.
  wire unused = &{1'b0, fifo_ready};
endmodule

`default_nettype wire
