// ds_clock: from the board's oscillator to the clock and the reset of the device; EHXPLLL.
// Purpose     the only source of clock and reset on a board.
// Latency     the lock takes at most 15 ms.   Throughput  does not apply.
// Format      frequencies in Hz. Lattice FPGA-TN-02200, FPGA-DS-02012: phase detector 10 to
//             400 MHz, oscillator of the PLL 400 to 800 MHz; the output itself is fed back, so
//             Output divides Feedback.
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
  wire locked;

  // Charge pump and loop filter as ecppll sets them.
  (* ICP_CURRENT = "12" *)
  (* LPF_RESISTOR = "8" *)
  (* MFG_ENABLE_FILTEROPAMP = "1" *)
  (* MFG_GMCREF_SEL = "2" *)
  EHXPLLL #(
      .CLKI_DIV        (Reference),
      .CLKFB_DIV       (Feedback / Output),
      .CLKOP_DIV       (Output),
      .CLKOP_CPHASE    (Output / 2),
      .CLKOP_ENABLE    ("ENABLED"),
      .CLKOS_ENABLE    ("DISABLED"),
      .CLKOS2_ENABLE   ("DISABLED"),
      .CLKOS3_ENABLE   ("DISABLED"),
      .FEEDBK_PATH     ("CLKOP"),
      .PLLRST_ENA      ("DISABLED"),
      .INTFB_WAKE      ("DISABLED"),
      .STDBY_ENABLE    ("DISABLED"),
      .DPHASE_SOURCE   ("DISABLED"),
      .INT_LOCK_STICKY ("DISABLED")
  ) u_pll (
      .CLKI        (clk_i),
      .CLKFB       (clk_o),
      .PHASESEL1   (1'b0),
      .PHASESEL0   (1'b0),
      .PHASEDIR    (1'b1),
      .PHASESTEP   (1'b1),
      .PHASELOADREG(1'b1),
      .STDBY       (1'b0),
      .PLLWAKESYNC (1'b0),
      .RST         (1'b0),
      .ENCLKOP     (1'b0),
      .ENCLKOS     (1'b0),
      .ENCLKOS2    (1'b0),
      .ENCLKOS3    (1'b0),
      .CLKOP       (clk_o),
      .CLKOS       (),
      .CLKOS2      (),
      .CLKOS3      (),
      .LOCK        (locked),
      .INTLOCK     (),
      .REFCLK      (),
      .CLKINTFB    ()
  );

  ds_reset u_reset (
      .clk_i   (clk_o),
      .locked_i(locked),
      .rst_o   (rst_o)
  );

  wire unused = &{1'b0, OscillatorHz != 0};
endmodule

`default_nettype wire
