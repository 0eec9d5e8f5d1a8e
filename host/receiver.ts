/** Reads the wire for whoever listens now: a handshake first, then a link. */
import { DeltascopeError } from './error.ts';
import { Decoder, type Frame } from './protocol/frames.ts';
import type { Transport } from './transport/transport.ts';

export interface Listener {
  /** What arrived next, bytes that are no frame included. */
  accept(frame: Frame): void;
  /** The wire ended. */
  fail(error: Error): void;
}

export class Receiver {
  #listener: Listener;
  #failure: Error | undefined;

  constructor(transport: Transport, listener: Listener) {
    this.#listener = listener;
    this.#receive(transport).catch((error: Error) => {
      this.#failure = error;
      this.#listener.fail(error);
    });
  }

  deliverTo(listener: Listener): void {
    this.#listener = listener;
    if (this.#failure) {
      listener.fail(this.#failure);
    }
  }

  async #receive(transport: Transport): Promise<never> {
    const decoder = new Decoder();
    for await (const chunk of transport.incoming) {
      for (const frame of decoder.push(chunk)) {
        this.#listener.accept(frame);
      }
    }
    for (const frame of decoder.end()) {
      this.#listener.accept(frame);
    }
    throw new DeltascopeError('port-failed', 'The device closed the connection', {
      hint: 'check the cable and the board, then run the same command again',
    });
  }
}
