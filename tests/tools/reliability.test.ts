import { expect, test } from 'vitest';
import type { FaultCampaign, FaultFigures } from '../../contract/reliability.ts';
import { faultsTable } from '../../tools/reliability.ts';

const FIGURES: FaultFigures = {
  ...{ fault: 'bytes dropped', link: 'bytes', rounds: 100, frames: 12_000, resends: 30 },
  ...{ right: 98, wrong: 0, hangs: 0, errors: { 'device-reset': 2 }, unclear: 0 },
  ...{ goodput: 0.974, slowestErrorMs: 1234, slowestRecoveryMs: 0 },
};

function campaign(...figures: FaultFigures[]): FaultCampaign {
  return {
    ...{ kind: 'fault-campaign', schema: 1, board: 'icebreaker', seed: 1, figures },
    environment: { cpu: 'X', cores: 2, platform: 'linux-x64', node: 'v20', commit: 'abc' },
    ...{ time: '2026-11-21T00:00:00Z', commandLine: 'npm run campaign:faults' },
  };
}

test('the table of faults has a row for each, and the bound that they give', () => {
  const text = faultsTable(campaign(FIGURES, { ...FIGURES, frames: 18_000 }));
  expect(text).toContain('30 000 frames in 200 rounds: **0 wrong results, 0 hangs');
  expect(text).toContain('below 1.0e-4 a frame at 95 % (3/n)');
  expect(text).toContain(
    '| bytes dropped | bytes | 12 000 | 100 | 98 | 2 `device-reset` | 30 | 97.4 % | 1.2 | – |',
  );
});

test('there is no bound where something was wrong', () => {
  const text = faultsTable(campaign({ ...FIGURES, wrong: 1 }));
  expect(text).toContain('**1 wrong results');
  expect(text).not.toContain('95 %');
});
