/**
 * The standard measurement behind `npm run bench`: the networks of the lecture slides at Nielsen's
 * initialisation, on the device, with both golden models and the published values beside it.
 */
import type { BenchNetwork, RunRequest } from '../contract/result.ts';
import { loadInputs } from './inputs.ts';
import { type RunOptions, runJob } from './run-job.ts';
import { measureSoftware } from './software.ts';

/**
 * ‖mean δ^ℓ‖ of the hidden layers: Nielsen, Neural Networks and Deep Learning, ch. 5, "The
 * vanishing gradient problem". One random network each: another seed gives others, by 20 to 35 %.
 */
const NETWORKS = [
  { layers: [784, 30, 30, 10], published: [0.0657, 0.3092] },
  { layers: [784, 30, 30, 30, 10], published: [0.0118, 0.06, 0.2831] },
] as const;

const COST = 'cross-entropy';

export type StandardOptions = Pick<RunRequest, 'images' | 'seed' | 'on'>;

/** One network after the other, each as soon as it is measured. */
export async function* runStandard(
  { images, seed, on }: StandardOptions,
  options: RunOptions,
): AsyncGenerator<BenchNetwork> {
  for (const { layers, published } of NETWORKS) {
    const request: RunRequest = {
      layers,
      init: 'nielsen',
      seed,
      images,
      cost: COST,
      observe: false,
      on,
    };
    const { result: run, stopped } = await runJob(request, options);
    if (stopped !== undefined) throw stopped;
    options.onProgress?.({ kind: 'software' });
    const software = await measureSoftware(await loadInputs(request), COST);
    yield { run, published, software };
  }
}
