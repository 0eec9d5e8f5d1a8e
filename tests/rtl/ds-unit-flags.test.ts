/** ds_unit_flags: flags gathered over the images of several batches. */
import { test } from 'vitest';
import { UNIT_FLAGS } from '../../contract/protocol.ts';
import { UnitFlags } from '../../golden/fixed/unit-flags.ts';
import { runModule } from './run-module.ts';

const NEURONS = 16;
const BATCHES = 6;

test('ds_unit_flags equals UnitFlags', async () => {
  await runModule('ds_unit_flags', {
    parameters: { Neurons: NEURONS, NeuronBits: 4 },
    vectors: (random) =>
      random.list(BATCHES, () => {
        const flags = new UnitFlags(NEURONS);
        const images = random.list(random.integer(1, 3), () =>
          random.list(NEURONS, () => ({
            slope: random.integer(0, 1),
            saturated: random.boolean(),
          })),
        );
        for (const image of images) {
          for (const [neuron, unit] of image.entries()) flags.add(neuron, unit);
        }
        const bit = (word: number, { bit: at }: { bit: number }) => (word >> at) & 1;
        return {
          images: images.map((units) =>
            units.map(({ slope, saturated }) => [slope, saturated ? 0 : 1]),
          ),
          flags: Array.from(flags.words, (word) => [
            bit(word, UNIT_FLAGS.alive),
            bit(word, UNIT_FLAGS.responsive),
          ]),
        };
      }),
  });
});
