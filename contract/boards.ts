import type { ActivationName } from './network.ts';
import { ACTIVATIONS } from './protocol.ts';

/**
 * The board table. A board differs from another by these values only: they become the Verilog
 * parameters of `ds_device` and of its clock, and come back in the device's identity.
 */
export interface Board {
  /** Number in the identity. Never reused. */
  readonly id: number;
  readonly title: string;
  readonly part: string;
  readonly family: 'ice40' | 'ecp5';
  /** The part's name among nextpnr's flags, without the dashes. */
  readonly device: 'up5k' | '25k' | '85k';
  /** The package's name after nextpnr's `--package`. */
  readonly package: string;
  /** Module that has the board's pins as its ports. */
  readonly top: string;
  /** File of pins, below the repository's root. */
  readonly constraints: string;
  /** The board's name in openFPGALoader. */
  readonly programmer: string;
  /** Whether the programmer reaches the configuration memory, and not the flash only. */
  readonly loadsSram: boolean;
  /** USB identity of the serial port on the board. */
  readonly usb: { readonly vendor: number; readonly product: number };
  readonly oscillatorHz: number;
  /** `clockHz` = `oscillatorHz` * feedback / (reference * output); see `ds_clock`. */
  readonly pll: { readonly reference: number; readonly feedback: number; readonly output: number };
  /** Clock of the pipeline, Hz; chosen so that `baud` divides it to better than 2 %. */
  readonly clockHz: number;
  /** Highest baud of the link. */
  readonly baud: number;
  /** Multipliers in the MAC array: 4, 8, 16 or 32. */
  readonly lanes: number;
  /** Rows of LANES weights. */
  readonly weightRows: number;
  /** Rows of a network that can be trained, a quarter of `weightRows`; 0: not built. */
  readonly trainRows: number;
  /** Neurons of all layers together (activation store, biases, Σδ). */
  readonly neurons: number;
  /** Widest input (image list). */
  readonly inputs: number;
  /** Widest layer. */
  readonly maxWidth: number;
  readonly layers: number;
  /** Activations that are built. */
  readonly activations: readonly ActivationName[];
  /** Result memory, words of 32 bits. */
  readonly recordWords: number;
  /** Images that are received or in work at a time: 1 or 2. */
  readonly imageBanks: number;
  /** Weights and unit memory share one port (needs 4 lanes): no block RAM for the latter. */
  readonly sharedMemory: boolean;
  /** Receive buffer of the link. */
  readonly bufferBytes: number;
  /** Cells that synthesis must end with: fewer means lost logic, more a memory that split. */
  readonly intended: {
    readonly multipliers: number;
    readonly blockRams: number;
    /** SPRAMs; 0 where the weights are in block RAM. */
    readonly weightMemories: number;
  };
  /** What has been shown of it so far. */
  readonly verified: 'simulated' | 'gate level' | 'run on a board';
}

/** Of the UART: a start bit, 8 of data, a stop bit. */
export const BITS_PER_BYTE_ON_WIRE = 10;

/**
 * Pins and oscillators are those of the boards' published files, which the files in constraints/
 * name; what concerns the programmer comes from openFPGALoader's src/board.hpp and doc/boards.yml.
 */
export const BOARDS = {
  icebreaker: {
    id: 1,
    title: 'iCEBreaker',
    part: 'iCE40 UP5K',
    family: 'ice40',
    device: 'up5k',
    package: 'sg48',
    top: 'ds_top_icebreaker',
    constraints: 'constraints/icebreaker.pcf',
    programmer: 'ice40_generic',
    loadsSram: false, // its SPI lines would have to be crossed by jumpers
    usb: { vendor: 0x0403, product: 0x6010 }, // FT2232H: channel A programs, B is the link
    oscillatorHz: 12_000_000,
    pll: { reference: 1, feedback: 48, output: 32 },
    clockHz: 18_000_000,
    baud: 3_000_000,
    lanes: 4,
    weightRows: 14336,
    trainRows: 0,
    neurons: 512,
    inputs: 1024,
    maxWidth: 256,
    layers: 128,
    activations: ['sigmoid', 'identity'],
    recordWords: 1024,
    imageBanks: 1,
    sharedMemory: true,
    bufferBytes: 1024,
    intended: { multipliers: 8, blockRams: 30, weightMemories: 4 },
    verified: 'gate level',
  },
  'ulx3s-25f': {
    id: 3,
    title: 'ULX3S 25F',
    part: 'ECP5 LFE5U-25F',
    family: 'ecp5',
    device: '25k',
    package: 'CABGA381',
    top: 'ds_top_ulx3s_25f',
    constraints: 'constraints/ulx3s.lpf',
    programmer: 'ulx3s',
    loadsSram: true,
    usb: { vendor: 0x0403, product: 0x6015 }, // FT231X: programs and is the link, at most 3 Mbaud
    oscillatorHz: 25_000_000,
    pll: { reference: 2, feedback: 50, output: 10 },
    clockHz: 62_500_000,
    baud: 3_000_000,
    lanes: 16,
    weightRows: 2048,
    trainRows: 0,
    neurons: 512,
    inputs: 1024,
    maxWidth: 256,
    layers: 128,
    activations: ['sigmoid', 'identity', 'tanh', 'relu', 'elu'],
    recordWords: 1024,
    imageBanks: 2,
    sharedMemory: false,
    bufferBytes: 2048,
    intended: { multipliers: 21, blockRams: 54, weightMemories: 0 },
    verified: 'gate level',
  },
  'ulx3s-85f': {
    id: 2,
    title: 'ULX3S 85F',
    part: 'ECP5 LFE5U-85F',
    family: 'ecp5',
    device: '85k',
    package: 'CABGA381',
    top: 'ds_top_ulx3s_85f',
    constraints: 'constraints/ulx3s.lpf',
    programmer: 'ulx3s',
    loadsSram: true,
    usb: { vendor: 0x0403, product: 0x6015 },
    oscillatorHz: 25_000_000,
    pll: { reference: 1, feedback: 20, output: 10 },
    clockHz: 50_000_000,
    baud: 3_000_000,
    lanes: 32,
    weightRows: 4096,
    trainRows: 1024,
    neurons: 2048,
    inputs: 1024,
    maxWidth: 256,
    layers: 128,
    activations: ['sigmoid', 'identity', 'tanh', 'relu', 'elu'],
    recordWords: 2048,
    imageBanks: 2,
    sharedMemory: false,
    bufferBytes: 4096,
    intended: { multipliers: 69, blockRams: 184, weightMemories: 0 },
    verified: 'simulated',
  },
} as const satisfies Record<string, Board>;

export type BoardName = keyof typeof BOARDS;

/** Simulated when no board is attached and none is named. */
export const DEFAULT_BOARD: BoardName = 'ulx3s-85f';

/** Bit c is set for the activation of code c: `Activations` of the RTL and of the identity. */
export function activationMask({ activations }: Pick<Board, 'activations'>): number {
  return activations.reduce((mask, name) => mask | (1 << ACTIVATIONS[name]), 0);
}
