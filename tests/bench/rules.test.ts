/** Every rule of docs/run-rules.md is broken once, and seen. */
import { expect, test } from 'vitest';
import { findViolations } from '../../bench/rules.ts';
import { type BenchResult, RULES, type RuleName } from '../../contract/bench.ts';
import {
  LAYER,
  MODE,
  RUN,
  repeats,
  VALID,
  withMode,
  withRun,
  withSoftware,
} from './bench-result.ts';

const wrongBits = { equal: false, valuesCompared: 1000 };
const far = { ...LAYER.float64SameWeights, normOfMeanError: 0.03 };
const uneven = [...repeats(1).slice(1), ...repeats(1, { cycles: 501 }).slice(0, 1)];

const BROKEN: readonly (readonly [RuleName, string, BenchResult])[] = [
  ['version', 'another version', { ...VALID, rules: 2 }],
  ['environment', 'changes', { ...VALID, environment: { ...VALID.environment, commit: 'abc+' } }],
  ['environment', 'no commit', { ...VALID, environment: { ...VALID.environment, commit: null } }],
  ['environment', 'no CPU', { ...VALID, environment: { ...VALID.environment, cpu: 'unknown' } }],
  ['origin', 'the model', withRun({ device: { ...RUN.device, kind: 'model' } })],
  ['whole', 'stopped early', withRun({ partial: true })],
  ['whole', 'no device', { ...VALID, devices: [] }],
  ['bits', 'in the run', withRun({ fixed: { ...RUN.fixed, ...wrongBits } })],
  ['bits', 'in the session of the speed', withMode({ fixed: wrongBits })],
  ['bits', 'nothing compared', withMode({ fixed: { equal: true, valuesCompared: 0 } })],
  ['fidelity', 'far off', withRun({ layers: [{ ...LAYER, float64SameWeights: far }] })],
  ['link', 'slower', withRun({ link: { ...RUN.link, stepDowns: 1 } })],
  [
    'repeats',
    'four',
    withMode({ batches: MODE.batches.map((b) => ({ ...b, repeats: b.repeats.slice(1) })) }),
  ],
  [
    'cycles',
    'not the same',
    withMode({ batches: [{ images: 1, repeats: uneven }, ...MODE.batches] }),
  ],
  ['batches', 'no single image', withMode({ batches: MODE.batches.slice(1) })],
  ['batches', 'none that is large', withMode({ batches: MODE.batches.slice(0, 1) })],
  ['latency', 'not measured', withMode({ latency: null })],
  ['software-repeats', 'too short', withSoftware({ calls: 100 })],
  ['software-repeats', 'too few', withSoftware({ seconds: [1, 1] })],
  ['software-outputs', 'other norms', withSoftware({ largestError: 1e-3 })],
];

test('the example breaks no rule', () => {
  expect(findViolations(VALID)).toEqual([]);
});

test.each(BROKEN)('%s: %s', (rule, _what, result) => {
  expect(findViolations(result).map((violation) => violation.rule)).toEqual(
    expect.arrayContaining([rule]),
  );
  expect(new Set(findViolations(result).map((violation) => violation.rule)).size).toBe(1);
});

test('no rule is left out', () => {
  expect([...new Set(BROKEN.map(([rule]) => rule))].sort()).toEqual(Object.keys(RULES).sort());
});

test('a step has no latency of its own', () => {
  expect(findViolations(withMode({ mode: 'train', latency: null }))).toEqual([]);
});
