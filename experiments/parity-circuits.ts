/** Parity as logic and as networks, shallow and deep. */
import type { FloatLayer, FloatNetwork } from '../contract/network.ts';
import { upTo } from './statistics.ts';

/** AND and OR gates with any number of inputs; a NOT is free. */
export interface Circuit {
  readonly gates: number;
  /** Gates in a row. */
  readonly depth: number;
}

/**
 * An AND for each pattern with an odd number of ones, and one OR: no two of the patterns differ in
 * one bit only, so that no AND can do for two.
 */
export function shallowCircuit(inputs: number): Circuit {
  return { gates: 2 ** (inputs - 1) + 1, depth: 2 };
}

/** A tree of exclusive ors, each a shallow circuit of 2 inputs. */
export function deepCircuit(inputs: number): Circuit {
  const { gates, depth } = shallowCircuit(2);
  return { gates: gates * (inputs - 1), depth: depth * Math.ceil(Math.log2(inputs)) };
}

/** Those circuits as Verilog: modules `shallow` and `deep`, x to y. Tests count their gates. */
export function parityVerilog(inputs: number): string {
  const port = `(input [${inputs - 1}:0] x, output y)`;
  const odd = upTo(2 ** inputs - 1).filter((pattern) => onesIn(pattern) % 2 === 1);
  const terms = odd.map((pattern) => {
    const bits = upTo(inputs).map((bit) => `${(pattern >> (bit - 1)) & 1 ? '' : '~'}x[${bit - 1}]`);
    return `&{${bits.join(', ')}}`;
  });
  const wires: string[] = [];
  const xor = (a: string, b: string) => {
    const name = `w${wires.length}`;
    wires.push(`  wire ${name} = |{&{${a}, ~${b}}, &{~${a}, ${b}}};`);
    return name;
  };
  const root = treeOf(
    upTo(inputs).map((bit) => `x[${bit - 1}]`),
    xor,
  );
  return `module shallow${port};
  assign y = |{${terms.join(', ')}};
endmodule

module deep${port};
${wires.join('\n')}
  assign y = ${root};
endmodule
`;
}

/** In pairs, and these in pairs, until one is left. */
function treeOf<T>(leaves: readonly T[], pair: (a: T, b: T) => T): T {
  let level = leaves;
  while (level.length > 1) {
    level = Array.from({ length: Math.ceil(level.length / 2) }, (_, at) => {
      const [a, b] = [level[2 * at] as T, level[2 * at + 1]];
      return b === undefined ? a : pair(a, b);
    });
  }
  return level[0] as T;
}

export function onesIn(pattern: number): number {
  return pattern === 0 ? 0 : (pattern & 1) + onesIn(pattern >> 1);
}

/** What an input of 1 is to the networks: the device's inputs stay below 1. */
export const ONE = 1 / 2;
/** Of z per bit: σ(±STEEP / 2) is near enough to 0 and 1. */
const STEEP = 16;

/**
 * One hidden layer of sigmoids: unit k is 1 from k ones on, and the output takes them with
 * alternating signs.
 */
export function shallowNetwork(inputs: number): FloatNetwork {
  const counts = upTo(inputs);
  const hidden = layerOf(
    counts.map((k) => ({ weights: counts.map(() => STEEP / ONE), threshold: k - 1 / 2 })),
  );
  const signs = counts.map((k) => (k % 2 === 1 ? STEEP : -STEEP));
  return { layers: [hidden, layerOf([{ weights: signs, threshold: 1 / 2 }])] };
}

/** @param inputs a power of two: a tree of `shallowNetwork(2)`, level by level. */
export function deepNetwork(inputs: number): FloatNetwork {
  const levels = upTo(Math.log2(inputs)).map((level) => inputs / 2 ** (level - 1));
  const layers = levels.flatMap((width, level) => {
    const one = level === 0 ? ONE : 1;
    const pairs = upTo(width / 2).map((pair) => 2 * (pair - 1));
    const row = (at: number, pair: readonly number[]) =>
      upTo(width).map((k) => (k - 1 === at ? pair[0] : k - 2 === at ? pair[1] : 0) as number);
    const both = [STEEP / one, STEEP / one];
    return [
      layerOf(
        pairs.flatMap((at) =>
          [1 / 2, 3 / 2].map((threshold) => ({ weights: row(at, both), threshold })),
        ),
      ),
      layerOf(pairs.map((at) => ({ weights: row(at, [STEEP, -STEEP]), threshold: 1 / 2 }))),
    ];
  });
  return { layers };
}

/** σ(Σ w x - STEEP · threshold). */
function layerOf(
  units: readonly { readonly weights: readonly number[]; readonly threshold: number }[],
): FloatLayer {
  return {
    nIn: units[0]?.weights.length ?? 0,
    nOut: units.length,
    weights: Float64Array.from(units.flatMap(({ weights }) => weights)),
    biases: Float64Array.from(units, ({ threshold }) => -STEEP * threshold),
  };
}
