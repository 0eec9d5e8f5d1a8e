/** C as NN&DL defines it. */
import type { EpochCost } from '../contract/result.ts';

/** With decay; null where one of both is no number. */
export function totalCost({ data, decay }: EpochCost): number | null {
  return data === null || decay === null ? null : data + decay;
}
