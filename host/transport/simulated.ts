/** The simulated board as a transport: a child process behind a pseudo-terminal. */
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { DeltascopeError } from '../error.ts';
import { openSerial } from './serial.ts';
import type { Transport } from './transport.ts';

export interface SimulatedOptions {
  /** Of the random fill of registers and memories; the simulator draws one otherwise. */
  readonly seed?: number | undefined;
  /** File for cycles and CPU seconds, one JSON line. */
  readonly statsFile?: string | undefined;
}

export interface Simulated {
  readonly transport: Transport;
  /** The seed in use. */
  readonly seed: number;
}

/** How long a process may take to say its line, to end by itself, to be seen dead. */
const START_MS = 10_000;
const END_MS = 2000;
const DEATH_MS = 500;

/** @throws DeltascopeError `simulator-died` when `program` does not come up. */
export async function startSimulated(
  program: string,
  { seed, statsFile }: SimulatedOptions = {},
): Promise<Simulated> {
  const args = [
    ...(seed === undefined ? [] : ['--seed', String(seed)]),
    ...(statsFile === undefined ? [] : ['--stats', statsFile]),
  ];
  // It ends when its standard input does, so also when this process is killed.
  const child = start(program, args);
  try {
    const { pty, seed: used } = await readGreeting(child);
    const serial = await openSerial(pty);
    return { transport: new SimulatedTransport(child, serial), seed: used };
  } catch (error) {
    child.kill();
    throw error;
  }
}

type Child = ReturnType<typeof start>;

function start(program: string, args: readonly string[]) {
  return execa(program, args, {
    stdin: 'pipe',
    buffer: { stdout: false },
    reject: false,
    forceKillAfterDelay: END_MS,
  });
}

async function readGreeting(child: Child): Promise<{ pty: string; seed: number }> {
  const stop = new AbortController();
  const lines = createInterface({ input: child.stdout });
  try {
    const line = await Promise.race([
      new Promise<string>((resolve) => lines.once('line', resolve)),
      child.then(({ shortMessage, stderr }) => Promise.reject(died(shortMessage, stderr))),
      delay(START_MS, undefined, { signal: stop.signal }).then(() =>
        Promise.reject(died(`it said nothing within ${START_MS / 1000} s`)),
      ),
    ]);
    const { pty, seed } = JSON.parse(line);
    return { pty: String(pty), seed: Number(seed) };
  } finally {
    stop.abort();
  }
}

class SimulatedTransport implements Transport {
  readonly incoming: AsyncIterable<Uint8Array>;
  readonly #child: Child;
  readonly #serial: Transport;
  #ending = false;

  constructor(child: Child, serial: Transport) {
    this.#child = child;
    this.#serial = serial;
    this.incoming = this.#receive();
    // A port may not notice that its peer is gone; closing it ends `incoming`.
    child.then(() => serial[Symbol.asyncDispose]());
  }

  async write(bytes: Uint8Array, options?: { signal?: AbortSignal }): Promise<void> {
    try {
      await this.#serial.write(bytes, options);
    } catch (error) {
      throw (await this.#death()) ?? error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending = true;
    await this.#serial[Symbol.asyncDispose]();
    this.#child.stdin.end();
    const ended = await Promise.race([this.#child.then(() => true), after(END_MS, false)]);
    if (!ended) {
      this.#child.kill();
      await this.#child;
    }
  }

  async *#receive(): AsyncGenerator<Uint8Array> {
    try {
      yield* this.#serial.incoming;
    } catch (error) {
      throw (await this.#death()) ?? error;
    }
    const death = await this.#death();
    if (death) {
      throw death;
    }
  }

  /** Why the process is gone, if it is and should not be. The port may fail a little earlier. */
  async #death(): Promise<DeltascopeError | undefined> {
    if (this.#ending) {
      return undefined;
    }
    const result = await Promise.race([this.#child, after(DEATH_MS, undefined)]);
    return result && died(result.shortMessage ?? 'it ended by itself', result.stderr);
  }
}

/** `value` in `ms`; keeps no process alive. */
function after<T>(ms: number, value: T): Promise<T> {
  return delay(ms, value, { ref: false });
}

function died(why: string | undefined, stderr = ''): DeltascopeError {
  const said = stderr.trim();
  return new DeltascopeError(
    'simulator-died',
    `The simulated board is gone: ${why ?? 'it ended by itself'}${said ? ` (${said})` : ''}`,
    { hint: 'run the same command again; npx deltascope doctor if it repeats' },
  );
}
