// SB_SPRAM256KA: 16384 words of 16 bits behind one port.
// Source      Lattice TN1314 (iCE40 SPRAM usage guide): the contents are unknown after power-up;
//             MASKWREN chooses the nibbles that are written; the output shows the word that was
//             read one cycle after its address.
// Not said    what the output shows after a write: anything, here.
// Stops       in stand-by, asleep and powered off.
`default_nettype none

module SB_SPRAM256KA (
    input  wire [13:0] ADDRESS,
    input  wire [15:0] DATAIN,
    input  wire [ 3:0] MASKWREN,
    input  wire        WREN,
    input  wire        CHIPSELECT,
    input  wire        CLOCK,
    input  wire        STANDBY,
    input  wire        SLEEP,
    input  wire        POWEROFF,    // active low
    output reg  [15:0] DATAOUT
);
  wire [15:0] change = {{4{MASKWREN[3]}}, {4{MASKWREN[2]}}, {4{MASKWREN[1]}}, {4{MASKWREN[0]}}};
  reg [15:0] mem[0:16383];

  always @(posedge CLOCK) begin
    if (STANDBY || SLEEP || !POWEROFF) begin
      $display("SB_SPRAM256KA: only the normal state is modelled");
      $fatal;
    end
    if (CHIPSELECT && WREN) begin
      mem[ADDRESS] <= (mem[ADDRESS] & ~change) | (DATAIN & change);
      DATAOUT <= 16'bx;
    end
    if (CHIPSELECT && !WREN) DATAOUT <= mem[ADDRESS];
  end
endmodule

`default_nettype wire
