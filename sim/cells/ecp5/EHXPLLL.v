// EHXPLLL: the bench drives CLKI at the rate of CLKOP, so that it passes.
// Source      Lattice FPGA-TN-02200 (ECP5 sysCLOCK PLL/DLL design and usage guide): with CLKOP fed
//             back, CLKOP runs at CLKI * CLKFB_DIV / CLKI_DIV; LOCK rises when it has settled.
// Stops       with another feedback, in stand-by, in reset and with a phase that is moved.
`default_nettype none

module EHXPLLL #(
    parameter CLKI_DIV         = 1,
    parameter CLKFB_DIV        = 1,
    parameter CLKOP_DIV        = 8,
    parameter CLKOP_CPHASE     = 0,
    parameter CLKOP_FPHASE     = 0,
    parameter CLKOP_ENABLE     = "ENABLED",
    parameter CLKOS_ENABLE     = "DISABLED",
    parameter CLKOS2_ENABLE    = "DISABLED",
    parameter CLKOS3_ENABLE    = "DISABLED",
    parameter FEEDBK_PATH      = "CLKOP",
    parameter PLLRST_ENA       = "DISABLED",
    parameter INTFB_WAKE       = "DISABLED",
    parameter STDBY_ENABLE     = "DISABLED",
    parameter DPHASE_SOURCE    = "DISABLED",
    parameter INT_LOCK_STICKY  = "DISABLED"
) (
    input  wire CLKI,
    input  wire CLKFB,
    input  wire PHASESEL1,
    input  wire PHASESEL0,
    input  wire PHASEDIR,
    input  wire PHASESTEP,
    input  wire PHASELOADREG,
    input  wire STDBY,
    input  wire PLLWAKESYNC,
    input  wire RST,
    input  wire ENCLKOP,
    input  wire ENCLKOS,
    input  wire ENCLKOS2,
    input  wire ENCLKOS3,
    output wire CLKOP,
    output wire CLKOS,
    output wire CLKOS2,
    output wire CLKOS3,
    output wire LOCK,
    output wire INTLOCK,
    output wire REFCLK,
    output wire CLKINTFB
);
  localparam LOCK_CYCLES = 40;
  // In the middle of its range the phase of the output is that of the input.
  localparam MODELLED = CLKOP_ENABLE == "ENABLED" && CLKOS_ENABLE == "DISABLED" &&
                        CLKOS2_ENABLE == "DISABLED" && CLKOS3_ENABLE == "DISABLED" &&
                        FEEDBK_PATH == "CLKOP" && PLLRST_ENA == "DISABLED" &&
                        INTFB_WAKE == "DISABLED" && STDBY_ENABLE == "DISABLED" &&
                        DPHASE_SOURCE == "DISABLED" && INT_LOCK_STICKY == "DISABLED" &&
                        CLKOP_FPHASE == 0 && CLKOP_DIV > 0 && CLKI_DIV > 0 && CLKFB_DIV > 0;
  reg [7:0] cycles = 8'd0;
  assign CLKOP    = CLKI;
  assign LOCK     = cycles == LOCK_CYCLES;
  assign CLKOS    = 1'bx;
  assign CLKOS2   = 1'bx;
  assign CLKOS3   = 1'bx;
  assign INTLOCK  = 1'bx;
  assign REFCLK   = 1'bx;
  assign CLKINTFB = 1'bx;

  always @(posedge CLKI) begin
    if (!MODELLED || STDBY || RST || !PHASESTEP || !PHASELOADREG) begin
      $display("EHXPLLL: only CLKOP, fed back to itself, is modelled");
      $fatal;
    end
    if (!LOCK) cycles <= cycles + 8'd1;
  end
endmodule

`default_nettype wire
