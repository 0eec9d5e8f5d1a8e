/** Cuts the serial stream into reply cells, and back into step where a byte was lost. */
import type { TransformCallback } from 'node:stream';
import { ByteLengthParser } from '@serialport/parser-byte-length';
import { REPLY } from '../../contract/protocol.ts';

/**
 * `ByteLengthParser` cuts every 64 bytes and would stay out of step for ever after a lost byte.
 * Here a zero ends the cell as well, so a short one goes on at once and the next begins in step.
 */
export class CellParser extends ByteLengthParser {
  constructor() {
    super({ length: REPLY.wireBytes, readableObjectMode: true });
  }

  override _transform(chunk: Buffer, encoding: BufferEncoding, done: TransformCallback): void {
    let rest = chunk;
    while (rest.length > 0) {
      const end = rest.indexOf(0) + 1 || rest.length;
      super._transform(rest.subarray(0, end), encoding, () => {});
      if (rest[end - 1] === 0) {
        this.#handOverShortCell();
      }
      rest = rest.subarray(end);
    }
    done();
  }

  override _flush(done: TransformCallback): void {
    this.#handOverShortCell();
    done();
  }

  #handOverShortCell(): void {
    // biome-ignore-start lint/complexity/useLiteralKeys: private members of the parser
    const held = this['position'];
    if (held > 0) {
      this.push(this['buffer'].subarray(0, held));
      this['buffer'] = Buffer.alloc(this.length);
      this['position'] = 0;
    }
    // biome-ignore-end lint/complexity/useLiteralKeys: private members of the parser
  }
}
