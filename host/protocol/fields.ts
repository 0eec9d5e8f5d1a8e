/** Bit fields of the contract's 32 bit words: the layer table and the records. */

export interface Field {
  readonly word: number;
  readonly lsb: number;
  readonly width: number;
}

/** Puts `value` (two's complement when negative) into its field of the entry at `base`. */
export function setField(words: Uint32Array, base: number, field: Field, value: number): void {
  const mask = 2 ** field.width - 1;
  if (value > mask || value < -(2 ** (field.width - 1)) || !Number.isInteger(value)) {
    throw new RangeError(`${value} does not fit in ${field.width} bits`);
  }
  const at = base + field.word;
  words[at] = (words[at] ?? 0) | ((value & mask) << field.lsb);
}

/** The field's bits as an unsigned number. */
export function getField(words: ArrayLike<number>, base: number, field: Field): number {
  const word = (words[base + field.word] ?? 0) >>> field.lsb;
  return field.width === 32 ? word : word & (2 ** field.width - 1);
}

/** The field's bits as a two's complement number. */
export function getSignedField(words: ArrayLike<number>, base: number, field: Field): number {
  const value = getField(words, base, field);
  return value >= 2 ** (field.width - 1) ? value - 2 ** field.width : value;
}
