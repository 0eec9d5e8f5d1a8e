/** Broken devices, by name: what an experiment must be able to see. */
import { FORMATS, NO_EXPONENT } from '../contract/formats.ts';
import type { IntegerLayer, IntegerNetwork } from '../contract/network.ts';
import type { LayerObservation } from '../host/device.ts';
import type { Measurement } from '../host/measure.ts';
import type { Fault } from './experiment.ts';

/** δ of layer 1 with the wrong sign: a subtraction the wrong way round. */
export const FLIPPED_SIGN: Fault = {
  name: 'flipped sign',
  about: 'δ of layer 1 is negated',
  seenBy: 'float64',
  measurement: (measured) => ({
    images: mapObservations(measured, (layer, index) =>
      index === 0 ? { ...layer, deltas: layer.deltas.map((m) => -m) } : layer,
    ),
    layers: measured.layers.map((layer, index) =>
      index === 0 ? { ...layer, sums: layer.sums.map((sum) => -sum) } : layer,
    ),
  }),
};

/**
 * `>>>` in place of rounding to nearest: every element of δ half an LSB too low in the mean. Σδ of
 * the batch gets -½ · 2^X from every image, in codes of 2^(R-1).
 */
export const TRUNCATION: Fault = {
  name: 'truncation',
  about: 'δ is truncated, not rounded',
  seenBy: 'fixed',
  measurement: (measured) => ({
    images: mapObservations(measured, (layer) => ({
      ...layer,
      deltas: layer.deltas.map((m) => m - (m & 1)),
    })),
    layers: measured.layers.map(({ exponent, sums }, index) => {
      const exponents = measured.images.map(
        ({ layers }) => layers[index]?.deltaExponent ?? NO_EXPONENT,
      );
      const bias = exponents.reduce(
        (sum, x) => (x === NO_EXPONENT ? sum : sum - 2 ** (x - exponent)),
        0,
      );
      return { exponent, sums: sums.map((sum) => Math.floor(sum + bias)) };
    }),
  }),
};

/** Hidden layers that pass z on as it is: σ and σ′ left out. */
export const SWAPPED_ACTIVATION: Fault = {
  name: 'swapped activation',
  about: 'the first layer computes the identity in place of σ',
  seenBy: 'float64',
  network: (network) =>
    withLayer(network, 0, (layer) => ({ ...layer, activation: 'identity', activationScale: 0 })),
};

/** One layer that is not there: its inputs come out as they went in. */
export const DROPPED_LAYER: Fault = {
  name: 'dropped layer',
  about: 'the second layer, where it is square, passes its inputs and δ through',
  seenBy: 'float64',
  network: (network) =>
    withLayer(network, 1, (layer) =>
      layer.nIn === layer.nOut
        ? { ...layer, ...passThrough(layer.nOut), activation: 'identity' }
        : layer,
    ),
};

/** σ′ twice what it should be: one shift too few. */
export const DOUBLED_SLOPE: Fault = {
  name: 'doubled slope',
  about: 'σ′ is read with an exponent that is one too small',
  seenBy: 'float64',
  measurement: (measured) => ({
    ...measured,
    images: mapObservations(measured, (layer) => ({
      ...layer,
      slopeExponents: layer.slopeExponents.map((e) => e - 1),
    })),
  }),
};

/** A weight matrix used as its transpose. */
export const TRANSPOSED_WEIGHTS: Fault = {
  name: 'transposed weights',
  about: 'the weights of the second layer, where it is square, are used transposed',
  seenBy: 'float64',
  network: (network) =>
    withLayer(network, 1, ({ weights, ...layer }) => ({
      ...layer,
      weights:
        layer.nIn === layer.nOut
          ? weights.map(
              (_, at) => weights[(at % layer.nIn) * layer.nIn + Math.floor(at / layer.nIn)] ?? 0,
            )
          : weights,
    })),
};

/** A weight scale that is one too large. */
export const DOUBLED_WEIGHTS: Fault = {
  name: 'doubled weights',
  about: 'the weights and biases of the first layer, and those of the second, count twice',
  seenBy: 'float64',
  network: (network) =>
    [0, 1].reduce(
      (changed, which) =>
        withLayer(changed, which, (layer) => ({ ...layer, scale: layer.scale + 1 })),
      network,
    ),
};

/** An accumulator that starts at zero. */
export const NO_BIASES: Fault = {
  name: 'no biases',
  about: 'the biases of the first layer are not added',
  seenBy: 'float64',
  network: (network) =>
    withLayer(network, 0, (layer) => ({ ...layer, biases: layer.biases.map(() => 0) })),
};

/** A block exponent that did not follow the last shift. */
export const SHIFTED_EXPONENT: Fault = {
  name: 'shifted exponent',
  about: 'the shared exponent of δ of layer 1 is one too large',
  seenBy: 'float64',
  measurement: (measured) => ({
    images: measured.images.map((image) => ({
      ...image,
      layers: image.layers.map((layer, index) =>
        index === 0 ? { ...layer, deltaExponent: layer.deltaExponent + 1 } : layer,
      ),
    })),
    layers: measured.layers.map((layer, index) =>
      index === 0 ? { ...layer, exponent: layer.exponent + 1 } : layer,
    ),
  }),
};

/** A gradient that is added with one shift too few. */
export const DOUBLED_GRADIENT: Fault = {
  name: 'doubled gradient',
  about: 'each image counts twice in the step of its batch',
  seenBy: 'float64',
  codes: (codes) => ({ ...codes, gradientShift: codes.gradientShift - 1 }),
};

/** V that is not cleared by the step. */
export const STALE_GRADIENT: Fault = {
  name: 'stale gradient',
  about: 'half of the gradient of a batch is left for the next one, as if there were momentum',
  seenBy: 'float64',
  codes: (codes) => ({ ...codes, momentum: 2 ** 14 }),
};

/** A step without its second term. */
export const NO_DECAY: Fault = {
  name: 'no decay',
  about: 'the weights do not decay',
  seenBy: 'fixed',
  codes: (codes) => ({ ...codes, decay: 0 }),
};

function mapObservations(
  { images }: Measurement,
  change: (layer: LayerObservation, index: number) => LayerObservation,
): Measurement['images'] {
  return images.map(({ observation, ...image }) =>
    observation === undefined ? image : { ...image, observation: observation.map(change) },
  );
}

function withLayer(
  { layers, cost }: IntegerNetwork,
  which: number,
  change: (layer: IntegerLayer) => IntegerLayer,
): IntegerNetwork {
  return { cost, layers: layers.map((layer, index) => (index === which ? change(layer) : layer)) };
}

/** W = 1 at scale 1, b = 0. */
function passThrough(width: number) {
  const weights = new Int16Array(width * width);
  for (let j = 0; j < width; j++) weights[j * width + j] = 2 ** (FORMATS.weight.fraction - 1);
  return { weights, scale: 1, biases: new Int32Array(width) };
}
