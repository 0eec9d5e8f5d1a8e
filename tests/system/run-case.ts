/** One drawn case through a device and through `golden/fixed`: every value, and the units' flags. */
import { compareWithFixed, type FixedComparison } from '../../bench/compare-fixed.ts';
import type { Device } from '../../host/device.ts';
import { measure } from '../../host/measure.ts';
import type { Case } from './random-network.ts';

export async function runCase(device: Device, drawn: Case): Promise<FixedComparison> {
  const { network, inputs, labels, injection } = drawn;
  await device.loadNetwork(network, { injection });
  const images = inputs.map((codes, index) => ({
    codes: Int16Array.from(codes),
    label: labels[index] as number,
  }));
  const measurement = await measure(device, images, { observe: true });
  const unitFlags = await device.readUnitFlags();
  return compareWithFixed(network, { inputs, labels, injection }, { ...measurement, unitFlags });
}

/** n_0 … n_L. */
export function widthsOf({ network }: Case): number[] {
  return [network.layers[0]?.nIn ?? 0, ...network.layers.map(({ nOut }) => nOut)];
}
