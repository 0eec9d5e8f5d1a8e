// fv_small_ram: stands for ds_ram in the proof of the transmitter, whose cells and numbers are few:
// the first 16 of its 512 words, and the first 16 of their upper half.
`default_nettype none

module ds_ram #(
    parameter Width = 8,
    parameter Depth = 512
) (
    input  wire             clk_i,
    input  wire             we_i,
    input  wire [8:0]       waddr_i,
    input  wire [Width-1:0] wdata_i,
    input  wire [8:0]       raddr_i,
    output reg  [Width-1:0] rdata_o
);
  reg [Width-1:0] memory_q [0:31];
  reg [Width-1:0] word_q;
  wire [4:0] write_place = {waddr_i[8], waddr_i[3:0]};
  wire [4:0] read_place = {raddr_i[8], raddr_i[3:0]};
  always @(posedge clk_i) begin
    word_q  <= memory_q[read_place] ^ {Width{we_i && write_place == read_place}};
    rdata_o <= word_q;
    if (we_i) memory_q[write_place] <= wdata_i;
    assert (!we_i || waddr_i[7:4] == 4'd0);
  end
endmodule

`default_nettype wire
