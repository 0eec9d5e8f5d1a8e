/** A result that may not be trusted must not end with exit status 0. */
import {
  type DiffResult,
  type RunResult,
  SELFTEST_FAULTS,
  type SelftestResult,
  type TrainResult,
} from '../contract/result.ts';
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

/** @throws DeltascopeError `wrong-result` when the device trained something else than the model. */
export function requireTrained({ fixed, device }: TrainResult): void {
  if (fixed?.equal !== false) return;
  const again = device.fillSeed === null ? '' : ` Again, exactly: --fill-seed ${device.fillSeed}`;
  throw new DeltascopeError(
    'wrong-result',
    'The device holds other weights than the bit-exact model; do not trust these numbers',
    { hint: `The first difference is under fixed in the result.${again}` },
  );
}

/** @throws DeltascopeError `wrong-result` when two part that are equal bit for bit by design. */
export function requireBits({ pairs }: DiffResult): void {
  const parted = pairs.find(({ tolerance, first }) => tolerance === 0 && first !== null);
  if (parted === undefined) return;
  throw new DeltascopeError('wrong-result', `${parted.left} and ${parted.right} are not the same`, {
    hint: 'The first value in which they part is in the result.',
  });
}

/** @throws DeltascopeError `selftest-failed`, also when the fault that was injected was seen. */
export function requireSound({ ok, checks, injectedFault, device }: SelftestResult): void {
  const failed = [...new Set(checks.filter((check) => !check.ok).map(({ name }) => name))];
  if (injectedFault !== null) {
    const must = SELFTEST_FAULTS[injectedFault].join(' and ');
    throw ok
      ? new DeltascopeError(
          'selftest-failed',
          `The injected fault (${injectedFault}) was seen, as it must be, by ${failed.join(' and ')}`,
          { hint: 'Without --inject-fault: is the device sound?' },
        )
      : new DeltascopeError(
          'selftest-failed',
          `The injected fault (${injectedFault}) was NOT seen by ${must}: this selftest is worth nothing`,
          { hint: 'Please report it with the command line.' },
        );
  }
  if (ok) return;
  throw new DeltascopeError(
    'selftest-failed',
    `${device.label} failed: ${failed.join(' and ')}; do not trust its numbers`,
    {
      hint: failed.includes('link')
        ? 'Try another cable or socket, without a hub; then the same command again.'
        : 'Reset or replug the board; if it repeats, build and flash it again.',
    },
  );
}
