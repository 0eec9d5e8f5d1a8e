/** A training run as a file, to go on from: what the device holds, float64 beside it, the records. */
import { rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { CONTRACT_CRC } from '../contract/fingerprint.ts';
import type { EpochResult, TrainRequest, TrainResult } from '../contract/result.ts';
import type { TrainingState } from '../contract/training.ts';
import type { Descent } from '../golden/float64/training.ts';
import { readWhole } from '../host/data/read-whole.ts';
import { DeltascopeError } from '../host/error.ts';

export interface Checkpoint {
  readonly request: TrainResult['request'];
  readonly board: string;
  /** CRC-32 of the training images with their labels. */
  readonly dataCrc: number;
  readonly states: readonly TrainingState[];
  /** Of `golden/float64`, trained alongside; undefined without `compare`. */
  readonly descent: Descent | undefined;
  /** Those that are done. */
  readonly epochs: readonly EpochResult[];
}

/** Settings that decide what is in a checkpoint, by the option that gives them. */
const SETTINGS = {
  layers: 'layers',
  init: 'init',
  seed: 'seed',
  weights: 'weights',
  activation: 'activation',
  dataset: 'dataset',
  images: 'images',
  cost: 'cost',
  learningRate: 'eta',
  decay: 'lambda',
  batch: 'batch',
  momentum: 'momentum',
  momentumSchedule: 'momentum',
  clipValue: 'clip-value',
  clipNorm: 'clip-norm',
  shuffle: 'shuffle',
  headroom: 'headroom',
} as const satisfies Partial<Record<keyof TrainRequest, string>>;

/** Thousands of epochs of the largest network. */
const MAX_FILE_BYTES = 64 * 2 ** 20;

const array = z.base64();
const vectors = z.object({ weights: array, biases: array });
const file = z.object({
  kind: z.literal('checkpoint'),
  schema: z.literal(1),
  contractCrc: z.number(),
  board: z.string(),
  dataCrc: z.number(),
  request: z.looseObject({}),
  epochs: z.array(z.looseObject({ epoch: z.number(), layers: z.array(z.unknown()) })),
  layers: z.array(vectors.extend({ weightSums: array, biasSums: array })),
  float64: z.array(vectors.extend({ velocities: vectors })).nullable(),
});

/** Whole or not at all: beside it first, then in its place. @throws DeltascopeError `output-not-writable`. */
export async function writeCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  const { request, board, dataCrc, states, descent, epochs } = checkpoint;
  const text = JSON.stringify({
    ...{ kind: 'checkpoint', schema: 1, contractCrc: CONTRACT_CRC },
    ...{ board, dataCrc, request, epochs },
    layers: states.map(({ weights, biases, weightSums, biasSums }) => ({
      ...{ weights: encode(weights), biases: encode(biases) },
      ...{ weightSums: encode(weightSums), biasSums: encode(biasSums) },
    })),
    float64:
      descent?.network.layers.map(({ weights, biases }, index) => {
        const velocity = descent.velocities[index] as Descent['velocities'][number];
        return {
          ...{ weights: encode(weights), biases: encode(biases) },
          velocities: { weights: encode(velocity.weights), biases: encode(velocity.biases) },
        };
      }) ?? null,
  });
  try {
    await writeFile(`${path}.part`, text);
    await rename(`${path}.part`, path);
  } catch (cause) {
    const { message } = cause as Error;
    throw new DeltascopeError('output-not-writable', `Cannot write "${path}": ${message}`, {
      hint: 'Name a file in a directory you may write to: --checkpoint mine.json',
      cause,
    });
  }
}

/** What a checkpoint has to agree with. */
export interface Expected {
  readonly request: TrainResult['request'];
  readonly board: string;
  readonly dataCrc: number;
  /** The start of the run: its shapes, and what float64 does not learn. */
  readonly states: readonly TrainingState[];
  readonly descent: Descent | undefined;
}

/** @throws DeltascopeError `bad-checkpoint` naming what is wrong with it, or what does not agree. */
export async function readCheckpoint(path: string, expected: Expected): Promise<Checkpoint> {
  const bad = (why: string, hint = 'Start anew without --resume.', cause?: unknown) =>
    new DeltascopeError('bad-checkpoint', `Cannot resume "${path}": ${why}`, { hint, cause });
  const limits = { maxBytes: MAX_FILE_BYTES, of: 'any checkpoint' };
  const bytes = await readWhole(path, limits).catch((cause: NodeJS.ErrnoException) => {
    throw bad(cause.code === 'ENOENT' ? 'there is no such file' : cause.message, undefined, cause);
  });
  const found = parse(bytes.toString());
  if (typeof found === 'string') throw bad(found);
  if (found.contractCrc !== CONTRACT_CRC) {
    throw bad(
      'it was written with another contract',
      'Use the version that wrote it, or start anew.',
    );
  }
  if (found.board !== expected.board) {
    throw bad(
      `it is of the board ${found.board}, not of ${expected.board}`,
      'Name the same board.',
    );
  }
  for (const [setting, option] of Object.entries(SETTINGS)) {
    const [was, is] = [found.request[setting], expected.request[setting as keyof TrainRequest]];
    if (JSON.stringify(was) === JSON.stringify(is)) continue;
    const say = (value: unknown) => (value === undefined ? 'nothing' : asFlag(value));
    throw bad(`it was made with --${option} ${say(was)}, not ${say(is)}`, 'Give the same options.');
  }
  if (found.dataCrc !== expected.dataCrc) {
    throw bad('it was made with other images', 'Give it the data set that it had.');
  }
  if (expected.descent !== undefined && found.float64 === null) {
    throw bad('it was made with --no-compare', 'Add --no-compare.');
  }
  const take = <T extends Int32Array | Float64Array>(base64: string, like: T): T => {
    const bytes = Buffer.from(base64, 'base64');
    if (bytes.length !== like.byteLength) throw bad('an array in it has another length');
    const copy = like.slice() as T;
    bytes.copy(new Uint8Array(copy.buffer));
    return copy;
  };
  const takeAll = <T extends { [Name in keyof T]: Int32Array | Float64Array }>(
    from: Readonly<Record<keyof T, string>> | undefined,
    like: T,
  ): T => {
    if (from === undefined) throw bad('it has fewer layers');
    const names = Object.keys(like) as (keyof T)[];
    return Object.fromEntries(
      names.map((name) => [name, take(from[name], like[name])]),
    ) as unknown as T;
  };
  const { descent } = expected;
  return {
    request: expected.request,
    board: found.board,
    dataCrc: found.dataCrc,
    epochs: found.epochs as unknown as EpochResult[],
    states: expected.states.map((state, index) => takeAll(found.layers[index], state)),
    descent: descent && {
      network: {
        layers: descent.network.layers.map((layer, index) => {
          const { weights, biases } = layer;
          return { ...layer, ...takeAll(found.float64?.[index], { weights, biases }) };
        }),
      },
      velocities: descent.velocities.map((velocity, index) =>
        takeAll(found.float64?.[index]?.velocities, velocity),
      ),
    },
  };
}

/** Or what is wrong with it. */
/** As the option takes it: `784,30,10`, or `2:0.9` of a schedule. */
function asFlag(value: unknown): string {
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return values.map((one) => (one instanceof Object ? Object.values(one).join(':') : one)).join();
}

function parse(text: string): z.infer<typeof file> | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return `it is not JSON: ${(error as Error).message}`;
  }
  const parsed = file.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return `it is no checkpoint: ${issue?.path.join('.')}: ${issue?.message}`;
}

function encode({ buffer, byteOffset, byteLength }: Int32Array | Float64Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}
