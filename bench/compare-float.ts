/** How far the device's norms are from the textbook in float64. */
import { max, quantileSorted } from 'simple-statistics';
import type { FloatNetwork } from '../contract/network.ts';
import type { Reference, Spread } from '../contract/result.ts';
import { type Batch, measureBatch } from '../golden/float64/batch.ts';
import type { Pass } from '../golden/float64/network.ts';
import { norm } from '../golden/float64/norm.ts';

/** What the device measured of one layer. */
export interface DeviceNorms {
  /** null when Σδ could not be read, or is too large for a float64. */
  readonly normOfMean: number | null;
  /** null when too large for a float64. */
  readonly meanOfNorms: number | null;
  /** One a image. */
  readonly norms: readonly number[];
}

/** One reference per layer 1 … L. `batch.onImage` is shown each pass, which the next overwrites. */
export function compareWithFloat(
  network: FloatNetwork,
  batch: Batch,
  device: readonly DeviceNorms[],
): Reference[] {
  const errors = device.map(() => [] as number[]);
  const references = measureBatch(network, {
    ...batch,
    onImage: (image: number, pass: Pass) => {
      device.forEach(({ norms }, index) => {
        const reference = norm(pass.delta[index] as Float64Array);
        const error = relativeError(norms[image] as number, reference);
        if (error !== null) errors[index]?.push(error);
      });
      batch.onImage?.(image, pass);
    },
  });
  return references.map(({ normOfMean, meanOfNorms }, index) => {
    const measured = device[index] as DeviceNorms;
    return {
      normOfMean: finiteOrNull(normOfMean),
      meanOfNorms: finiteOrNull(meanOfNorms),
      normOfMeanError: relativeError(measured.normOfMean, normOfMean),
      meanOfNormsError: relativeError(measured.meanOfNorms, meanOfNorms),
      normPerImageError: spread(errors[index] as number[]),
    };
  });
}

/** null where the quotient says nothing: a reference of 0, or a float64 that overflowed. */
function relativeError(measured: number | null, reference: number): number | null {
  if (reference === 0 || measured === null) return null;
  return finiteOrNull(Math.abs(measured - reference) / reference);
}

/** JSON has no infinity. */
export function finiteOrNull(x: number): number | null {
  return Number.isFinite(x) ? x : null;
}

export function spread(values: number[]): Spread | null {
  if (values.length === 0) return null;
  const sorted = values.sort((a, b) => a - b);
  return {
    median: quantileSorted(sorted, 0.5),
    p99: quantileSorted(sorted, 0.99),
    max: max(sorted),
  };
}
