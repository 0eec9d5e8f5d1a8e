/**
 * Consistent Overhead Byte Stuffing (Cheshire and Baker, 1999): no zero inside a frame, so that a
 * zero always means "the next frame begins here".
 */
const MAX_BLOCK = 254;

/** `data` with its zeros removed and one zero at the end: at most 1 byte in 254 longer, plus 2. */
export function encodeCobs(data: Uint8Array): Uint8Array {
  const out = new Uint8Array(data.length + Math.ceil(data.length / MAX_BLOCK) + 2);
  let codeAt = 0;
  let at = 1;
  for (let index = 0; index < data.length; index++) {
    const byte = data[index] as number;
    if (byte !== 0) {
      out[at++] = byte;
    }
    const full = at - codeAt === MAX_BLOCK + 1;
    if (byte === 0 || (full && index < data.length - 1)) {
      out[codeAt] = at - codeAt;
      codeAt = at++;
    }
  }
  out[codeAt] = at - codeAt;
  return out.slice(0, at + 1);
}

/** The inverse; `cell` with or without its final zero. `undefined` when it is not COBS. */
export function decodeCobs(cell: Uint8Array): Uint8Array | undefined {
  const end = cell[cell.length - 1] === 0 ? cell.length - 1 : cell.length;
  if (end === 0) {
    return undefined;
  }
  const out = new Uint8Array(end);
  let at = 0;
  let length = 0;
  while (at < end) {
    const code = cell[at] as number;
    const next = at + code;
    if (code === 0 || next > end) {
      return undefined;
    }
    for (at++; at < next; at++) {
      const byte = cell[at] as number;
      if (byte === 0) {
        return undefined;
      }
      out[length++] = byte;
    }
    if (code <= MAX_BLOCK && at < end) {
      length++;
    }
  }
  return out.subarray(0, length);
}
