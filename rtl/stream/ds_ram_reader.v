// ds_ram_reader: turn the read port of a memory of latency 2 into a valid/ready stream.
// Purpose     the owner keeps its address until `take_o`, then counts it up; the word leaves by
//             the memory's own output. No register of its own holds a word.
// Latency     2 cycles from available_i to out_valid_o.   Throughput  1 word in 3 cycles.
// Format      opaque.
// Reset       nothing is offered.   Golden  none.
`default_nettype none

module ds_ram_reader (
    input  wire clk_i,
    input  wire rst_i,

    input  wire available_i,  // the memory holds a word at the owner's address; stays until take_o
    output wire take_o,       // it has left

    output wire out_valid_o,  // it is at the memory's output
    input  wire out_ready_i
);
  reg [1:0] cycles_q;  // a one for each that the address was there

  assign take_o = out_valid_o && out_ready_i;
  assign out_valid_o = cycles_q[1];

  always @(posedge clk_i) begin
    cycles_q <= {cycles_q[0], 1'b1};
    if (take_o || !available_i || rst_i) cycles_q <= 2'd0;
  end
endmodule

`default_nettype wire
