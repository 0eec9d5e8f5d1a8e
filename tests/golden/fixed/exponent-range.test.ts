/** The exponent of δ cannot leave its 16 bits, whatever network the protocol allows. */
import { expect, test } from 'vitest';
import { FORMATS, NO_EXPONENT, WEIGHT_SCALE } from '../../../contract/formats.ts';
import type { IntegerNetwork } from '../../../contract/network.ts';
import { INJECTION, LIMITS } from '../../../contract/protocol.ts';
import { backpropagate } from '../../../golden/fixed/network.ts';

const LARGEST = 2 ** (FORMATS.deltaExponent.width - 1) - 1;
const FULL = 2 ** (FORMATS.weight.width - 1);

interface Chain {
  readonly width: number;
  readonly weight: number;
  readonly bias: number;
  readonly scale: number;
  readonly activation: 'sigmoid' | 'identity';
  readonly depth: number;
}

/** X of layer 1 below `depth` equal layers, δ given at the top. */
function exponentBelow(chain: Chain, mantissa: number, exponent: number): number {
  const { width, weight, bias, depth, scale, activation } = chain;
  const layer = {
    ...{ nIn: width, nOut: width, scale, activation, activationScale: 0 },
    weights: new Int16Array(width * width).fill(weight),
    biases: new Int32Array(width).fill(bias),
  };
  const network: IntegerNetwork = { cost: 'quadratic', layers: Array(depth).fill(layer) };
  const delta = new Int32Array(width).fill(mantissa);
  const injection = { layer: depth, delta, exponent };
  const [first] = backpropagate(network, new Int32Array(width), injection);
  return first?.deltaExponent ?? Number.NaN;
}

/** X after all the layers there may be, from that of two and of three: each adds the same. */
function extrapolate(chain: Omit<Chain, 'depth'>, mantissa: number, exponent: number): number {
  const two = exponentBelow({ ...chain, depth: 3 }, mantissa, exponent);
  const three = exponentBelow({ ...chain, depth: 4 }, mantissa, exponent);
  return three + (LIMITS.layers - 4) * (three - two);
}

test('upwards: the widest layers of the largest weights, δ injected at the top of its range', () => {
  const { max: scale } = WEIGHT_SCALE;
  const widest = { width: LIMITS.width, weight: -FULL, bias: 0, scale } as const;
  const reached = extrapolate({ ...widest, activation: 'identity' }, -FULL, INJECTION.maxExponent);
  expect(reached).toBeGreaterThan(INJECTION.maxExponent + LIMITS.layers * (scale + 7));
  expect(reached).toBeLessThan(LARGEST);
});

test('downwards: one unit in its flattest part, the least weight and the least δ', () => {
  const { min: scale } = WEIGHT_SCALE;
  const flat = { width: 1, weight: 1, bias: -(2 ** 31), scale: 0 } as const;
  const chain = { ...flat, activation: 'sigmoid' } as const;
  const steep = extrapolate(chain, 1, INJECTION.minExponent);
  // The flattest part needs a bias, which needs a scale; as if the least weight could have it.
  const reached = steep + LIMITS.layers * scale;
  expect(reached).toBeLessThan(INJECTION.minExponent - LIMITS.layers * (15 + 15));
  expect(reached).toBeGreaterThan(NO_EXPONENT);
});
