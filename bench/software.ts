/** Images per second of the golden models on this machine, one thread, with `benchmark`. */
import Benchmark from 'benchmark';
import type { CostName } from '../contract/network.ts';
import type { SoftwareResult } from '../contract/result.ts';
import { DeltaSum } from '../golden/fixed/delta-sum.ts';
import { backpropagate } from '../golden/fixed/network.ts';
import { measureBatch } from '../golden/float64/batch.ts';
import { firstImages, type Inputs, inputCodes } from './inputs.ts';

/** Images of one call: enough that a call takes some milliseconds. */
const BATCH = 100;
const SECONDS = 1;

/** The same images and networks as on the device: forward, every δ, norms or sums. */
export async function measureSoftware(inputs: Inputs, cost: CostName): Promise<SoftwareResult[]> {
  const { data, network, integers } = inputs;
  const count = Math.min(BATCH, data.count);
  const batch = { ...firstImages(data, count), cost };
  const codes = [...inputCodes({ ...data, count })];
  const fixed = () => {
    const sums = integers.layers.map(({ nOut }) => new DeltaSum(nOut));
    codes.forEach((input, image) => {
      const layers = backpropagate(integers, input, batch.labels[image] as number);
      layers.forEach(({ delta, deltaExponent }, index) => {
        sums[index]?.add(delta, deltaExponent);
      });
    });
  };
  return [
    await measureFunction('golden/float64, dense', count, () => measureBatch(network, batch)),
    await measureFunction('golden/fixed, zeros skipped', count, fixed),
  ];
}

function measureFunction(name: string, images: number, call: () => void): Promise<SoftwareResult> {
  return new Promise((resolve, reject) => {
    const bench = new Benchmark(name, call, { async: true, maxTime: SECONDS });
    bench.on('error', () => reject(bench.error));
    bench.on('complete', () => {
      if (bench.error) return;
      resolve({
        name,
        imagesPerSecond: bench.hz * images,
        relativeMargin: bench.stats.rme / 100,
        samples: bench.stats.sample.length,
      });
    });
    bench.run();
  });
}
