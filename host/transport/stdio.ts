/** A child's standard input and output as a transport, for systems without pseudo-terminals. */
import type { Readable, Writable } from 'node:stream';
import { DeltascopeError } from '../error.ts';
import type { Transport } from './transport.ts';

/** Disposing of it ends the child's input and takes no more of its output. */
export function openStreams(input: Writable, output: Readable): Transport {
  // A failed write is told to its caller.
  input.on('error', () => {});
  let closed = false;
  return {
    incoming: readAll(output, () => closed),
    write(bytes) {
      return new Promise((resolve, reject) => {
        input.write(bytes, (error) => (error ? reject(lost(error)) : resolve()));
      });
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      input.end();
      output.destroy();
    },
  };
}

async function* readAll(output: Readable, isClosed: () => boolean): AsyncGenerator<Uint8Array> {
  try {
    yield* output;
  } catch (error) {
    if (!isClosed()) {
      throw lost(error as Error);
    }
  }
}

function lost(cause: Error): DeltascopeError {
  return new DeltascopeError('port-failed', `Lost the simulated board: ${cause.message}`, {
    hint: 'run the same command again',
    cause,
  });
}
