/**
 * The board table. A board differs from another by these values only: they become the Verilog
 * parameters of `ds_device` and come back in the device's identity.
 */
export interface Board {
  /** Number in the identity. Never reused. */
  readonly id: number;
  readonly title: string;
  readonly part: string;
  /** Clock of the pipeline, Hz; chosen so that `baud` divides it to better than 2 %. */
  readonly clockHz: number;
  /** Highest baud of the link. */
  readonly baud: number;
  /** Multipliers in the MAC array: 4, 8, 16 or 32. */
  readonly lanes: number;
  /** Rows of LANES weights. */
  readonly weightRows: number;
  /** Neurons of all layers together (activation store, biases, Σδ). */
  readonly neurons: number;
  /** Widest input (image list). */
  readonly inputs: number;
  /** Widest layer. */
  readonly maxWidth: number;
  readonly layers: number;
  /** Result memory, words of 32 bits. */
  readonly recordWords: number;
  /** Receive buffer of the link. */
  readonly bufferBytes: number;
  /** What has been shown of it so far. */
  readonly verified: 'simulated' | 'gate level' | 'run on a board';
}

export const BOARDS = {
  icebreaker: {
    id: 1,
    title: 'iCEBreaker',
    part: 'iCE40 UP5K',
    clockHz: 36_000_000,
    baud: 3_000_000,
    lanes: 4,
    weightRows: 16384,
    neurons: 512,
    inputs: 1024,
    maxWidth: 256,
    layers: 128,
    recordWords: 1024,
    bufferBytes: 2048,
    verified: 'simulated',
  },
  'ulx3s-85f': {
    id: 2,
    title: 'ULX3S 85F',
    part: 'ECP5 LFE5U-85F',
    clockHz: 72_000_000,
    baud: 3_000_000,
    lanes: 32,
    weightRows: 4096,
    neurons: 4096,
    inputs: 1024,
    maxWidth: 256,
    layers: 128,
    recordWords: 4096,
    bufferBytes: 4096,
    verified: 'simulated',
  },
} as const satisfies Record<string, Board>;

export type BoardName = keyof typeof BOARDS;

/** Simulated when no board is attached and none is named. */
export const DEFAULT_BOARD: BoardName = 'ulx3s-85f';
