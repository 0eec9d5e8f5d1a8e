/** The logistic function, with full relative precision in both tails. */

/** σ(z) = 1 / (1 + e^-z), NN&DL eq. 3. Relatively exact down to z = -709; 0 below. */
export function sigmoid(z: number): number {
  return 1 / (1 + Math.exp(-z));
}

/** σ′(z) = σ(z)·(1 - σ(z)), written σ(z)·σ(-z): 1 - σ(z) is 0 in float64 from z = 37 on. */
export function sigmoidPrime(z: number): number {
  return sigmoid(z) * sigmoid(-z);
}

/** σ(z) - y for y = 0 or 1; -σ(-z) for y = 1, for the same reason. */
export function sigmoidError(z: number, y: number): number {
  return y === 1 ? -sigmoid(-z) : sigmoid(z);
}
