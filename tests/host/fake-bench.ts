/** A driver and a fake device at the two ends of a wire, and what tests give them. */
import type { IntegerNetwork } from '../../contract/network.ts';
import { type Device, openDevice } from '../../host/device.ts';
import type { Image } from '../../host/protocol/image.ts';
import type { Identity } from '../../host/protocol/requests.ts';
import { createLoop } from '../../host/transport/memory.ts';
import type { Transport } from '../../host/transport/transport.ts';
import { FakeDevice } from './fake-device.ts';
import { type Damage, lossy } from './lossy.ts';

export const TIMEOUTS = { replyMs: 15, retries: 60, identifyMs: 15 };
export const PATIENT = { replyMs: 10_000, retries: 1, identifyMs: 1000 };

export interface Bench {
  identity?: Partial<Identity>;
  damage?: Damage;
  signal?: AbortSignal;
  timeouts?: Partial<typeof TIMEOUTS>;
}

export async function open(
  bench: Bench = {},
): Promise<{ fake: FakeDevice; board: Transport; device: Device }> {
  const { damage = { seed: 0, rate: 0 } } = bench;
  const [host, board] = createLoop();
  const fake = new FakeDevice(lossy(board, { ...damage, seed: damage.seed + 1 }), bench.identity);
  fake.serve();
  const device = await openDevice(lossy(host, damage), {
    label: 'the fake',
    timeouts: { ...(bench.damage ? TIMEOUTS : PATIENT), ...bench.timeouts },
    signal: bench.signal,
  });
  return { fake, board, device };
}

export function network(widths: number[]): IntegerNetwork {
  const layers = widths.slice(1).map((nOut, index) => {
    const nIn = widths[index] ?? 0;
    const weights = Int16Array.from({ length: nIn * nOut }, (_, i) => i - 7);
    const biases = Int32Array.from({ length: nOut }, (_, i) => -i);
    return {
      nIn,
      nOut,
      scale: 0,
      activation: 'sigmoid' as const,
      activationScale: 0,
      weights,
      biases,
    };
  });
  return { layers, cost: 'cross-entropy' };
}

export function images(count: number): Image[] {
  return Array.from({ length: count }, (_, index) => ({
    pixels: Uint8Array.of(index % 250, 1, 0, 0, 7),
    label: index % 10,
  }));
}
