// ds_clock: from the board's oscillator to the clock and the reset of the device.
// Purpose     the only source of clock and reset on a board; here the oscillator itself.
// Latency     none.   Throughput  does not apply.
// Format      frequencies in Hz; the dividers are those of the families' PLLs.
// Reset       rst_o is high from power-up until some cycles after the lock, and again when the
//             lock is lost.   Golden  none.
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
  ds_reset u_reset (
      .clk_i   (clk_o),
      .locked_i(1'b1),
      .rst_o   (rst_o)
  );

  wire unused = &{1'b0, OscillatorHz != 0, Reference != 0, Feedback != 0, Output != 0};
endmodule

`default_nettype wire
