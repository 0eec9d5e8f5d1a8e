/**
 * `npm run campaign:fuzz [-- BYTES]`: strange bytes into the device's receiver in the RTL, and into
 * the host's decoder. `fuzz.test.ts` is its short form.
 */

import { openTarget } from '../../host/transport/target.ts';
import { projectEnvironment } from '../../tools/setup/environment.mjs';
import { fuzzDevice } from './fuzz-device.ts';
import { fuzzHost } from './fuzz-host.ts';

const BYTES = Number(process.argv[2] ?? 1e7);
const SEED = Number(process.env['DELTASCOPE_SEED'] ?? 1);
const BOARD = 'icebreaker';
/** Every opcode with every length takes about half of the bytes. */
const GRID = { length: 1024, step: Math.max(1, Math.round(1e7 / BYTES)) };
const STEP = 1e6;

if (!(Number.isInteger(BYTES) && BYTES > 0))
  throw new RangeError(`"${BYTES}" is no count of bytes`);
let told = 0;
const onProgress = (bytes: number) => {
  if (bytes - told < STEP) return;
  told = bytes;
  process.stdout.write(`${bytes} bytes\n`);
};
const started = Date.now();
const { transport } = await openTarget(`sim:${BOARD}`, {
  environment: projectEnvironment(),
  seed: SEED,
});
await using device = transport;
const { bytes, batches, replies } = await fuzzDevice(device, {
  ...{ board: BOARD, seed: SEED, bytes: BYTES, grid: GRID, onProgress },
});
process.stdout.write(
  `device: ${bytes} bytes in ${batches} batches, ${replies} replies as the model's, then a network ` +
    `bit for bit; ${seconds()} s\n`,
);
const host = fuzzHost({ seed: SEED, bytes: BYTES });
process.stdout.write(
  `host: ${host.bytes} bytes, ${host.replies} replies and ${host.discarded} discarded frames, no byte ` +
    `lost; ${seconds()} s in all\n`,
);

function seconds(): string {
  return ((Date.now() - started) / 1000).toFixed(0);
}
