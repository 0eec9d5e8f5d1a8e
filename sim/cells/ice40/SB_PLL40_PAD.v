// SB_PLL40_PAD: the bench drives the pin at the rate of the PLL's output, so that it passes.
// Source      Lattice TN1251 (iCE40 sysCLOCK PLL design and usage guide): LOCK rises when the
//             output has settled; until then the clock runs, unreliably.
// Stops       in every mode but simple feedback, not by-passed and not shifted.
`default_nettype none

module SB_PLL40_PAD #(
    parameter       FEEDBACK_PATH                  = "SIMPLE",
    parameter       DELAY_ADJUSTMENT_MODE_FEEDBACK = "FIXED",
    parameter       DELAY_ADJUSTMENT_MODE_RELATIVE = "FIXED",
    parameter       SHIFTREG_DIV_MODE              = 0,
    parameter       FDA_FEEDBACK                   = 0,
    parameter       FDA_RELATIVE                   = 0,
    parameter       PLLOUT_SELECT                  = "GENCLK",
    parameter       DIVR                           = 0,
    parameter       DIVF                           = 0,
    parameter       DIVQ                           = 0,
    parameter       FILTER_RANGE                   = 0,
    parameter [0:0] ENABLE_ICEGATE                 = 0,
    parameter [0:0] TEST_MODE                      = 0
) (
    input  wire       PACKAGEPIN,
    output wire       PLLOUTCORE,
    output wire       PLLOUTGLOBAL,
    input  wire       EXTFEEDBACK,
    input  wire [7:0] DYNAMICDELAY,
    output wire       LOCK,
    input  wire       BYPASS,
    input  wire       RESETB,
    input  wire       LATCHINPUTVALUE,
    output wire       SDO,
    input  wire       SDI,
    input  wire       SCLK
);
  localparam LOCK_CYCLES = 40;
  localparam MODELLED = FEEDBACK_PATH == "SIMPLE" && PLLOUT_SELECT == "GENCLK" &&
                        DELAY_ADJUSTMENT_MODE_FEEDBACK == "FIXED" &&
                        DELAY_ADJUSTMENT_MODE_RELATIVE == "FIXED" && SHIFTREG_DIV_MODE == 0 &&
                        FDA_FEEDBACK == 0 && FDA_RELATIVE == 0 && !ENABLE_ICEGATE && !TEST_MODE &&
                        FILTER_RANGE > 0 && DIVQ > 0;
  reg [7:0] cycles = 8'd0;
  assign PLLOUTCORE   = PACKAGEPIN;
  assign PLLOUTGLOBAL = PACKAGEPIN;
  assign LOCK         = cycles == LOCK_CYCLES;
  assign SDO          = 1'bx;

  always @(posedge PACKAGEPIN) begin
    if (!MODELLED || BYPASS || !RESETB || LATCHINPUTVALUE) begin
      $display("SB_PLL40_PAD: only simple feedback is modelled");
      $fatal;
    end
    if (!LOCK) cycles <= cycles + 8'd1;
  end
endmodule

`default_nettype wire
