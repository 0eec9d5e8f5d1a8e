/** How far the device's norms are from the textbook in float64. */
import { max, quantileSorted } from 'simple-statistics';
import type { FloatNetwork } from '../contract/network.ts';
import type { Reference, Spread } from '../contract/result.ts';
import { type Batch, measureBatch } from '../golden/float64/batch.ts';
import { norm } from '../golden/float64/norm.ts';

/** What the device measured of one layer. */
export interface DeviceNorms {
  /** null when Σδ could not be read. */
  readonly normOfMean: number | null;
  readonly meanOfNorms: number;
  /** One a image. */
  readonly norms: readonly number[];
}

/** One reference per layer 1 … L. */
export function compareWithFloat(
  network: FloatNetwork,
  batch: Omit<Batch, 'onImage'>,
  device: readonly DeviceNorms[],
): Reference[] {
  const errors = device.map(() => [] as number[]);
  const references = measureBatch(network, {
    ...batch,
    onImage: (image, pass) =>
      device.forEach(({ norms }, index) => {
        const reference = norm(pass.delta[index] as Float64Array);
        const error = relativeError(norms[image] as number, reference);
        if (error !== null) errors[index]?.push(error);
      }),
  });
  return references.map(({ normOfMean, meanOfNorms }, index) => {
    const measured = device[index] as DeviceNorms;
    return {
      normOfMean,
      meanOfNorms,
      normOfMeanError: relativeError(measured.normOfMean, normOfMean),
      meanOfNormsError: relativeError(measured.meanOfNorms, meanOfNorms),
      normPerImageError: spread(errors[index] as number[]),
    };
  });
}

function relativeError(measured: number | null, reference: number): number | null {
  return reference === 0 || measured === null ? null : Math.abs(measured - reference) / reference;
}

function spread(values: number[]): Spread | null {
  if (values.length === 0) return null;
  const sorted = values.sort((a, b) => a - b);
  return {
    median: quantileSorted(sorted, 0.5),
    p99: quantileSorted(sorted, 0.99),
    max: max(sorted),
  };
}
