// ds_identity_unit: a = z, at the scale of its layer.
// Purpose     the linear activation; its derivative is 1.
// Latency     1 cycle.   Throughput  1 z/cycle.
// Format      z Q6.14; a signed, a * 2^(scale - 15), rounded, clamped.
// Reset       none.   Golden  golden/fixed/unit.ts#activate, exact.
`default_nettype none
module ds_identity_unit #(
    parameter ZBits          = 20,  // [bits], one fraction bit less than a
    parameter ActivationBits = 16,  // [bits]
    parameter ScaleBits      = 3    // [bits]
) (
    input  wire                             clk_i,

    input  wire signed [         ZBits-1:0] z_i,
    input  wire        [     ScaleBits-1:0] scale_i,
    output reg  signed [ActivationBits-1:0] activation_o,
    output reg                              clamped_o
);
  // z is Q6.14 and a at scale 0 Q1.15: a = 2 z / 2^scale, with one guard bit.
  wire signed [ZBits+1:0] widened = {z_i, 2'b00};
  wire signed [ZBits+1:0] shifted = widened >>> scale_i;
  /* verilator lint_off UNUSEDSIGNAL */  // the guard bit
  wire signed [ZBits+1:0] rounded = shifted + {{(ZBits + 1) {1'b0}}, 1'b1};
  /* verilator lint_on UNUSEDSIGNAL */
  wire signed [ZBits:0] code = rounded[ZBits+1:1];
  localparam HEAD_BITS = ZBits + 2 - ActivationBits;
  wire [HEAD_BITS-1:0] head = code[ZBits:ActivationBits-1];
  wire fits = head == {HEAD_BITS{1'b0}} || head == {HEAD_BITS{1'b1}};
  always @(posedge clk_i) begin
    clamped_o    <= !fits;
    activation_o <= fits ? code[ActivationBits-1:0]
        : {code[ZBits], {(ActivationBits - 1) {!code[ZBits]}}};
  end
endmodule
`default_nettype wire
