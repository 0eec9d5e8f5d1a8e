/** What every result has: a device, an environment; and a `run`, which others hold too. */
import { z } from 'zod';
import { LAYER_STATES, type LayerCounts, type LayerState } from '../contract/result.ts';

const number = z.number();
const numberOrNull = number.nullable();
const text = z.string();

export const device = z.looseObject({
  label: text,
  kind: z.enum(['simulated', 'serial', 'model']),
  board: text,
  lanes: number,
  clockHz: number,
  baud: number,
  fillSeed: number.nullable(),
});

export const environment = z.object({
  cpu: text,
  cores: number,
  governor: text.nullable().optional(),
  platform: text,
  node: text,
  commit: text.nullable(),
});

const reference = z.looseObject({
  normOfMean: numberOrNull,
  meanOfNorms: numberOrNull,
  normOfMeanError: numberOrNull,
  meanOfNormsError: numberOrNull,
  normPerImageError: z.looseObject({ median: number, p99: number }).nullable(),
});

const counts = {
  roundedToZero: number,
  deltaSaturated: number,
  zSaturated: number,
  activationSaturated: number,
  saturatedUnits: number,
} as const satisfies Record<keyof LayerCounts, z.ZodType>;

/** What the report shows of a `run`, in HTML or as text. */
export const run = z.looseObject({
  kind: z.literal('run'),
  schema: z.literal(1),
  partial: z.boolean(),
  device,
  request: z.looseObject({
    layers: z.array(number),
    init: text,
    seed: number,
    images: number,
    cost: text,
    weights: text.optional(),
  }),
  data: z.object({ name: text, images: number }),
  layers: z.array(
    z.looseObject({
      layer: number,
      neurons: number,
      state: z.enum(Object.keys(LAYER_STATES) as [LayerState, ...LayerState[]]),
      normOfMean: numberOrNull,
      meanOfNorms: numberOrNull,
      log10: z.object({ normOfMean: numberOrNull, meanOfNorms: numberOrNull }),
      deltaExponents: z.object({ min: number, max: number }).nullable(),
      units: z.object({ dead: number, alwaysSaturated: number }).nullable(),
      float64: reference,
      float64SameWeights: reference,
      fidelity: z.object({
        cosineOfMean: numberOrNull,
        cosinePerImage: z.object({ median: number, min: number }).nullable(),
        largestUlps: numberOrNull,
        signFlips: numberOrNull,
        otherBranch: numberOrNull,
      }),
      ...counts,
    }),
  ),
  fixed: z.object({
    equal: z.boolean(),
    valuesCompared: number,
    firstDifference: z
      .object({
        image: numberOrNull,
        layer: number,
        quantity: text,
        neuron: numberOrNull,
        device: number,
        fixed: number,
      })
      .nullable(),
  }),
  perImage: z.object({
    cycles: numberOrNull,
    forwardCycles: numberOrNull,
    backwardCycles: numberOrNull,
    alignCycles: numberOrNull,
    drainStalls: numberOrNull,
    waitCycles: numberOrNull,
    rows: number,
    nonZeroInputs: number,
  }),
  link: z.looseObject({ bytesSent: number, bytesReceived: number, stepDowns: number }),
  time: z.object({
    device: numberOrNull,
    link: number,
    measured: number,
    simulator: numberOrNull,
    host: number,
    golden: number,
  }),
  seed: number,
  contractCrc: text,
  tools: z.record(text, text),
  commandLine: text,
});
