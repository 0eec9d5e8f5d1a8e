/** Is what the device sent bit for bit what `golden/fixed` computes? */
import type { Injection, IntegerNetwork } from '../contract/network.ts';
import { UNIT_FLAGS } from '../contract/protocol.ts';
import type { Difference } from '../contract/result.ts';
import { DeltaSum } from '../golden/fixed/delta-sum.ts';
import { backpropagate, type FixedLayer } from '../golden/fixed/network.ts';
import type { LayerObservation, LayerUnitFlags } from '../host/device.ts';
import type { Measurement } from '../host/measure.ts';
import type { LayerRecord } from '../host/protocol/records.ts';

export interface FixedComparison {
  readonly equal: boolean;
  readonly valuesCompared: number;
  readonly firstDifference: Difference | null;
}

/** The images that were measured, in their order. */
export interface Examples {
  /** n_in codes of `FORMATS.activation` each. */
  readonly inputs: Iterable<Int32Array>;
  readonly labels: ArrayLike<number>;
  /** δ given to the device instead of labels. */
  readonly injection?: Injection | undefined;
}

/** A measurement, as far as it came, with the flags of the units where they were read. */
export interface Gathered extends Pick<Measurement, 'images'> {
  readonly layers: Measurement['layers'] | undefined;
  readonly unitFlags?: readonly LayerUnitFlags[] | undefined;
}

type ObservedVector = Exclude<keyof LayerObservation, 'activationScale'>;

/** Vectors read back of an observed image: the device's name, the model's name. */
const OBSERVED = Object.entries({
  z: 'z',
  activations: 'activation',
  slopes: 'slope',
  slopeExponents: 'slopeExponent',
  deltas: 'delta',
} satisfies Record<ObservedVector, keyof FixedLayer>) as [
  ObservedVector,
  'z' | 'activation' | 'slope' | 'slopeExponent' | 'delta',
][];

const FLAGS = Object.entries(UNIT_FLAGS) as [keyof LayerUnitFlags, { bit: number }][];

/** Compares every value of every measured image, and what the device gathered over the batch. */
export function compareWithFixed(
  network: IntegerNetwork,
  { inputs, labels, injection }: Examples,
  measurement: Gathered,
): FixedComparison {
  let valuesCompared = 0;
  let firstDifference: Difference | null = null;
  const compare = (device: number, fixed: number, place: Omit<Difference, 'device' | 'fixed'>) => {
    valuesCompared++;
    if (device !== fixed) firstDifference ??= { ...place, device, fixed };
  };

  const sums = network.layers.map(({ nOut }) => new DeltaSum(nOut));
  const flags = network.layers.map(({ nOut }) => new Int32Array(nOut));
  let image = -1;
  for (const input of inputs) {
    image++;
    const record = measurement.images[image];
    if (record === undefined) break;
    const { softmax } = record;
    const target = softmax?.injection ?? injection ?? (labels[image] as number);
    const layers = backpropagate(network, input, target);
    softmax?.z.forEach((device, neuron) => {
      const fixed = layers.at(-1)?.z[neuron] ?? Number.NaN;
      compare(device, fixed, { image, layer: layers.length, quantity: 'z', neuron });
    });
    layers.forEach((fixed, index) => {
      const layer = index + 1;
      sums[index]?.add(fixed.delta, fixed.deltaExponent);
      flags[index] = (flags[index] as Int32Array).map(
        (word, j) => word | (fixed.unitFlags[j] ?? 0),
      );
      for (const [quantity, device] of recordEntries(record.layers[index])) {
        compare(device, fixed[quantity], { image, layer, quantity, neuron: null });
      }
      const observed = record.observation?.[index];
      if (observed === undefined) return;
      for (const [observedName, quantity] of OBSERVED) {
        fixed[quantity].forEach((value, neuron) => {
          const device = observed[observedName][neuron] ?? Number.NaN;
          compare(device, value, { image, layer, quantity, neuron });
        });
      }
    });
  }

  measurement.layers?.forEach((device, index) => {
    const sum = sums[index] as DeltaSum;
    const place = { image: null, layer: index + 1 };
    compare(device.exponent, sum.exponent, { ...place, quantity: 'sumExponent', neuron: null });
    sum.codes.forEach((code, neuron) => {
      compare(device.sums[neuron] ?? Number.NaN, code, { ...place, quantity: 'deltaSum', neuron });
    });
  });
  measurement.unitFlags?.forEach((device, index) => {
    for (const [quantity, { bit }] of FLAGS) {
      flags[index]?.forEach((word, neuron) => {
        const place = { image: null, layer: index + 1, quantity, neuron };
        compare(Number(device[quantity][neuron]), (word >> bit) & 1, place);
      });
    }
  });
  return { equal: firstDifference === null, valuesCompared, firstDifference };
}

/** Whatever the record has, the model must have too: else this does not compile. */
function recordEntries(
  record: LayerRecord | undefined,
): [keyof LayerRecord & keyof FixedLayer, number][] {
  if (record === undefined) throw new RangeError('the record has fewer layers than the network');
  return Object.entries(record) as [keyof LayerRecord, number][];
}
