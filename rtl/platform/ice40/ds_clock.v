// ds_clock: from the board's oscillator to the clock and the reset of the device; SB_PLL40_PAD.
// Purpose     the only source of clock and reset on a board.
// Latency     the lock takes at most 50 us.   Throughput  does not apply.
// Format      frequencies in Hz. Lattice TN1251: phase detector 10 to 133 MHz, oscillator of the
//             PLL 533 to 1066 MHz; Output is a power of two.
// Reset       rst_o is high from power-up until some cycles after the lock, and again when the
//             lock is lost.   Golden  none.
`default_nettype none

module ds_clock #(
    parameter OscillatorHz = 12000000,  // [Hz] of clk_i
    parameter Reference    = 1,         // dividers: clk_o is OscillatorHz * Feedback /
    parameter Feedback     = 48,        // (Reference * Output)
    parameter Output       = 16
) (
    input  wire clk_i,  // the pin: a pad with a PLL

    output wire clk_o,
    output wire rst_o
);
  localparam DETECTOR_MHZ = OscillatorHz / Reference / 1000000;
  // Of the loop filter, as icepll chooses it.
  localparam FILTER = DETECTOR_MHZ < 17 ? 1 : DETECTOR_MHZ < 26 ? 2 : DETECTOR_MHZ < 44 ? 3 :
                      DETECTOR_MHZ < 66 ? 4 : DETECTOR_MHZ < 101 ? 5 : 6;
  wire locked;

  // DIVR and DIVF hold the divider less one, DIVQ its logarithm.
  SB_PLL40_PAD #(
      .FEEDBACK_PATH("SIMPLE"),
      .PLLOUT_SELECT("GENCLK"),
      .DIVR         (Reference - 1),
      .DIVF         (Feedback - 1),
      .DIVQ         ($clog2(Output)),
      .FILTER_RANGE (FILTER)
  ) u_pll (
      .PACKAGEPIN     (clk_i),
      .PLLOUTCORE     (),
      .PLLOUTGLOBAL   (clk_o),
      .EXTFEEDBACK    (1'b0),
      .DYNAMICDELAY   (8'd0),
      .LOCK           (locked),
      .BYPASS         (1'b0),
      .RESETB         (1'b1),
      .LATCHINPUTVALUE(1'b0),
      .SDO            (),
      .SDI            (1'b0),
      .SCLK           (1'b0)
  );

  ds_reset u_reset (
      .clk_i   (clk_o),
      .locked_i(locked),
      .rst_o   (rst_o)
  );
endmodule

`default_nettype wire
