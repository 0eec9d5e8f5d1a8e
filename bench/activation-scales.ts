/** How far the activations of a network reach on its images: the scale e of each layer. */
import { ACTIVATION_SCALE } from '../contract/formats.ts';
import type { FloatLayer, FloatNetwork } from '../contract/network.ts';
import { createPass, feedForward } from '../golden/float64/network.ts';
import { pixelInputs } from '../golden/float64/pixels.ts';
import type { Dataset } from '../host/data/mnist.ts';
import { IS_UNBOUNDED } from '../host/data/quantise.ts';

/** Room for what the rounding of weights changes. */
const MARGIN = 1 + 2 ** -7;

/**
 * The smallest e at which no activation of these images is clamped, or the largest there is. What
 * still is clamped, the device counts.
 */
export function chooseScales(network: FloatNetwork, data: Dataset): number[] {
  const { layers } = network;
  if (!layers.some(isUnbounded)) return layers.map(() => ACTIVATION_SCALE.min);
  const reaches = layers.map(() => 0);
  const pass = createPass(network);
  const size = data.rows * data.columns;
  const input = new Float64Array(size);
  for (let image = 0; image < data.count; image++) {
    pixelInputs(data.images.subarray(image * size, (image + 1) * size), input);
    feedForward(network, input, pass);
    layers.forEach((layer, index) => {
      const z = pass.z[index] as Float64Array;
      reaches[index] = Math.max(reaches[index] as number, reachOf(layer, z));
    });
  }
  return layers.map((layer, index) =>
    isUnbounded(layer) ? scaleFor((reaches[index] as number) * MARGIN) : ACTIVATION_SCALE.min,
  );
}

function isUnbounded({ activation = 'sigmoid' }: FloatLayer): boolean {
  return IS_UNBOUNDED[activation];
}

/** Largest |z| that is rounded to the scale: below zero only where it is used. */
function reachOf({ activation, alphas }: FloatLayer, z: Float64Array): number {
  let reach = 0;
  z.forEach((value, j) => {
    const isUsed =
      value > 0 || activation === 'identity' || (activation === 'relu' && (alphas?.[j] ?? 0) !== 0);
    if (isUsed) reach = Math.max(reach, Math.abs(value));
  });
  return reach;
}

function scaleFor(reach: number): number {
  let scale: number = ACTIVATION_SCALE.min;
  while (scale < ACTIVATION_SCALE.max && reach >= 2 ** scale) scale++;
  return scale;
}
