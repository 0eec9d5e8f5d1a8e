/** Numbers as people read them. */

/** Three significant digits: 0.0657, 12.3, 1.20e-9; up to 100 000 to the unit; `–` for null. */
export function significant(x: number | null): string {
  if (x === null) return '–';
  if (x === 0) return '0';
  const magnitude = Math.abs(x);
  if (magnitude < 1e-4 || magnitude >= 1e5) return x.toExponential(2);
  return magnitude < 999.5 ? x.toPrecision(3) : whole(x);
}

/** A positive number given as log₁₀, of any size: 2.31e+352. */
export function fromLog10(log10: number): string {
  if (Math.abs(log10) < 300) return significant(10 ** log10);
  const digits = (10 ** (log10 - Math.floor(log10))).toFixed(2);
  const carried = digits === '10.00';
  const exponent = Math.floor(log10) + (carried ? 1 : 0);
  return `${carried ? '1.00' : digits}e${exponent < 0 ? '' : '+'}${exponent}`;
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

/** The name of a field as words: `deltaSaturated` → `δ saturated`. */
export function inWords(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replace('delta', 'δ');
}

const LINE_WIDTH = 100;

/** A sentence in lines that no terminal breaks. */
export function wrap(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(/ (?![\d%])/)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > LINE_WIDTH) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.join('\n');
}
