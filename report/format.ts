/** Numbers as people read them. */

/** Three significant digits: 0.0657, 12.3, 1.20e-9. */
export function significant(x: number): string {
  if (x === 0) return '0';
  const magnitude = Math.abs(x);
  return magnitude >= 1e-4 && magnitude < 1e5
    ? Number(x.toPrecision(3)).toString()
    : x.toExponential(2);
}

/** A ratio as percent: 0.012 %; `–` for null. */
export function percent(x: number | null): string {
  return x === null ? '–' : `${significant(100 * x)} %`;
}

/** Seconds with a fitting unit: 8.26 ms. */
export function seconds(x: number): string {
  if (x >= 1) return `${x.toFixed(2)} s`;
  return x >= 1e-3 ? `${significant(1e3 * x)} ms` : `${significant(1e6 * x)} µs`;
}

/** Whole numbers in groups of three: 127 000. */
export function whole(x: number): string {
  return Math.round(x)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ' ');
}
