/** ds_mac_array: exact groups and sums with 4 and 32 lanes. */
import { test } from 'vitest';
import { FORMATS } from '../../contract/formats.ts';
import { LIMITS } from '../../contract/protocol.ts';
import { type Random, signedCorners } from './random.ts';
import { runModule } from './run-module.ts';

const BITS = FORMATS.weight.width;
const LOWEST = -(2 ** (BITS - 1));
const RANDOM_JOBS = 120;

/** A forward group: each row's weights and activation. Or a backward sum: weights and δ. */
type Job =
  | { backward: false; rows: [number[], number][]; accumulators: number[] }
  | { backward: true; rows: [number[], number[]][]; sum: number };

test.each([4, 32])('ds_mac_array with %i lanes is exact and on time', async (lanes) => {
  await runModule('ds_mac_array', {
    parameters: {
      Lanes: lanes,
      WordBits: BITS,
      AccBits: FORMATS.accumulator.width,
      SumBits: FORMATS.backSum.width,
    },
    vectors: (random) => [...cornerJobs(lanes), ...randomJobs(lanes, random)],
  });
});

/** The largest layer at its limits; single rows back to back; a lane alone; zeros after that. */
function cornerJobs(lanes: number): Job[] {
  const all = (value: number) => Array.from({ length: lanes }, () => value);
  const repeat = <T>(length: number, row: T) => Array.from({ length }, () => row);
  const one = (lane: number) => all(0).map((_, i) => (i === lane ? LOWEST : 0));
  const corners = signedCorners(BITS);
  const inputs = LIMITS.inputs;
  const groups = LIMITS.width / lanes;
  return [
    forward(repeat(inputs, [all(LOWEST), LOWEST])),
    forward(repeat(inputs, [all(LOWEST), -LOWEST - 1])),
    backward(repeat(groups, [all(LOWEST), all(LOWEST)])),
    backward(repeat(groups, [all(LOWEST), all(-LOWEST - 1)])),
    ...corners.flatMap((w) => corners.map((a) => forward([[all(w), a]]))),
    ...corners.flatMap((w) => corners.map((d) => backward([[all(w), all(d)]]))),
    ...all(0).map((_, lane) => backward([[one(lane), all(1)]])),
    forward([[all(0), LOWEST]]),
    backward([[all(0), all(LOWEST)]]),
  ];
}

/** Forward and backward mixed, 1 to 12 rows; some lanes are padding: weight 0, any δ. */
function randomJobs(lanes: number, random: Random): Job[] {
  return random.list(RANDOM_JOBS, () => {
    const rows = random.pick([1, 1, 2, 3, random.integer(4, 12)]);
    const used = random.pick([lanes, random.integer(1, lanes)]);
    const weights = () => random.list(lanes, (lane) => (lane < used ? random.signed(BITS) : 0));
    const deltas = () => random.list(lanes, () => random.signed(BITS));
    return random.boolean()
      ? forward(random.list(rows, () => [weights(), random.signed(BITS)]))
      : backward(random.list(rows, () => [weights(), deltas()]));
  });
}

/** Products are below 2^31 and sums below 2^42: exact in a double. */
function forward(rows: [number[], number][]): Job {
  const accumulators = (rows[0]?.[0] ?? []).map((_, lane) =>
    rows.reduce((sum, [weights, a]) => sum + (weights[lane] as number) * a, 0),
  );
  return { backward: false, rows, accumulators };
}

function backward(rows: [number[], number[]][]): Job {
  const dot = (weights: number[], deltas: number[]) =>
    weights.reduce((sum, w, lane) => sum + w * (deltas[lane] as number), 0);
  const sum = rows.reduce((total, [weights, deltas]) => total + dot(weights, deltas), 0);
  return { backward: true, rows, sum };
}
