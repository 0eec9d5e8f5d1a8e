import { expect, test } from 'vitest';
import type { FaultCampaign, FaultFigures, GoodputCampaign } from '../../contract/reliability.ts';
import { faultsTable, goodputTable } from '../../tools/reliability.ts';

const FIGURES: FaultFigures = {
  ...{ fault: 'bytes dropped', link: 'bytes', rounds: 100, frames: 12_000, resends: 30 },
  ...{ right: 98, wrong: 0, hangs: 0, errors: { 'device-reset': 2 }, unclear: 0 },
  ...{ goodput: 0.974, slowestErrorMs: 1234, slowestRecoveryMs: 0 },
};

const RUN = {
  environment: { cpu: 'X', cores: 2, platform: 'linux-x64', node: 'v20', commit: 'abc' },
  ...{ time: '2026-11-21T00:00:00Z', commandLine: 'npm run campaign:X' },
};

function campaign(...figures: FaultFigures[]): FaultCampaign {
  return { kind: 'fault-campaign', schema: 1, board: 'icebreaker', seed: 1, figures, ...RUN };
}

const GOODPUT: GoodputCampaign = {
  ...{ kind: 'goodput-campaign', schema: 1, board: 'ulx3s-25f', clockHz: 48e6, ...RUN },
  figures: [
    { goodput: 0.98, replyLatencyMs: 0, bitErrors: 0 },
    { goodput: 0.87, replyLatencyMs: 0, bitErrors: 1e-5 },
    { goodput: 0.95, replyLatencyMs: 16, bitErrors: 0 },
  ].map((line) => ({
    ...{ baud: 3e6, traffic: 'weights', payloadBytes: 1e6, deviceSeconds: 1, resends: 0, ...line },
  })),
  host: [
    {
      ...{ baud: 12e6, traffic: 'images', bytes: 2e6 },
      ...{ cpuSeconds: 0.5, lineSeconds: 1.5, wallSeconds: 1.6 },
    },
  ],
};

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

test('the tables of goodput have a row for each payload, and what the host takes', () => {
  const text = goodputTable(GOODPUT);
  expect(text).toContain('| weights at 3 Mbaud | 98.0 % | 95.0 % | 87.0 % |');
  expect(text).toContain('| images at 12 Mbaud | 0.25 | 0.75 | 93.8 % |');
});
