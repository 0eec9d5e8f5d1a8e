/** Euclidean norm that neither underflows nor overflows. */

/**
 * ‖x‖ = √Σ x_j². Scaled by the largest element, because the squares of 1e-175 are 0 in float64;
 * for elements from 1e-308 to 1e+308.
 */
export function norm(x: ArrayLike<number>): number {
  let largest = 0;
  for (let j = 0; j < x.length; j += 1) largest = Math.max(largest, Math.abs(x[j] as number));
  if (largest === 0 || !Number.isFinite(largest)) return largest;
  let sum = 0;
  for (let j = 0; j < x.length; j += 1) {
    const ratio = (x[j] as number) / largest;
    sum += ratio * ratio;
  }
  return largest * Math.sqrt(sum);
}
