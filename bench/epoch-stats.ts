/** What an epoch has come to: the cost, and how far activations reach, on the first training images. */
import { mean, standardDeviation } from 'simple-statistics';
import type { CostName, FloatNetwork } from '../contract/network.ts';
import type { EpochCost, EpochStats } from '../contract/result.ts';
import { COST_FUNCTIONS } from '../golden/float64/cost.ts';
import { costOf, createPass, feedForward } from '../golden/float64/network.ts';
import { pixelInputs } from '../golden/float64/pixels.ts';
import type { TrainingExample } from '../golden/float64/training.ts';
import type { Device } from '../host/device.ts';
import { type MeasuredImage, measure } from '../host/measure.ts';
import { activationValue, zValue } from '../host/values.ts';
import { finiteOrNull } from './compare-float.ts';

export interface StatsRequest {
  readonly examples: readonly TrainingExample[];
  readonly cost: CostName;
  /** λ/n. */
  readonly decayPerImage: number;
}

/** Each image runs alone, and z and a of every unit come back; the network does not learn. */
export async function readStats(
  device: Device,
  { examples, cost, decayPerImage }: StatsRequest,
  {
    weightsOf,
    signal,
  }: { weightsOf: () => Promise<FloatNetwork>; signal?: AbortSignal | undefined },
): Promise<Omit<EpochStats, 'float64'>> {
  await device.setTraining(false);
  const { images } = await measure(device, examples, { observe: true, signal });
  const data = images.reduce(
    (sum, image, at) => sum + costOfOutputs(image, { cost, label: examples[at]?.label ?? 0 }),
    0,
  );
  return {
    images: images.length,
    cost: {
      data: data / images.length,
      decay: decayPerImage === 0 ? 0 : decayCost(await weightsOf(), decayPerImage),
    },
    layers: (images[0]?.layers ?? []).map((_, index) => ({
      layer: index + 1,
      ...spreadOf(
        images.flatMap(({ observation }) => {
          const layer = observation?.[index];
          return layer === undefined
            ? []
            : Array.from(layer.activations, (code) => activationValue(code, layer));
        }),
      ),
    })),
  };
}

/** Of float64, on the same images; null where it is no number. */
export function floatCost(
  network: FloatNetwork,
  { examples, cost, decayPerImage }: StatsRequest,
): EpochCost {
  const data = examples.reduce(
    (sum, { pixels, label }) => sum + costOf(network, { input: pixelInputs(pixels), label, cost }),
    0,
  );
  return {
    data: finiteOrNull(data / examples.length),
    decay: finiteOrNull(decayPerImage === 0 ? 0 : decayCost(network, decayPerImage)),
  };
}

/** How many float64 takes for what they are: the largest z^L, the first of equal ones. */
export function floatCorrect(network: FloatNetwork, examples: readonly TrainingExample[]): number {
  const pass = createPass(network);
  return examples.filter(({ pixels, label }) => {
    const outputs = feedForward(network, pixelInputs(pixels), pass).z.at(-1) as Float64Array;
    return outputs.indexOf(Math.max(...outputs)) === label;
  }).length;
}

function costOfOutputs(
  { observation }: MeasuredImage,
  { cost, label }: { cost: CostName; label: number },
): number {
  const { value } = COST_FUNCTIONS[cost];
  const outputs = observation?.at(-1)?.z ?? [];
  return Array.from(outputs, zValue).reduce((sum, z, j) => sum + value(z, j === label ? 1 : 0), 0);
}

/** λ/2n Σw² (NN&DL eq. 85 and 87). */
function decayCost({ layers }: FloatNetwork, decayPerImage: number): number {
  let squares = 0;
  for (const { weights } of layers) for (const w of weights) squares += w * w;
  return (decayPerImage * squares) / 2;
}

function spreadOf(values: number[]): { mean: number; deviation: number } {
  return { mean: mean(values), deviation: standardDeviation(values) };
}
