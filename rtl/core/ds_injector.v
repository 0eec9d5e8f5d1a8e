// ds_injector: delta given by the host instead of coming from the layer above.
// Purpose     a one-hot delta reads out a row of the Jacobian; layers above get zeros.
// Latency     3 cycles from start_i to the first element.   Throughput  1 element/cycle.
// Format      signed mantissas, opaque here.
// Reset       the counter and valid flags.   Golden  golden/fixed/network.ts#sourceElements.
`default_nettype none
module ds_injector #(
    parameter MaxWidth  = 256,  // [neurons]
    parameter IndexBits = 8,    // [bits], log2(MaxWidth)
    parameter DeltaBits = 16    // [bits]
) (
    input  wire                 clk_i,
    input  wire                 rst_i,

    input  wire                 write_valid_i,  // while nothing is in work
    input  wire [IndexBits-1:0] write_addr_i,
    input  wire [DeltaBits-1:0] write_data_i,

    input  wire                 start_i,
    input  wire [  IndexBits:0] start_count_i,
    input  wire                 start_given_i,  // else zeros

    output wire                 element_valid_o,
    output wire [DeltaBits-1:0] element_mantissa_o
);
  localparam [IndexBits:0] ONE = 1;
  localparam [IndexBits-1:0] ONE_INDEX = 1;
  reg [IndexBits:0] left_q;
  reg [IndexBits-1:0] index_q;
  reg given_q;
  reg [1:0] valid_q;  // bit i is i + 1 cycles old
  wire active = left_q != {(IndexBits + 1) {1'b0}};
  wire [DeltaBits-1:0] stored;
  assign element_valid_o = valid_q[1];
  assign element_mantissa_o = given_q ? stored : {DeltaBits{1'b0}};
  always @(posedge clk_i) begin
    valid_q <= {valid_q[0], active};
    if (active) begin
      left_q  <= left_q - ONE;
      index_q <= index_q + ONE_INDEX;
    end
    if (start_i) begin
      left_q  <= start_count_i;
      index_q <= {IndexBits{1'b0}};
      given_q <= start_given_i;
    end
    if (rst_i) begin
      left_q  <= {(IndexBits + 1) {1'b0}};
      valid_q <= 2'd0;
    end
  end
  ds_ram #(
      .Width(DeltaBits),
      .Depth(MaxWidth)
  ) u_given (
      .clk_i  (clk_i),
      .we_i   (write_valid_i),
      .waddr_i(write_addr_i),
      .wdata_i(write_data_i),
      .raddr_i(index_q),
      .rdata_o(stored)
  );
endmodule
`default_nettype wire
