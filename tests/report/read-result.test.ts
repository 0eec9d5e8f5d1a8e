/** What `report` takes for a result, and what it says of other files. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runJob } from '../../bench/run-job.ts';
import { trainJob } from '../../bench/train-job.ts';
import { openTarget } from '../../cli/target.ts';
import type { ExperimentResult } from '../../contract/experiment.ts';
import { renderBench } from '../../report/bench.ts';
import { benchSections } from '../../report/bench-section.ts';
import { renderExperiment } from '../../report/experiment-terminal.ts';
import { renderHtml } from '../../report/html.ts';
import { type Reportable, readResult } from '../../report/read-result.ts';
import { experimentSection, runSection } from '../../report/section.ts';
import { renderRun } from '../../report/terminal.ts';
import { renderTrain } from '../../report/train.ts';
import { trainSection } from '../../report/train-section.ts';
import { VALID } from '../bench/bench-result.ts';
import { mutated } from '../host/data/reads-cleanly.ts';
import { EXAMPLE, HOSTILE } from './example.ts';

test('an experiment, alone or among others, comes back as it was written', () => {
  expect(readResult(JSON.stringify(EXAMPLE))).toEqual({ results: [EXAMPLE] });
  const several = { kind: 'experiments', schema: 1, results: [EXAMPLE, EXAMPLE] };
  expect(readResult(JSON.stringify(several))).toEqual({ results: [EXAMPLE, EXAMPLE] });
});

test.each([
  ['{', /not JSON/],
  ['{}', /kind/],
  ['[]', /expected object/],
  [JSON.stringify({ ...EXAMPLE, schema: 2 }), /^schema: /],
  [
    JSON.stringify({ ...EXAMPLE, pictures: [{ ...EXAMPLE.pictures[0], id: 'a" onload="' }] }),
    /^pictures\.0\.id: /,
  ],
  [
    JSON.stringify({ ...EXAMPLE, claims: [{ ...EXAMPLE.claims[0], verdict: 'maybe' }] }),
    /^claims\.0\.verdict: /,
  ],
  [
    JSON.stringify({ ...EXAMPLE, device: { ...EXAMPLE.device, kind: 'dreamt' } }),
    /^device\.kind: /,
  ],
])('%.40s is refused', (json, reason) => {
  const reading = readResult(json);
  expect('wrong' in reading ? reading.wrong : '').toMatch(reason);
});

/** Every field of a value, as the keys that lead there. */
function pathsOf(value: unknown): string[][] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    [key],
    ...pathsOf(inner).map((path) => [key, ...path]),
  ]);
}

/** A copy with another value there; undefined: without. */
function changed(whole: unknown, path: readonly string[], value: unknown): unknown {
  const copy: unknown = structuredClone(whole);
  let at = copy as Record<string, unknown>;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
  at[path.at(-1) ?? ''] = value;
  return copy;
}

/** Breaks every field of a result in turn; `show` is all that the report shows of it. */
function expectJudged<R extends Reportable>(result: R, show: (read: R) => string): void {
  for (const path of pathsOf(result)) {
    for (const value of [undefined, null, 'text', {}, []]) {
      const reading = readResult(JSON.stringify(changed(result, path, value)));
      if ('wrong' in reading) continue;
      const [read] = reading.results as readonly R[];
      const shown = read && show(read);
      expect(shown, `${path.join('.')} is ${JSON.stringify(value)}`).not.toMatch(/NaN|undefined/);
    }
  }
}

test('a run with any field missing or of another kind is refused, or shown without it', async () => {
  const { result } = await runJob(
    {
      ...{ layers: [784, 4, 3, 10], init: 'nielsen', seed: 1, images: 2, cost: 'cross-entropy' },
      ...{ observe: true, on: 'model' },
    },
    { commandLine: 'test', environment: {}, open: openTarget },
  );
  const readBack = readResult(JSON.stringify(result));
  expect(readBack).toMatchObject({ results: [{ kind: 'run', layers: result.layers }] });
  expect(pathsOf(result).length).toBeGreaterThan(150);
  expectJudged(result, (run) => renderRun(run) + JSON.stringify(runSection(run)));
});

test('a train with any field missing or of another kind likewise', async () => {
  const { result } = await trainJob(
    {
      ...{ layers: [784, 4, 3, 10], init: 'nielsen', seed: 1, images: 4, cost: 'cross-entropy' },
      ...{ epochs: 2, batch: 2, learningRate: 0.1, decay: 1, momentum: 0.5, shuffle: true },
      ...{
        headroom: 2,
        test: 2,
        stats: 2,
        clipNorm: 0.1,
        compare: true,
        checkpointEvery: 10,
        on: 'model',
      },
    },
    { commandLine: 'test', environment: {}, open: openTarget },
  );
  const readBack = readResult(JSON.stringify(result));
  expect(readBack).toMatchObject({ results: [{ kind: 'train', epochs: result.epochs }] });
  expectJudged(result, (train) => renderTrain(train) + JSON.stringify(trainSection(train)));
  const [curves, accuracy, cost] = trainSection(result).pictures;
  expect(curves?.series.map(({ name }) => name)).toEqual([
    ...['device, layer 1', 'device, layer 2', 'device, layer 3'],
    ...['float64, layer 1', 'float64, layer 2', 'float64, layer 3'],
  ]);
  expect(curves?.series[0]?.points.map(({ x }) => x)).toEqual([1, 2]);
  expect(accuracy?.series.map(({ points }) => points.length)).toEqual([2, 2, 2]);
  expect(cost?.series.map(({ points }) => points.length)).toEqual([2, 2]);
});

test('a bench with any field missing or of another kind likewise', async () => {
  expect(readResult(JSON.stringify(VALID))).toEqual({ results: [VALID] });
  expectJudged(VALID, (bench) => renderBench(bench) + JSON.stringify(benchSections(bench)));
  const html = await renderHtml(benchSections(VALID));
  expect(html).toContain('What holds the ulx3s-85f back');
  expect(html).toContain('link, 3 Mbaud');
});

test('an experiment with any two fields replaced is refused, or shown without markup', async () => {
  const places = pathsOf(EXAMPLE);
  const hostile = fc.oneof(
    fc.constantFrom<unknown[]>(undefined, null, 0, -1, 1e308, 5e-324, '', HOSTILE, [], {}, [[]]),
    fc.double({ noNaN: true }),
    fc.string({ unit: 'binary', maxLength: 20 }),
  );
  const replacement = fc.tuple(fc.constantFrom(...places), hostile);
  const attempt = async (changes: [string[], unknown][]) => {
    // The deeper first: the other one may take its place away.
    const deeperFirst = changes.sort(([a], [b]) => b.length - a.length);
    const whole = deeperFirst.reduce<unknown>(
      (result, [path, value]) => changed(result, path, value),
      EXAMPLE,
    );
    const reading = readResult(JSON.stringify(whole));
    if ('wrong' in reading) return;
    const [result] = reading.results as readonly ExperimentResult[];
    if (result === undefined) throw new Error('read, but empty');
    expect(renderExperiment(result)).not.toContain('undefined');
    expect(await renderHtml([experimentSection(result)])).not.toMatch(/<img|<script|undefined/);
  };
  await fc.assert(
    fc.asyncProperty(fc.array(replacement, { minLength: 1, maxLength: 2 }), attempt),
    { numRuns: 1000 },
  );
});

test('damaged text of a result is read or said to be wrong', () => {
  const bytes = new TextEncoder().encode(JSON.stringify(EXAMPLE));
  fc.assert(
    fc.property(mutated([bytes]), (damaged) => {
      readResult(new TextDecoder().decode(damaged));
    }),
    { numRuns: 1000 },
  );
});
