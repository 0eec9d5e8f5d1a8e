/** A wire inside the process: two transports, what one writes the other one receives. */
import { DeltascopeError } from '../error.ts';
import type { Transport } from './transport.ts';

/** Both ends of a loop. Disposing of one end ends the incoming bytes of both. */
export function createLoop(): [Transport, Transport] {
  const there = new Mailbox();
  const back = new Mailbox();
  return [endOf(there, back), endOf(back, there)];
}

function endOf(inbox: Mailbox, outbox: Mailbox): Transport {
  return {
    incoming: inbox,
    async write(bytes) {
      if (!outbox.put(bytes.slice())) {
        throw new DeltascopeError('port-failed', 'The other end of the wire is closed');
      }
    },
    async [Symbol.asyncDispose]() {
      inbox.close();
      outbox.close();
    },
  };
}

/** Chunks that wait for their reader. */
class Mailbox implements AsyncIterable<Uint8Array> {
  #chunks: Uint8Array[] = [];
  #closed = false;
  #wake: () => void = () => {};

  put(chunk: Uint8Array): boolean {
    if (!this.#closed) {
      this.#chunks.push(chunk);
      this.#wake();
    }
    return !this.#closed;
  }

  close(): void {
    this.#closed = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunks = this.#chunks;
      this.#chunks = [];
      yield* chunks;
      if (this.#chunks.length === 0) {
        if (this.#closed) {
          return;
        }
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}
