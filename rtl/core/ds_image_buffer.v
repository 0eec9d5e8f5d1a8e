// ds_image_buffer: holds the image in work and, with two banks, receives the next one.
// Purpose     the link fills one bank while the core reads the other; with one bank it waits.
// Latency     1 cycle from image_commit_i to ready_o.   Throughput  1 pixel/cycle.
// Format      values signed Q1.15, opaque here.
// Reset       both banks free.   Golden  none.
`default_nettype none
module ds_image_buffer #(
    parameter Depth     = 1024,  // [inputs], a power of two
    parameter Banks     = 2,     // 1 or 2
    parameter IndexBits = 10,    // [bits], log2(Depth)
    parameter ValueBits = 16,    // [bits]
    parameter LabelBits = 8      // [bits]
) (
    input  wire                 clk_i,
    input  wire                 rst_i,

    output wire                 image_free_o,
    input  wire                 image_clear_i,
    input  wire                 image_write_i,
    input  wire [IndexBits-1:0] image_index_i,
    input  wire [ValueBits-1:0] image_value_i,
    input  wire                 image_commit_i,
    input  wire [LabelBits-1:0] image_label_i,

    output wire                 ready_o,  // an image waits or is in work
    input  wire                 done_i,   // its bank is free again
    output wire [LabelBits-1:0] label_o,
    output wire [  IndexBits:0] read_count_o,
    input  wire [IndexBits-1:0] read_addr_i,
    output wire [IndexBits-1:0] read_index_o,
    input  wire [IndexBits-1:0] value_addr_i,
    output wire [ValueBits-1:0] read_value_o
);
  reg write_bank_q, read_bank_q, cleared_q;
  reg [1:0] full_q;
  reg [LabelBits-1:0] label0_q, label1_q;
  assign image_free_o = cleared_q && !full_q[write_bank_q];
  assign ready_o = full_q[read_bank_q];
  assign label_o = read_bank_q ? label1_q : label0_q;

  // A bank is emptied once, in the cycle in which it is free and not yet cleared; on demand also
  // later. One that holds an image never is: a bad request may come while both do.
  wire clear = (image_clear_i || !cleared_q) && !full_q[write_bank_q];
  always @(posedge clk_i) begin
    if (clear) cleared_q <= 1'b1;
    if (image_commit_i) begin
      full_q[write_bank_q] <= 1'b1;
      write_bank_q         <= Banks > 1 && !write_bank_q;
      cleared_q            <= 1'b0;
      if (write_bank_q) label1_q <= image_label_i;
      else label0_q <= image_label_i;
    end
    if (done_i) begin
      full_q[read_bank_q] <= 1'b0;
      read_bank_q         <= Banks > 1 && !read_bank_q;
    end
    if (rst_i) begin
      write_bank_q <= 1'b0;
      read_bank_q  <= 1'b0;
      cleared_q    <= 1'b0;
      full_q       <= 2'b00;
    end
  end

  ds_nonzero_list #(
      .Depth    (Depth),
      .Banks    (Banks),
      .IndexBits(IndexBits),
      .ValueBits(ValueBits)
  ) u_list (
      .clk_i        (clk_i),
      .write_bank_i (write_bank_q),
      .write_clear_i(clear),
      .write_valid_i(image_write_i && image_free_o),
      .write_index_i(image_index_i),
      .write_value_i(image_value_i),
      .read_bank_i  (read_bank_q),
      .read_count_o (read_count_o),
      .read_addr_i  (read_addr_i),
      .read_index_o (read_index_o),
      .value_addr_i (value_addr_i),
      .read_value_o (read_value_o)
  );
endmodule
`default_nettype wire
