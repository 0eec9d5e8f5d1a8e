/** What a build is asked for and what it gives back: plain, serialisable records. */
import { z } from 'zod';

const count = z.int().min(0);
const positive = z.number().positive();

/** What is built; a row of the board table is one. */
export const buildTargetSchema = z.object({
  /** Of the board; names the files. */
  name: z.string(),
  family: z.enum(['ice40', 'ecp5']),
  /** nextpnr's flag without the dashes: `up5k`. */
  device: z.string(),
  package: z.string(),
  /** File of pins, relative to the root. */
  constraints: z.string(),
  /** Module with the pins. */
  top: z.string(),
  clockHz: positive,
  /** Cells that synthesis must end with. */
  intended: z.object({ multipliers: count, blockRams: count, weightMemories: count }),
  /** Of the top; usually none. */
  parameters: z.record(z.string(), z.int()).optional(),
  /** Where the Verilog lies, relative to the root; default: the device's folders. */
  folders: z.array(z.string()).optional(),
});

export type BuildTarget = z.infer<typeof buildTargetSchema>;

/** Stages in their order; a build ends after the one asked for. */
export const STAGES = ['synth', 'pnr', 'bit'] as const;

export type Stage = (typeof STAGES)[number];

export interface BuildRequest {
  readonly target: BuildTarget;
  /** Seeds 1 … n of place and route. */
  readonly seeds: number;
  readonly until: Stage;
  /** Also the area of each module. */
  readonly area: boolean;
}

const resourceSchema = z.object({ name: z.string(), used: count, available: count });

const clockSchema = z.object({ name: z.string(), fmaxHz: positive, constraintHz: positive });

const criticalPathSchema = z.object({
  ns: z.number(),
  logicNs: z.number(),
  routingNs: z.number(),
  steps: z.array(
    z.object({
      module: z.string(),
      instance: z.string(),
      logicNs: z.number(),
      routingNs: z.number(),
      cells: count,
    }),
  ),
});

/** Place and route with one seed. */
export const placementSchema = z.object({
  seed: count,
  /** Of the board's clock. */
  fmaxHz: positive,
  clocks: z.array(clockSchema),
  resources: z.array(resourceSchema),
  criticalPath: criticalPathSchema.nullable(),
  seconds: z.number(),
});

export type Placement = z.infer<typeof placementSchema>;

export const moduleAreaSchema = z.object({
  module: z.string(),
  instances: count,
  /** LCs on iCE40, LUTs on ECP5: of the module itself, without those below it. */
  logic: count,
  flipFlops: count,
  blockRams: count,
  weightMemories: count,
  multipliers: count,
});

/** All instances of one module together. */
export type ModuleArea = z.infer<typeof moduleAreaSchema>;

export const buildResultSchema = z.object({
  kind: z.literal('build'),
  schema: z.literal(1),
  /** ISO 8601, UTC. */
  time: z.string(),
  target: buildTargetSchema,
  tools: z.object({ yosys: z.string(), nextpnr: z.string(), packer: z.string() }),
  synthesis: z.object({
    /** Relative to the root. */
    netlist: z.string(),
    luts: count,
    flipFlops: count,
    multipliers: count,
    blockRams: count,
    weightMemories: count,
    /** All of yosys's. */
    warnings: z.array(z.string()),
    /** What the netlist lacks of the design, in words; the build then ends here. */
    losses: z.array(z.string()),
    seconds: z.number(),
    cached: z.boolean(),
  }),
  /** Null when the build ended before. */
  timing: z
    .object({
      clockHz: positive,
      fmaxHz: z.object({ min: positive, median: positive, max: positive }),
      /** The seed that is kept. */
      bestSeed: count,
      /** It meets every clock. */
      met: z.boolean(),
      everySeedMet: z.boolean(),
      /** Every seed meets the board's clock with 5 % in hand. */
      everySeedWithMargin: z.boolean(),
      placements: z.array(placementSchema.extend({ cached: z.boolean() })),
      /** Seeds for which no routing was found. */
      unrouted: z.array(count),
    })
    .nullable(),
  bitstream: z
    .object({
      /** Relative to the root. */
      file: z.string(),
      bytes: count,
      sha256: z.string(),
      seconds: z.number(),
      cached: z.boolean(),
    })
    .nullable(),
  /** Null when not asked for. */
  area: z.array(moduleAreaSchema).nullable(),
  /** Wall clock of this build. */
  seconds: z.number(),
});

export type BuildResult = z.infer<typeof buildResultSchema>;

export type BuildProgress =
  | {
      readonly kind: 'stage';
      readonly stage: 'synthesis' | 'place and route' | 'pack' | 'area';
      readonly state: 'started' | 'cached' | 'finished';
      readonly seconds: number;
    }
  | {
      readonly kind: 'seed';
      readonly seed: number;
      readonly phase: 'packing' | 'placing' | 'routing' | 'not routed' | 'finished';
      /** When finished. */
      readonly fmaxHz?: number;
    }
  | { readonly kind: 'result'; readonly result: BuildResult };
