/** Fuzzing of readers: whatever lies in a file, they read it or refuse it by an error of ours. */
import fc from 'fast-check';
import { expect } from 'vitest';

/** A change of some bytes: overwritten, taken out, or put in. */
const mutation = fc.record({
  at: fc.nat({ max: 2 ** 16 }),
  remove: fc.nat({ max: 8 }),
  insert: fc.uint8Array({ maxLength: 8 }),
});

/** @throws what fast-check found when `parse` throws anything but `bad-weights`. */
export function expectReadsCleanly(
  parse: (bytes: Uint8Array) => unknown,
  { valid, prefix }: { valid: readonly Uint8Array[]; prefix: Uint8Array },
): void {
  const outcomes = { read: 0, refused: 0 };
  const attempt = (bytes: Uint8Array) => {
    try {
      parse(bytes);
      outcomes.read += 1;
    } catch (error) {
      expect(error).toMatchObject({ name: 'DeltascopeError', code: 'bad-weights' });
      outcomes.refused += 1;
    }
  };
  const mutated = fc
    .tuple(fc.constantFrom(...valid), fc.array(mutation, { minLength: 1, maxLength: 4 }))
    .map(([bytes, changes]) => changes.reduce(change, bytes));
  fc.assert(fc.property(mutated, attempt), { numRuns: 1500 });
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), attempt), { numRuns: 300 });
  const begun = fc.uint8Array({ maxLength: 300 }).map((rest) => Uint8Array.of(...prefix, ...rest));
  fc.assert(fc.property(begun, attempt), { numRuns: 300 });
  for (const bytes of valid) attempt(bytes);
  expect(outcomes.read).toBeGreaterThanOrEqual(valid.length);
  expect(outcomes.refused).toBeGreaterThan(1000);
}

function change(
  bytes: Uint8Array,
  { at, remove, insert }: { at: number; remove: number; insert: Uint8Array },
): Uint8Array {
  const place = at % (bytes.length + 1);
  return Uint8Array.of(...bytes.subarray(0, place), ...insert, ...bytes.subarray(place + remove));
}
