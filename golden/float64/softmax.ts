/** Softmax outputs with the log-likelihood cost, NN&DL ch. 3; both without overflow. */

/** C = -ln a_y of a = softmax(z), NN&DL eq. 80: with m = max z, m + ln Σ_k e^(z_k - m) - z_y. */
export function logLikelihood(z: Float64Array, label: number): number {
  const largest = Math.max(...z);
  const total = z.reduce((sum, zk) => sum + Math.exp(zk - largest), 0);
  return largest + Math.log(total) - (z[label] as number);
}

/**
 * Fills δ^L_j = a_j - y_j, NN&DL eq. 84. Of the label it is minus the sum of the others, since
 * a_y - 1 loses every bit where a_y is near 1.
 */
export function softmaxError(z: Float64Array, label: number, delta: Float64Array): void {
  const largest = Math.max(...z);
  let others = 0;
  z.forEach((zk, k) => {
    delta[k] = Math.exp(zk - largest);
    if (k !== label) others += delta[k] as number;
  });
  const total = others + (delta[label] as number);
  delta[label] = -others;
  for (let k = 0; k < delta.length; k += 1) delta[k] = (delta[k] as number) / total;
}
