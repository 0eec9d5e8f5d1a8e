/** Linear layers as a product of matrices: δ that is injected at the top comes out multiplied. */
import { Matrix, SingularValueDecomposition } from 'ml-matrix';
import type { FloatNetwork } from '../contract/network.ts';
import { norm } from '../golden/float64/norm.ts';
import type { Measure } from './instrument.ts';

/** 1 as a mantissa with its exponent. */
const ONE = 2 ** 14;
const ONE_EXPONENT = -14;

export interface Product {
  /** k from 0 to the number of matrices: ‖δ‖ after k of them, for the first unit vector. */
  readonly norms: readonly number[];
  /** Rows r: δ¹ for the unit vector r on top, which is row r of W^L … W². */
  readonly jacobian: Matrix;
}

/**
 * W^L … W² of a network of square identity layers, by injecting unit vectors at layer L. The weights
 * of layer 1 take no part: δ¹ is in front of them.
 * @param vectors how many unit vectors; all by default.
 */
export async function measureProduct(
  network: FloatNetwork,
  { measure, vectors }: { measure: Measure; vectors?: number },
): Promise<{ readonly measured: Product; readonly expected: Product }> {
  const { layers } = network;
  const width = layers.at(-1)?.nOut ?? 0;
  const count = vectors ?? width;
  const images = [{ codes: new Int16Array(layers[0]?.nIn ?? 0), label: 0 }];
  const rows: Float64Array[] = [];
  let norms: number[] = [];
  let exact: FloatNetwork = network;
  for (let row = 0; row < count; row++) {
    const delta = Array.from({ length: width }, (_, j) => (j === row ? ONE : 0));
    const injection = { layer: layers.length, delta, exponent: ONE_EXPONENT };
    const reading = await measure({
      network,
      images,
      activation: 'identity',
      injection,
      observe: true,
    });
    rows.push(reading.observed[0]?.[0]?.delta ?? new Float64Array(width));
    if (row === 0) norms = [...(reading.norms[0] ?? [])].reverse();
    exact = reading.network;
  }
  return {
    measured: { norms, jacobian: new Matrix(rows.map((row) => Array.from(row))) },
    expected: productOf(exact, count),
  };
}

/** In float64; its range, 10^±308, is wide enough for 100 matrices of any scale used here. */
export function productOf({ layers }: FloatNetwork, vectors: number): Product {
  const width = layers.at(-1)?.nOut ?? 0;
  let rows = Matrix.eye(vectors, width);
  const norms = [norm(rows.getRow(0))];
  for (const { nIn, nOut, weights } of layers.slice(1).reverse()) {
    rows = rows.mmul(Matrix.from1DArray(nOut, nIn, weights));
    norms.push(norm(rows.getRow(0)));
  }
  return { norms, jacobian: rows };
}

/** Largest first. Scaled, because a SVD squares. */
export function singularValues(matrix: Matrix): number[] {
  const scale = matrix.clone().abs().max();
  return new SingularValueDecomposition(Matrix.div(matrix, scale)).diagonal.map((s) => s * scale);
}

/** ‖a - b‖ / ‖b‖ of all elements. */
export function matrixDistance(a: Matrix, b: Matrix): number {
  return norm(Matrix.sub(a, b).to1DArray()) / norm(b.to1DArray());
}
