/** Every task of every tests/formal/*.sby passes: the proofs, and a cover task beside each. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../../tools/setup/environment.mjs';
import { expectProof, tasksOf } from '../bridge/sby.ts';

const PROOFS = readdirSync(path.join(ROOT, 'tests', 'formal'))
  .filter((name) => name.endsWith('.sby'))
  .map((name) => path.basename(name, '.sby'));
const TASKS = PROOFS.flatMap((proof) => tasksOf(proof).map((task) => ({ proof, task })));

describe.concurrent('formal', () => {
  test.each(TASKS)('$proof $task', (task) => expectProof(task));
});

test.each(PROOFS)('%s has a cover task, so that its proof is not vacuous', (proof) => {
  expect(tasksOf(proof)).toContain('cover');
});
