/** Seeded random networks and images that fit a device, with corners more often than chance. */
import { mersenne } from 'pure-rand/generator/mersenne';
import type {
  ActivationName,
  CostName,
  Injection,
  IntegerLayer,
  IntegerNetwork,
} from '../../contract/network.ts';
import { ACTIVATIONS } from '../../contract/protocol.ts';
import { IS_UNBOUNDED } from '../../host/data/quantise.ts';
import type { Capacity } from '../../host/layout.ts';
import { HAS_ALPHA } from '../../model/network.ts';

export interface Case {
  readonly network: IntegerNetwork;
  /** Codes of `FORMATS.activation`, n_in each. */
  readonly inputs: readonly Int32Array[];
  readonly labels: readonly number[];
  /** δ given instead of the labels. */
  readonly injection: Injection | undefined;
}

/** Whole numbers, below `bound`. */
export type Draw = (bound: number) => number;

export function createDraw(seed: number): Draw {
  const generator = mersenne(seed);
  return (bound) => (generator.next() >>> 0) % bound;
}

/** `widths`: n_0 … n_L; drawn when not given. */
export function drawCase(
  draw: Draw,
  capacity: Capacity,
  widths = drawWidths(draw, capacity),
): Case {
  const cost: CostName = draw(2) === 0 ? 'cross-entropy' : 'quadratic';
  const injection = draw(3) === 0 ? drawInjection(draw, widths) : undefined;
  const layers: IntegerLayer[] = [];
  for (const [index, nOut] of widths.slice(1).entries()) {
    // A cost needs a sigmoid output.
    const isOutput = injection === undefined && index === widths.length - 2;
    const activation = isOutput ? 'sigmoid' : drawActivation(draw, capacity);
    layers.push(drawLayer(draw, { nIn: widths[index] as number, nOut, activation }));
  }
  const images = 1 + draw(4);
  const nIn = widths[0] as number;
  const value = drawInputs(draw);
  return {
    network: { layers, cost },
    inputs: Array.from({ length: images }, () => Int32Array.from({ length: nIn }, value)),
    labels: Array.from({ length: images }, () => draw(widths.at(-1) as number)),
    injection,
  };
}

function drawLayer(
  draw: Draw,
  { nIn, nOut, activation }: { nIn: number; nOut: number; activation: ActivationName },
): IntegerLayer {
  const isUnbounded = IS_UNBOUNDED[activation];
  return {
    nIn,
    nOut,
    scale: draw(4) === 0 ? draw(24) - 15 : draw(6) - 3,
    activation,
    activationScale: isUnbounded ? draw(6) : 0,
    ...(HAS_ALPHA.has(activation) && {
      alphas: Int32Array.from({ length: nOut }, drawAlphas(draw)),
    }),
    weights: Int16Array.from({ length: nIn * nOut }, drawWeights(draw)),
    biases: Int32Array.from({ length: nOut }, drawBiases(draw)),
  };
}

/** Sigmoid for about half of the layers, the others as the device has them. */
function drawActivation(draw: Draw, { activations }: Capacity): ActivationName {
  const built = (Object.keys(ACTIVATIONS) as ActivationName[]).filter(
    (name) => (activations >> ACTIVATIONS[name]) % 2 === 1,
  );
  return draw(2) === 0 ? 'sigmoid' : (built[draw(built.length)] as ActivationName);
}

/** Words of α in [0, 1]. */
function drawAlphas(draw: Draw): () => number {
  const word = () => {
    const exponent = draw(16);
    return exponent * 2 ** 16 + draw(exponent === 0 ? 2 ** 15 + 1 : 2 ** 16);
  };
  switch (draw(4)) {
    case 0:
      return () => 0;
    case 1:
      return () => 2 ** 15;
    case 2: {
      const one = word();
      return () => one;
    }
    default:
      return word;
  }
}

function drawInjection(draw: Draw, widths: readonly number[]): Injection {
  const layer = 1 + draw(widths.length - 1);
  const length = widths[layer] as number;
  const hot = draw(length);
  const mantissa =
    draw(2) === 0 ? (j: number) => (j === hot ? 32767 : 0) : () => draw(65536) - 32768;
  const delta = Array.from({ length }, (_, j) => mantissa(j));
  return { layer, delta, exponent: draw(2000) - 1000 };
}

const WIDTHS = [1, 2, 3, 4, 5, 7, 8, 10, 30, 31, 32, 33, 63, 64, 65, 100, 128, 255, 256];

/** 1 to 12 layers of width 1 to 256 whose weights and neurons fit; three in four are small. */
function drawWidths(draw: Draw, { lanes, weightRows, neurons }: Capacity): number[] {
  const most = draw(4) === 0 ? 256 : 40;
  const widths = [drawWidth(draw, most === 256 ? 1024 : most)];
  const depth = 1 + draw(12);
  let rows = 0;
  let used = 0;
  while (widths.length <= depth) {
    const width = drawWidth(draw, most);
    rows += Math.ceil(width / lanes) * (widths.at(-1) as number);
    used += width;
    if (rows > weightRows || used > neurons) {
      if (widths.length > 1) return widths;
      rows = 0;
      used = 0;
      widths[0] = 1;
      continue;
    }
    widths.push(width);
  }
  return widths;
}

function drawWidth(draw: Draw, limit: number): number {
  const corner = WIDTHS[draw(WIDTHS.length)] as number;
  return draw(2) === 0 && corner <= limit ? corner : 1 + draw(limit);
}

function drawWeights(draw: Draw): () => number {
  switch (draw(6)) {
    case 0:
      return () => 0;
    case 1:
      return () => (draw(2) === 0 ? -32768 : 32767);
    case 2:
      return () => draw(3) - 1;
    case 3:
      return () => (draw(10) === 0 ? draw(65536) - 32768 : 0);
    default:
      return () => draw(65536) - 32768;
  }
}

function drawBiases(draw: Draw): () => number {
  switch (draw(5)) {
    case 0:
      return () => 0;
    case 1:
      return () => (draw(2) === 0 ? -(2 ** 31) : 2 ** 31 - 1);
    default: {
      const span = 2 ** (1 + draw(32));
      return () => draw(span) - span / 2;
    }
  }
}

/** Mostly zeros, dense, all zero, pixels, or the ends of the range. */
function drawInputs(draw: Draw): () => number {
  switch (draw(5)) {
    case 0:
      return () => 0;
    case 1:
      return () => (draw(5) === 0 ? 128 * draw(256) : 0);
    case 2:
      return () => (draw(2) === 0 ? -32768 : 32767);
    case 3:
      return () => 128 * draw(256);
    default:
      return () => (draw(3) === 0 ? draw(65536) - 32768 : 0);
  }
}
