/** A file of `bench`, judged as to its form: what it says is judged by bench/rules.ts. */
import { z } from 'zod';
import { type BenchResult, type CyclesResult, MODES } from '../contract/bench.ts';
import { parseJson, type Wrong } from './parse-json.ts';
import { environment, run } from './run-schema.ts';

const number = z.number();
const positive = z.number().positive();
const count = z.int().min(0);
const text = z.string();
const layers = z.array(count).min(2);
const mode = z.enum(MODES);

const repeat = z.object({
  cycles: count,
  bytesSent: count,
  bytesReceived: count,
  host: z.number().min(0),
  wall: positive,
});
const percentiles = z.object({ p50: number, p95: number, p99: number });

const modeBench = z.object({
  mode,
  fixed: z.object({ equal: z.boolean(), valuesCompared: count }),
  batches: z.array(z.object({ images: z.int().min(1), repeats: z.array(repeat).min(1) })).min(1),
  latency: z
    .object({ images: count, device: percentiles, overLink: percentiles, wall: percentiles })
    .nullable(),
  cycles: z.object({
    ...{ forward: number, backward: number, align: number, step: number, all: number },
    bound: positive,
  }),
  utilisation: z.object({ dense: number, effective: number }),
  macs: positive,
  goodput: number.nullable(),
});

const build = z.object({
  ...{ board: text, time: text, luts: count, flipFlops: count, blockRams: count },
  ...{ multipliers: count, seeds: count, fmaxHz: positive, met: z.boolean() },
});

const software = z.object({
  layers,
  rows: z.array(
    z.object({
      name: text,
      batch: z.int().min(1),
      seconds: z.array(positive).min(1),
      calls: count,
      largestError: number,
      tolerance: number,
      version: text.nullable(),
    }),
  ),
  missing: z.array(z.object({ name: text, why: text })),
});

export const benchSchema = z.object({
  kind: z.literal('bench'),
  schema: z.literal(2),
  rules: number,
  time: text,
  environment,
  full: z.boolean(),
  devices: z.array(
    z.object({
      run,
      published: z.array(number),
      modes: z.array(modeBench),
      simulation: z.object({ cycles: count, cpuSeconds: positive }).nullable(),
    }),
  ),
  skipped: z.array(z.object({ board: text, layers, mode, why: text })),
  software: z.array(software),
  builds: z.array(build),
  commandLine: text,
});

const cyclesSchema = z.object({
  kind: z.literal('cycles'),
  schema: z.literal(1),
  images: count,
  seed: count,
  rows: z.array(z.object({ board: text, layers, mode, cycles: z.int().min(1) })),
  builds: z.array(build),
});

const either = z.discriminatedUnion('kind', [benchSchema, cyclesSchema]);

/** What a file of `bench` holds, or what is wrong with it in a sentence. */
export function readBench(json: string): { readonly result: BenchResult | CyclesResult } | Wrong {
  const parsed = parseJson(either, json);
  if ('wrong' in parsed) return parsed;
  return { result: parsed.value as unknown as BenchResult | CyclesResult };
}
