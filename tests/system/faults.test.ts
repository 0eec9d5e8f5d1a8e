/** The short form of `npm run campaign:faults`: right, or an error that says what is the matter. */
import { expect, test } from 'vitest';
import type { FaultFigures } from '../../contract/reliability.ts';
import { runCampaign } from '../campaign/faults.ts';
import { SCENARIOS, type Scenario } from '../campaign/scenarios.ts';

const SEED = Number(process.env['DELTASCOPE_SEED'] ?? 20_261_121);
const FRAMES = 500;

/** What each may end in, besides right results. */
const MAY_FAIL: Readonly<Record<string, readonly string[]>> = {
  'device reset, at any moment': ['device-reset', 'not-a-deltascope-device'],
  'port vanishes and comes back': ['port-failed'],
};

async function bear(scenario: Scenario): Promise<FaultFigures> {
  let last: FaultFigures | undefined;
  for await (const { figures } of runCampaign({
    ...{ scenarios: [scenario], frames: FRAMES, seed: SEED, leastRounds: 4 },
  })) {
    last = figures;
  }
  return last as FaultFigures;
}

test.each(SCENARIOS.filter(({ inShort }) => inShort))('$link: $fault', async (scenario) => {
  const figures = await bear(scenario);
  expect(figures).toMatchObject({ wrong: 0, hangs: 0, unclear: 0 });
  expect(figures.frames).toBeGreaterThanOrEqual(FRAMES);
  expect(figures.right).toBeGreaterThan(0);
  for (const code of Object.keys(figures.errors)) {
    expect(MAY_FAIL[scenario.fault] ?? []).toContain(code);
  }
});
