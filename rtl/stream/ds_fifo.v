// ds_fifo: small first-in first-out store in registers, read without latency.
// Purpose     decouple two streams; no combinational path between its two sides.
// Latency     1 cycle.   Throughput  1 word/cycle.
// Format      opaque. Depth is a power of two, 2 or more.
// Reset       pointers only.   Golden  none.
`default_nettype none

module ds_fifo #(
    parameter Width = 8,  // [bits]
    parameter Depth = 4   // [words], a power of two
) (
    input  wire                   clk_i,
    input  wire                   rst_i,

    input  wire                   in_valid_i,
    output wire                   in_ready_o,
    input  wire [Width-1:0]       in_data_i,

    output wire                   out_valid_o,
    input  wire                   out_ready_i,
    output wire [Width-1:0]       out_data_o,

    output wire [$clog2(Depth):0] count_o       // words held
);
  localparam AddressBits = $clog2(Depth);
  localparam [AddressBits:0] ONE = 1;
  localparam [AddressBits:0] FULL = Depth[AddressBits:0];

  reg [Width-1:0] memory_q [0:Depth-1];
  reg [AddressBits:0] write_q;
  reg [AddressBits:0] read_q;

  wire in_take = in_valid_i && in_ready_o;
  wire out_take = out_valid_o && out_ready_i;

  assign count_o = write_q - read_q;
  assign in_ready_o = count_o != FULL;
  assign out_valid_o = write_q != read_q;
  assign out_data_o = memory_q[read_q[AddressBits-1:0]];

  always @(posedge clk_i) begin
    if (in_take) begin
      memory_q[write_q[AddressBits-1:0]] <= in_data_i;
      write_q <= write_q + ONE;
    end
    if (out_take) read_q <= read_q + ONE;
    if (rst_i) begin
      write_q <= {AddressBits + 1{1'b0}};
      read_q  <= {AddressBits + 1{1'b0}};
    end
  end
endmodule

`default_nettype wire
