/** Fuzzing of readers: whatever lies in a file, they read it or refuse it by an error of ours. */
import fc from 'fast-check';
import { expect } from 'vitest';

/** A change of some bytes: overwritten, taken out, or put in. */
const mutation = fc.record({
  at: fc.nat({ max: 2 ** 16 }),
  remove: fc.nat({ max: 8 }),
  insert: fc.uint8Array({ maxLength: 8 }),
});

/** One of `valid` with one to four changes. */
export function mutated(valid: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(fc.constantFrom(...valid), fc.array(mutation, { minLength: 1, maxLength: 4 }))
    .map(([bytes, changes]) => changes.reduce(change, bytes));
}

/** @throws what fast-check found when `parse` throws anything but an error of that `code`. */
export async function expectReadsCleanly(
  parse: (bytes: Uint8Array) => unknown,
  { valid, prefix, code }: { valid: readonly Uint8Array[]; prefix: Uint8Array; code: string },
): Promise<void> {
  const outcomes = { read: 0, refused: 0 };
  const attempt = async (bytes: Uint8Array) => {
    try {
      await parse(bytes);
      outcomes.read += 1;
    } catch (error) {
      expect(error).toMatchObject({ name: 'DeltascopeError', code });
      outcomes.refused += 1;
    }
  };
  await fc.assert(fc.asyncProperty(mutated(valid), attempt), { numRuns: 1500 });
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), attempt), { numRuns: 300 });
  const begun = fc.uint8Array({ maxLength: 300 }).map((rest) => Uint8Array.of(...prefix, ...rest));
  await fc.assert(fc.asyncProperty(begun, attempt), { numRuns: 300 });
  for (const bytes of valid) await attempt(bytes);
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
