/** docs/errata.md is what the experiments find, measured afresh on the model: a minute. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { ExperimentResult } from '../../contract/experiment.ts';
import { EXPERIMENTS } from '../../experiments/catalogue.ts';
import { runExperiment } from '../../experiments/run-experiment.ts';
import { renderErrata } from '../../report/errata.ts';
import { ROOT } from '../../tools/setup/environment.mjs';
import { openModelDevice } from '../experiments/open-model.ts';

const COMMAND = 'deltascope experiment --all --quick --on model --errata';

test(`docs/errata.md is what npx ${COMMAND} prints`, async () => {
  await using model = await openModelDevice();
  const { device, description } = model;
  const results: ExperimentResult[] = [];
  for (const experiment of EXPERIMENTS) {
    const options = { device, description, quick: true, commandLine: COMMAND, root: ROOT };
    results.push(await runExperiment(experiment, options));
  }
  expect(results.filter(({ deviceVerdict }) => deviceVerdict !== 'agrees')).toEqual([]);
  const page = await readFile(path.join(ROOT, 'docs', 'errata.md'), 'utf8');
  expect(page, `stale: npx ${COMMAND} > docs/errata.md`).toBe(renderErrata(results));
});
