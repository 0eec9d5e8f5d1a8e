/** A serial port, or a pseudo-terminal, as a transport. */
import { realpathSync } from 'node:fs';
import { SerialPort } from 'serialport';
import { BAUD } from '../../contract/protocol.ts';
import { DeltascopeError, type ErrorCode } from '../error.ts';
import { CellParser } from './cell-parser.ts';
import { keepWakeUps } from './serial-wakeup.ts';
import type { Line, Transport } from './transport.ts';

/**
 * Opens `path` exclusively, at the safe rate. Stale bytes may arrive first: neither a flush nor the open drops them
 * reliably, so the handshake has to.
 * @throws DeltascopeError `port-not-found`, `permission-denied`, `port-busy` or `port-failed`.
 */
export async function openSerial(path: string): Promise<Transport & { readonly line: Line }> {
  const pseudoTerminal = isPseudoTerminal(path);
  const port = new SerialPort({ path, baudRate: BAUD.safe, autoOpen: false });
  await new Promise<void>((resolve, reject) => {
    port.open((error) => (error ? reject(openError(path, error)) : resolve()));
  });
  keepWakeUps(port.port);
  if (!pseudoTerminal) {
    await shortenLatency(port);
  }
  return new SerialTransport(path, port);
}

class SerialTransport implements Transport {
  readonly incoming: AsyncIterable<Uint8Array>;
  readonly line: Line;
  readonly #path: string;
  readonly #port: SerialPort;
  #vanished: DeltascopeError | undefined;
  #closing = false;

  constructor(path: string, port: SerialPort) {
    this.#path = path;
    this.#port = port;
    const parser = new CellParser();
    // The port neither ends nor fails when it closes, so the parser is told here. A failed write
    // and the close after it may each come first, and twice.
    port.on('error', (error: Error) => this.#note(error));
    port.on('close', (error?: Error | null) => {
      this.#note(error ?? undefined);
      if (this.#vanished) {
        parser.destroy(this.#vanished);
      } else {
        parser.end();
      }
    });
    // Whoever reads `incoming` gets the error; without a reader it is nobody's.
    parser.on('error', () => {});
    port.pipe(parser);
    this.incoming = parser;
    this.line = {
      get baud() {
        return port.baudRate;
      },
      setBaud: (baud) => this.#setBaud(baud),
    };
  }

  async write(bytes: Uint8Array, { signal }: { signal?: AbortSignal } = {}): Promise<void> {
    if (!this.#port.isOpen) {
      throw this.#vanished ?? this.#failure(new Error('the port is closed'));
    }
    const { promise, resolve, reject } = withResolvers();
    const interrupt = () => reject(new DeltascopeError('interrupted', 'Interrupted'));
    signal?.addEventListener('abort', interrupt, { once: true });
    this.#port.write(bytes, (error?: Error | null) =>
      error ? reject(this.#vanished ?? this.#failure(error)) : resolve(),
    );
    try {
      await promise;
    } finally {
      signal?.removeEventListener('abort', interrupt);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing = true;
    if (this.#port.isOpen) {
      await new Promise<void>((resolve) => this.#port.close(() => resolve()));
    }
  }

  async #setBaud(baudRate: number): Promise<void> {
    if (baudRate === this.#port.baudRate) {
      return;
    }
    await new Promise<void>((resolve, reject) => {
      this.#port.update({ baudRate }, (error) =>
        error ? reject(this.#failure(error)) : resolve(),
      );
    });
    if (!isPseudoTerminal(this.#path)) {
      await shortenLatency(this.#port);
    }
  }

  #note(error: Error | undefined): void {
    if (error && !this.#closing) {
      this.#vanished ??= this.#failure(error);
    }
  }

  #failure(cause: Error): DeltascopeError {
    return new DeltascopeError(
      'port-failed',
      `Lost the connection to "${this.#path}": ${cause.message}`,
      { hint: 'check the cable and the board, then run the same command again', cause },
    );
  }
}

/** FTDI chips wait 16 ms before they send a short packet, unless told otherwise (Linux only). */
async function shortenLatency(port: SerialPort): Promise<void> {
  const flags = { brk: false, cts: false, dtr: true, rts: true, lowLatency: true };
  // Drivers without the setting refuse it; they are only slower.
  await port.port?.set(flags).catch(() => {});
}

function isPseudoTerminal(path: string): boolean {
  try {
    return /^\/dev\/(pts\/|ttys\d)/.test(realpathSync(path));
  } catch {
    return false;
  }
}

const OPEN_ERRORS: readonly { pattern: RegExp; code: ErrorCode; why: string; hint: string }[] = [
  {
    pattern: /no such file|file not found|cannot find/i,
    code: 'port-not-found',
    why: 'no such port',
    hint: 'npx deltascope doctor lists the ports that are attached',
  },
  {
    pattern: /permission denied|access denied/i,
    code: 'permission-denied',
    why: 'permission denied',
    hint: 'sudo usermod -aG dialout $USER, then log in again',
  },
  {
    pattern: /lock|busy|temporarily unavailable/i,
    code: 'port-busy',
    why: 'another program uses it',
    hint: 'close the other program (a terminal, another deltascope), then try again',
  },
];

function openError(path: string, cause: Error): DeltascopeError {
  const known = OPEN_ERRORS.find(({ pattern }) => pattern.test(cause.message));
  const { code, why, hint } = known ?? {
    code: 'port-failed',
    why: cause.message,
    hint: 'npx deltascope doctor',
  };
  return new DeltascopeError(code, `Cannot open serial port "${path}": ${why}`, { hint, cause });
}

function withResolvers(): {
  promise: Promise<void>;
  resolve: () => void;
  reject: (error: Error) => void;
} {
  let resolve = () => {};
  let reject = (_error: Error) => {};
  const promise = new Promise<void>((res, rej) => {
    resolve = res;
    reject = rej;
  });
  return { promise, resolve, reject };
}
