/** Every task of every tests/formal/*.sby passes: the proofs, and a cover task beside each. */
import { afterAll, describe, expect, test } from 'vitest';
import { renderTable } from '../../report/table.ts';
import { expectProof, tasksOf } from '../bridge/sby.ts';
import { proofNames } from './names.ts';

const TASKS = proofNames().flatMap((proof) => tasksOf(proof).map((task) => ({ proof, task })));

const rows: string[][] = [];
afterAll(() => {
  const columns = [
    ...(['proof', 'task', 'what'] as const).map((head) => ({ head, align: 'left' as const })),
    { head: 'seconds' },
  ];
  process.stdout.write(`\n${renderTable(columns, rows.sort())}\n`);
});

describe.concurrent('formal', () => {
  test.each(TASKS)('$proof $task', async ({ proof, task }) => {
    const { what, seconds } = await expectProof({ proof, task });
    rows.push([proof, task, what, seconds.toFixed(1)]);
  });
});

test.each(proofNames())('%s has a cover task, so that its proof is not vacuous', (proof) => {
  expect(tasksOf(proof)).toContain('cover');
});
