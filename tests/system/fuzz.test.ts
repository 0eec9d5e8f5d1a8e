/** The short form of `npm run campaign:fuzz`. */
import { expect, test } from 'vitest';
import { openTarget } from '../../host/transport/target.ts';
import { projectEnvironment } from '../../tools/setup/environment.mjs';
import { fuzzDevice } from './fuzz-device.ts';
import { fuzzHost } from './fuzz-host.ts';

const SEED = Number(process.env['DELTASCOPE_SEED'] ?? 20_261_121);

test(`strange bytes to the device: it says what the model says, then computes right, seed ${SEED}`, async () => {
  const environment = projectEnvironment();
  const { transport } = await openTarget('sim:icebreaker', { environment, seed: SEED % 1000 });
  await using device = transport;
  const { bytes } = await fuzzDevice(device, {
    ...{ board: 'icebreaker', seed: SEED, bytes: 600_000, grid: { length: 1024, step: 61 } },
  });
  expect(bytes).toBeGreaterThanOrEqual(600_000);
});

test(`strange bytes to the host: none is lost, a good reply is read, seed ${SEED}`, () => {
  expect(fuzzHost({ seed: SEED, bytes: 1_000_000 }).replies).toBeGreaterThan(1000);
});
