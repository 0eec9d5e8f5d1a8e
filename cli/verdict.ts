/** A result that may not be trusted must not end with exit status 0. */
import type { RunResult } from '../contract/result.ts';
import { DeltascopeError } from '../host/error.ts';

/** @throws DeltascopeError `wrong-result` when the device and the bit-exact model differ. */
export function requireEqual({ fixed, device }: RunResult): void {
  if (fixed.equal) return;
  const again = device.fillSeed === null ? '' : ` Again, exactly: --fill-seed ${device.fillSeed}`;
  throw new DeltascopeError(
    'wrong-result',
    'The device and the bit-exact model differ; do not trust these numbers',
    { hint: `The first difference is under firstDifference in the result.${again}` },
  );
}
