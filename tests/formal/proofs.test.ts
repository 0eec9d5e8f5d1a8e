/** Every task of every tests/formal/*.sby passes: the proofs, and a cover task beside each. */
import { describe, expect, test } from 'vitest';
import { expectProof, tasksOf } from '../bridge/sby.ts';
import { proofNames } from './names.ts';

const TASKS = proofNames().flatMap((proof) => tasksOf(proof).map((task) => ({ proof, task })));

describe.concurrent('formal', () => {
  test.each(TASKS)('$proof $task', (task) => expectProof(task));
});

test.each(proofNames())('%s has a cover task, so that its proof is not vacuous', (proof) => {
  expect(tasksOf(proof)).toContain('cover');
});
