/** ds_unit_flags: flags gathered over the images of several batches. */
import { test } from 'vitest';
import { UNIT_FLAGS } from '../../contract/protocol.ts';
import { unitFlags } from '../../golden/fixed/unit-flags.ts';
import { runModule } from './run-module.ts';

const NEURONS = 16;
const BATCHES = 6;

test('ds_unit_flags equals unitFlags, combined over a batch', async () => {
  await runModule('ds_unit_flags', {
    parameters: { Neurons: NEURONS, NeuronBits: 4 },
    vectors: (random) =>
      random.list(BATCHES, () => {
        const images = random.list(random.integer(1, 3), () =>
          random.list(NEURONS, () => ({
            slope: random.integer(0, 1),
            saturated: random.boolean(),
          })),
        );
        const words = images.reduce(
          (seen, units) => seen.map((word, neuron) => word | flagsOf(units[neuron])),
          Array<number>(NEURONS).fill(0),
        );
        const bit = (word: number, { bit: at }: { bit: number }) => (word >> at) & 1;
        return {
          images: images.map((units) =>
            units.map(({ slope, saturated }) => [slope, saturated ? 0 : 1]),
          ),
          flags: words.map((word) => [
            bit(word, UNIT_FLAGS.alive),
            bit(word, UNIT_FLAGS.responsive),
          ]),
        };
      }),
  });
});

function flagsOf(unit: { slope: number; saturated: boolean } | undefined): number {
  return unit === undefined ? 0 : unitFlags(unit);
}
