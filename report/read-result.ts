/** A result file, judged: it may be anybody's. */
import { z } from 'zod';
import { type ExperimentResult, type ExperimentResults, SLIPS } from '../contract/experiment.ts';
import {
  LAYER_STATES,
  type LayerCounts,
  type LayerState,
  type RunResult,
  type TrainResult,
  type TrainResults,
} from '../contract/result.ts';

const number = z.number();
const text = z.string();
const textOrNull = z.string().nullable();

const device = z.looseObject({
  label: text,
  kind: z.enum(['simulated', 'serial', 'model']),
  board: text,
  lanes: number,
  clockHz: number,
  baud: number,
  fillSeed: number.nullable(),
});

const axis = z.object({
  label: text,
  unit: textOrNull,
  scale: z.enum(['linear', 'log', 'category']),
});

const picture = z.object({
  id: z.string().regex(/^[\w-]+$/),
  title: text,
  caption: text,
  kind: z.enum(['lines', 'dots', 'bars', 'histogram']),
  x: axis,
  y: axis,
  band: text.optional(),
  series: z.array(
    z.object({
      name: text,
      source: z.enum(['device', 'float64', 'theory', 'published']),
      points: z.array(
        z.object({
          x: z.union([number, text]),
          y: number,
          low: number.optional(),
          high: number.optional(),
        }),
      ),
    }),
  ),
  marks: z.array(z.object({ axis: z.enum(['x', 'y']), at: number, label: text })).optional(),
});

const experiment = z.looseObject({
  kind: z.literal('experiment'),
  schema: z.literal(1),
  name: text,
  title: text,
  question: text,
  quick: z.boolean(),
  parameters: z.record(text, number),
  student: text.optional(),
  device,
  claims: z.array(
    z.object({
      id: text,
      lecture: z.array(z.enum(['U', 'V', 'B', 'N', 'S'])),
      text,
      rule: text,
      slip: z.enum(SLIPS).optional(),
      verdict: z.enum(['holds', 'holds-if', 'wrong', 'undecided']),
      because: text,
    }),
  ),
  deviceVerdict: z.enum(['agrees', 'disagrees']),
  checks: z.array(
    z.object({
      name: text,
      against: z.enum(['fixed', 'float64', 'theory']),
      distance: number.nullable().transform((x) => x ?? Number.NaN),
      bound: number,
      unit: text,
      agrees: z.boolean(),
    }),
  ),
  tables: z.array(
    z.object({
      title: text,
      columns: z.array(z.object({ name: text, unit: textOrNull })),
      rows: z.array(z.array(z.union([text, number, z.null()]))),
    }),
  ),
  pictures: z.array(picture),
  time: text,
  seconds: number,
  environment: z.object({
    cpu: text,
    cores: number,
    platform: text,
    node: text,
    commit: textOrNull,
  }),
  contractCrc: text,
  tools: z.record(text, text),
  commandLine: text,
});

const numberOrNull = number.nullable();

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
const run = z.looseObject({
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
    rows: number,
    drainStalls: numberOrNull,
    waitCycles: numberOrNull,
    nonZeroInputs: number,
  }),
  link: z.looseObject({ bytesSent: number, bytesReceived: number }),
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

const epochCost = z.object({ data: numberOrNull, decay: numberOrNull });

/** What the report shows of a `train`. */
const train = z.looseObject({
  kind: z.literal('train'),
  schema: z.literal(1),
  partial: z.boolean(),
  device,
  request: z.looseObject({
    layers: z.array(number),
    init: text,
    seed: number,
    images: number,
    epochs: number,
    cost: text,
    learningRate: number,
    decay: number,
    momentum: number,
    clipValue: number.optional(),
    clipNorm: number.optional(),
    batch: number,
    shuffle: z.boolean(),
    weights: text.optional(),
    activation: text.optional(),
    test: number.optional(),
    stats: number.optional(),
  }),
  data: z.object({ name: text, images: number }),
  epochs: z.array(
    z.looseObject({
      epoch: number,
      layers: z.array(
        z.looseObject({
          layer: number,
          normOfMean: numberOrNull,
          log10: z.object({ normOfMean: numberOrNull, meanOfNorms: numberOrNull }),
          float64: z.object({ normOfMean: numberOrNull, decades: numberOrNull }).nullable(),
          clamped: number,
        }),
      ),
      images: number,
      correct: number,
      batches: number,
      counts: z.object({ roundedToZero: number, clamped: number, shiftClamped: number }),
      clipped: z.object({ steps: number, elements: number }).nullable(),
      test: z.object({ images: number, correct: number, float64: numberOrNull }).nullable(),
      stats: z
        .object({
          images: number,
          cost: epochCost,
          float64: epochCost.nullable(),
          layers: z.array(z.object({ layer: number, mean: number, deviation: number })),
        })
        .nullable(),
      cycles: z.object({ perImage: number, step: number }).nullable(),
    }),
  ),
  resumedEpochs: number,
  decades: z.object({ median: number, max: number }).nullable(),
  fixed: z
    .object({
      equal: z.boolean(),
      valuesCompared: number,
      firstDifference: z.looseObject({ layer: number, quantity: text }).nullable(),
    })
    .nullable(),
  time: z.looseObject({ device: number }),
  contractCrc: text,
  tools: z.record(text, text),
  commandLine: text,
});

const experiments = z.looseObject({
  kind: z.literal('experiments'),
  schema: z.literal(1),
  results: z.array(experiment),
});

const trains = z.looseObject({
  kind: z.literal('trains'),
  schema: z.literal(1),
  results: z.array(train).min(1),
});

const result = z.discriminatedUnion('kind', [experiment, experiments, run, train, trains]);

/** What a report can show. */
export type Reportable = ExperimentResult | RunResult | TrainResult;

export type Reading = { readonly results: readonly Reportable[] } | { readonly wrong: string };

/** The results of a file, or what is wrong with it in a sentence. */
export function readResult(json: string): Reading {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    return { wrong: `it is not JSON: ${(error as Error).message}` };
  }
  const parsed = result.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const at = issue?.path.join('.');
    return { wrong: at ? `${at}: ${issue?.message}` : `${issue?.message}` };
  }
  const found = parsed.data as unknown as Reportable | ExperimentResults | TrainResults;
  const isSeveral = found.kind === 'experiments' || found.kind === 'trains';
  return { results: isSeveral ? found.results : [found] };
}
