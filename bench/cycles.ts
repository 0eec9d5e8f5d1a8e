/** Clock cycles of a few images on simulated boards: exact, so that a change of one is a change. */
import { type CyclesResult, MODES } from '../contract/bench.ts';
import type { BoardName } from '../contract/boards.ts';
import type { Device } from '../host/device.ts';
import { boardName } from '../host/protocol/requests.ts';
import { loadInputs } from './inputs.ts';
import {
  FULL,
  requestFor,
  type StandardNetwork,
  simulatedBoards,
  speedInputs,
  unlessTooBig,
} from './networks.ts';
import { measureSpeed } from './speed.ts';
import { type DeviceOptions, withDevice } from './with-device.ts';

/** Enough for rows that are skipped and not, and a step. */
const IMAGES = 4;
const SEED = 1;

/** Every mode of every network that fits, board by board. @throws DeltascopeError of the devices. */
export async function countCycles(
  options: DeviceOptions,
  networks: readonly StandardNetwork[] = FULL,
): Promise<Pick<CyclesResult, 'images' | 'seed' | 'rows'>> {
  const rows: CyclesResult['rows'][number][] = [];
  for (const on of simulatedBoards()) {
    rows.push(...(await countOnBoard(on, { networks, ...options })));
  }
  return { images: IMAGES, seed: SEED, rows };
}

async function countOnBoard(
  on: string,
  { networks, ...options }: DeviceOptions & { networks: readonly StandardNetwork[] },
): Promise<CyclesResult['rows']> {
  const { value } = await withDevice({ on }, options, (device) =>
    countOnDevice(device, networks, options),
  );
  return value;
}

/** Every mode of every network that fits. @throws DeltascopeError of the device. */
export async function countOnDevice(
  device: Device,
  networks: readonly StandardNetwork[],
  { signal }: Pick<DeviceOptions, 'signal'> = {},
): Promise<CyclesResult['rows']> {
  const board = boardName(device.identity) as BoardName;
  const speed = { batches: [IMAGES], repeats: 0, latencyImages: 0, signal };
  const rows: CyclesResult['rows'][number][] = [];
  for (const network of networks) {
    const request = requestFor(network, { seed: SEED, images: IMAGES, on: board });
    const inputs = speedInputs(await loadInputs(request));
    for (const mode of MODES) {
      const found = await unlessTooBig(() => measureSpeed(device, inputs, { ...speed, mode }));
      if ('why' in found) continue;
      const cycles = Math.round(found.value.cycles.all * IMAGES);
      rows.push({ board, layers: network.layers, mode, cycles });
    }
  }
  return rows;
}
