/** What differs between FPGA families: the tools' names and flags, and the names of the cells. */

/** A row of the utilisation table. */
export interface Resource {
  readonly name: string;
  /** Kind of bel in nextpnr's report. */
  readonly bel: string;
}

export interface Family {
  /** yosys commands that map a design; `-top` is added to the last. */
  readonly synthesis: string;
  readonly nextpnr: string;
  /** nextpnr's flags for the pins and for the file it writes. */
  readonly constraintsFlag: string;
  readonly outputFlag: string;
  /** What else nextpnr is told. */
  readonly placeFlags: readonly string[];
  readonly packer: { readonly program: string; readonly flags: readonly string[] };
  readonly bitstreamEnding: string;
  /** Cells of yosys's netlist. */
  readonly cells: {
    readonly lut: RegExp;
    readonly flipFlop: RegExp;
    readonly multiplier: RegExp;
    readonly blockRam: RegExp;
    readonly weightMemory: RegExp;
  };
  /** Clock inputs of multipliers and memories; with all of them constant a cell has lost its registers. */
  readonly clockPorts: Readonly<Record<string, readonly string[]>>;
  /** Of nextpnr's report; the first holds the logic. */
  readonly resources: readonly Resource[];
}

export type FamilyName = 'ice40' | 'ecp5';

const NEVER = /^$/;

export const FAMILIES: Readonly<Record<FamilyName, Family>> = {
  ice40: {
    // Not -dsp: yosys 0.70 then takes the registers of instantiated SB_MAC16 away (ADR 12).
    // abc9.D, ps: with that much time, logic is mapped for area.
    synthesis: 'scratchpad -set abc9.D 20000; synth_ice40 -device u',
    nextpnr: 'nextpnr-ice40',
    constraintsFlag: '--pcf',
    outputFlag: '--asc',
    placeFlags: ['--router', 'router2'], // router1 does not end on a UP5K that is 93 % full
    packer: { program: 'icepack', flags: [] },
    bitstreamEnding: 'bin',
    cells: {
      lut: /^SB_LUT4$/,
      flipFlop: /^SB_DFF/,
      multiplier: /^SB_MAC16$/,
      blockRam: /^SB_RAM40_4K/,
      weightMemory: /^SB_SPRAM256KA$/,
    },
    clockPorts: {
      SB_MAC16: ['CLK'],
      SB_SPRAM256KA: ['CLOCK'],
      SB_RAM40_4K: ['RCLK', 'WCLK'],
    },
    resources: [
      { name: 'LC', bel: 'ICESTORM_LC' },
      { name: 'block RAM', bel: 'ICESTORM_RAM' },
      { name: 'SPRAM', bel: 'ICESTORM_SPRAM' },
      { name: 'DSP', bel: 'ICESTORM_DSP' },
      { name: 'PLL', bel: 'ICESTORM_PLL' },
      { name: 'pins', bel: 'SB_IO' },
    ],
  },
  ecp5: {
    synthesis: 'synth_ecp5',
    nextpnr: 'nextpnr-ecp5',
    constraintsFlag: '--lpf',
    outputFlag: '--textcfg',
    placeFlags: [],
    packer: { program: 'ecppack', flags: ['--compress'] },
    bitstreamEnding: 'bit',
    cells: {
      lut: /^LUT4$/,
      flipFlop: /^TRELLIS_FF$/,
      multiplier: /^MULT18X18D$/,
      blockRam: /^(?:DP16KD|PDPW16KD)$/,
      weightMemory: NEVER,
    },
    clockPorts: {
      MULT18X18D: ['CLK0', 'CLK1', 'CLK2', 'CLK3'],
      DP16KD: ['CLKA', 'CLKB'],
      PDPW16KD: ['CLKR', 'CLKW'],
    },
    resources: [
      { name: 'LUT', bel: 'TRELLIS_COMB' },
      { name: 'FF', bel: 'TRELLIS_FF' },
      { name: 'block RAM', bel: 'DP16KD' },
      { name: 'DSP', bel: 'MULT18X18D' },
      { name: 'PLL', bel: 'EHXPLLL' },
      { name: 'pins', bel: 'TRELLIS_IO' },
    ],
  },
};
