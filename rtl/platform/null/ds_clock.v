// ds_clock: nothing between the oscillator and the device.
// Purpose     clock and reset without a PLL and without a register; never a reset.
// Latency     none.   Throughput  does not apply.
// Format      the ports of platform/generic/ds_clock.v.
// Reset       none.   Golden  none.
`default_nettype none

module ds_clock #(
    parameter OscillatorHz = 12000000,  // [Hz] of clk_i
    parameter Reference    = 1,         // dividers: clk_o is OscillatorHz * Feedback /
    parameter Feedback     = 48,        // (Reference * Output)
    parameter Output       = 16
) (
    input  wire clk_i,  // from the pin

    output wire clk_o,
    output wire rst_o
);
  assign clk_o = clk_i;
  assign rst_o = 1'b0;

  wire unused = &{1'b0, OscillatorHz != 0, Reference != 0, Feedback != 0, Output != 0};
endmodule

`default_nettype wire
