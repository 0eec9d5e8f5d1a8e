/** Random matrices of weights, by distribution. */
import { Matrix, QrDecomposition } from 'ml-matrix';
import type { RandomState } from './random-state.ts';

/** How the weights of one layer are drawn. */
export type Distribution =
  /** N(0, deviation²), independent. */
  | { readonly kind: 'normal'; readonly deviation: number }
  /** Uniform in [-limit, limit), independent. */
  | { readonly kind: 'uniform'; readonly limit: number }
  | { readonly kind: 'constant'; readonly value: number }
  /** gain · Q, with the rows of Q orthonormal, or its columns where there are fewer of them. */
  | { readonly kind: 'orthogonal'; readonly gain: number };

export interface LayerSize {
  readonly nIn: number;
  readonly nOut: number;
}

/** n_out × n_in weights, row-major, in the order of the stream. */
export function draw(
  distribution: Distribution,
  { nIn, nOut }: LayerSize,
  random: RandomState,
): Float64Array {
  const fill = (next: () => number) => Float64Array.from({ length: nOut * nIn }, next);
  switch (distribution.kind) {
    case 'normal':
      return fill(() => distribution.deviation * random.normal());
    case 'uniform':
      return fill(() => -distribution.limit + 2 * distribution.limit * random.uniform());
    case 'constant':
      return fill(() => distribution.value);
    case 'orthogonal':
      return orthogonal(fill(random.normal), { nIn, nOut }).map((q) => distribution.gain * q);
  }
}

/**
 * Q of the QR decomposition of a Gaussian n_out × n_in matrix (of its transpose where n_out is less
 * than n_in), with the signs that make the diagonal of R positive: uniform by Haar's measure, and
 * unique. Source: Mezzadri, Notices of the AMS 54 (2007) 592.
 */
function orthogonal(gaussian: Float64Array, { nIn, nOut }: LayerSize): Float64Array {
  const matrix = Matrix.from1DArray(nOut, nIn, gaussian);
  const wide = nOut < nIn;
  const decomposition = new QrDecomposition(wide ? matrix.transpose() : matrix);
  const { orthogonalMatrix: q, upperTriangularMatrix: r } = decomposition;
  for (let column = 0; column < q.columns; column += 1) {
    if (r.get(column, column) < 0) q.mulColumn(column, -1);
  }
  return Float64Array.from((wide ? q.transpose() : q).to1DArray());
}
