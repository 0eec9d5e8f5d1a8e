/** A result file, judged: it may be anybody's. */
import { z } from 'zod';
import type { BenchResult } from '../contract/bench.ts';
import { type ExperimentResult, type ExperimentResults, SLIPS } from '../contract/experiment.ts';
import type { RunResult, TrainResult, TrainResults } from '../contract/result.ts';
import { parseJson, type Wrong } from './parse-json.ts';
import { benchSchema } from './read-bench.ts';
import { device, environment, run } from './run-schema.ts';

const number = z.number();
const text = z.string();
const textOrNull = z.string().nullable();

const axis = z.object({
  label: text,
  unit: textOrNull,
  scale: z.enum(['linear', 'log', 'category']),
});

const picture = z.object({
  id: z.string().regex(/^[\w-]+$/),
  title: text,
  caption: text,
  kind: z.enum(['lines', 'dots', 'bars', 'histogram', 'roofline']),
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
  environment,
  contractCrc: text,
  tools: z.record(text, text),
  commandLine: text,
});

const numberOrNull = number.nullable();

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
    momentumSchedule: z.array(z.object({ epoch: number, momentum: number })).optional(),
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

const result = z.discriminatedUnion('kind', [
  experiment,
  experiments,
  run,
  train,
  trains,
  benchSchema,
]);

/** What a report can show. */
export type Reportable = ExperimentResult | RunResult | TrainResult | BenchResult;

export type Reading = { readonly results: readonly Reportable[] } | Wrong;

/** The results of a file, or what is wrong with it in a sentence. */
export function readResult(json: string): Reading {
  const parsed = parseJson(result, json);
  if ('wrong' in parsed) return parsed;
  const found = parsed.value as unknown as Reportable | ExperimentResults | TrainResults;
  const isSeveral = found.kind === 'experiments' || found.kind === 'trains';
  return { results: isSeveral ? found.results : [found] };
}
