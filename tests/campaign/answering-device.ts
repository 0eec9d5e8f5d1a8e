/**
 * A device that answers and computes nothing, on standard input and output, for on_pty.py. It takes
 * bytes as fast as a line of `HIGHEST_BAUD` brings them, and hands replies over as a USB adapter
 * does. Says the path of its port on standard error.
 */

import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { BITS_PER_BYTE_ON_WIRE } from '../../contract/boards.ts';
import { ModelCore } from '../../model/core.ts';
import { Endpoint } from '../../model/endpoint.ts';
import { identityOf } from '../../model/open-model.ts';
import { GOODPUT_BOARD, GOODPUT_CLOCK_HZ, HIGHEST_BAUD } from './goodput-board.ts';

/** Of the adapter: bytes of a packet, and how long a shorter one waits (Linux, low latency). */
const PACKET_BYTES = 512;
const LATENCY_MS = 1;
const BYTES_PER_MS = HIGHEST_BAUD / BITS_PER_BYTE_ON_WIRE / 1000;
/** What a tick that comes late makes up for; a line that stood still longer has lost its time. */
const MOST_BYTES = 4 * LATENCY_MS * BYTES_PER_MS;

class Adapter {
  #cells: Uint8Array[] = [];
  #bytes = 0;

  async write(cell: Uint8Array): Promise<void> {
    this.#cells.push(cell);
    this.#bytes += cell.length;
    if (this.#bytes >= PACKET_BYTES) this.flush();
  }

  flush(): void {
    if (this.#bytes > 0) process.stdout.write(Buffer.concat(this.#cells));
    this.#cells = [];
    this.#bytes = 0;
  }
}

async function* receive(adapter: Adapter): AsyncGenerator<Uint8Array> {
  const { stdin } = process;
  // Without a listener it reads nothing ahead.
  stdin.on('readable', () => {});
  let room = 0;
  for (let before = performance.now(); ; ) {
    await delay(LATENCY_MS);
    adapter.flush();
    const now = performance.now();
    room = Math.min(MOST_BYTES, room + BYTES_PER_MS * (now - before));
    before = now;
    while (room >= 1) {
      const count = Math.min(Math.floor(room), PACKET_BYTES, stdin.readableLength);
      room = count > 0 ? room - count : 0;
      if (count > 0) yield stdin.read(count) as Buffer;
      // What has come is carried out before there is more.
      await nextTurn();
    }
  }
}

class IdleCore extends ModelCore {
  override run(): boolean {
    return true;
  }
}

const adapter = new Adapter();
const identity = {
  ...identityOf(GOODPUT_BOARD),
  clockHz: GOODPUT_CLOCK_HZ,
  baud: HIGHEST_BAUD,
};
const wire = {
  incoming: receive(adapter),
  write: (cell: Uint8Array) => adapter.write(cell),
  [Symbol.asyncDispose]: async () => {},
};
process.stderr.write(`${process.argv[2]}\n`);
await new Endpoint(wire, { core: new IdleCore(identity), identity }).serve();
