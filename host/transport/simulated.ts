/** The simulated board as a transport: a child process behind a pseudo-terminal. */
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { type Clock, SimulatedClock } from '../clock.ts';
import { DeltascopeError } from '../error.ts';
import { openSerial } from './serial.ts';
import { type Greeting, Monitor } from './simulated-monitor.ts';
import type { LinkKind } from './simulator.ts';
import { openStreams } from './stdio.ts';
import type { Line, Transport } from './transport.ts';

/** What a bad cable or a bad device does; words of the simulator's command line. */
export interface Faults {
  /** Chances per byte, in either direction. */
  readonly bitErrors?: number | undefined;
  readonly drop?: number | undefined;
  readonly duplicate?: number | undefined;
  /** Two bursts change places. */
  readonly swap?: number | undefined;
  /** The rest of a frame is lost. */
  readonly truncate?: number | undefined;
  /** Bytes that nobody sent: per step of 5 to 50 ms in which the line is idle. */
  readonly noise?: number | undefined;
  /** Chances per bit time, on UART pins: the other level for a bit, low for up to 40 bits. */
  readonly lineErrors?: number | undefined;
  readonly breaks?: number | undefined;
  /** Most that an edge is off on UART pins: percent of a bit. */
  readonly jitter?: number | undefined;
  /** The device is reset each time that it has taken so many more bytes, or stands still for `stall` ms. */
  readonly resetEvery?: number | undefined;
  readonly stallEvery?: number | undefined;
  readonly stall?: number | undefined;
  /** Before the host sees a reply, ms of simulated time. */
  readonly replyLatency?: number | undefined;
}

export interface SimulatedOptions {
  /** Of the random fill of registers and memories; the simulator draws one otherwise. */
  readonly seed?: number | undefined;
  /** File for cycles and CPU seconds, one JSON line. */
  readonly statsFile?: string | undefined;
  /** As the program was built. */
  readonly link?: LinkKind | undefined;
  readonly faults?: Faults | undefined;
  /** How much faster the host's clock is than the device's: percent. */
  readonly baudSkew?: number | undefined;
  /** Over standard input and output, for systems without pseudo-terminals. */
  readonly stdio?: boolean | undefined;
  /** Waves, of a program built for it: of one image of the batch where `image` says which. */
  readonly trace?: Trace | undefined;
  /** Without a sign of life, after which the program counts as dead. */
  readonly silentSeconds?: number | undefined;
}

export interface Trace {
  /** A `.vcd` file. */
  readonly file: string;
  /** From 0. */
  readonly image?: number | undefined;
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
/** Heartbeats come 20 times a second. */
const SILENT_SECONDS = 10;

/** @throws DeltascopeError `simulator-died` when `program` does not come up. */
export async function startSimulated(
  program: string,
  options: SimulatedOptions = {},
): Promise<Simulated> {
  // It ends when its standard input does, so also when this process is killed.
  const child = start(program, argumentsOf(options));
  const clock = new SimulatedClock();
  const talk = options.stdio ? [child.stderr] : [child.stdout, child.stderr];
  const monitor = new Monitor(talk, {
    clock,
    silentSeconds: options.silentSeconds ?? SILENT_SECONDS,
  });
  try {
    const { pty, seed } = await readGreeting(child, monitor);
    const wire = pty === null ? openStreams(child.stdin, child.stdout) : await openSerial(pty);
    const line = options.link === 'pins' ? wire.line : undefined;
    return { transport: new SimulatedTransport(child, { wire, line, clock, monitor }), seed };
  } catch (error) {
    monitor.stop();
    child.kill();
    throw error;
  }
}

/** Words of the simulator's command line. */
export function argumentsOf(options: SimulatedOptions): string[] {
  const { seed, statsFile: stats, link, faults, baudSkew, trace } = options;
  const values: Record<string, string | number | undefined> = {
    ...{ seed, stats, link, ...faults, baudSkew },
    trace: trace?.file,
    traceImage: trace?.image,
  };
  const words = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name.replace(/[A-Z]/g, '-$&').toLowerCase()}`, String(value)],
  );
  return options.stdio ? [...words, '--stdio'] : words;
}

type Child = ReturnType<typeof start>;

function start(program: string, args: readonly string[]) {
  return execa(program, args, {
    stdin: 'pipe',
    buffer: { stdout: false, stderr: false },
    reject: false,
    forceKillAfterDelay: END_MS,
  });
}

async function readGreeting(child: Child, monitor: Monitor): Promise<Greeting> {
  const stop = new AbortController();
  try {
    return await Promise.race([
      monitor.greeting,
      child.then(({ shortMessage }) => Promise.reject(died(shortMessage, monitor.said))),
      delay(START_MS, undefined, { signal: stop.signal }).then(() =>
        Promise.reject(died(`it said nothing within ${START_MS / 1000} s`, monitor.said)),
      ),
    ]);
  } finally {
    stop.abort();
  }
}

interface Parts {
  readonly wire: Transport;
  readonly line: Line | undefined;
  readonly clock: SimulatedClock;
  readonly monitor: Monitor;
}

class SimulatedTransport implements Transport {
  readonly incoming: AsyncIterable<Uint8Array>;
  readonly clock: Clock;
  readonly line: Line | undefined;
  readonly #child: Child;
  readonly #wire: Transport;
  readonly #monitor: Monitor;
  #ending = false;
  #hung: DeltascopeError | undefined;

  constructor(child: Child, { wire, line, clock, monitor }: Parts) {
    this.#child = child;
    this.#wire = wire;
    this.#monitor = monitor;
    this.clock = clock;
    this.line = line;
    this.incoming = this.#receive();
    // A port may not notice that its peer is gone; closing it ends `incoming`.
    child.then(() => {
      clock.end();
      return wire[Symbol.asyncDispose]();
    });
    monitor.onSilence = (seconds) => {
      this.#hung = died(`it has said nothing for ${seconds} s`, monitor.said);
      child.kill('SIGKILL');
    };
  }

  async write(bytes: Uint8Array, options?: { signal?: AbortSignal }): Promise<void> {
    try {
      await this.#wire.write(bytes, options);
    } catch (error) {
      throw (await this.#death()) ?? error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending = true;
    this.#monitor.stop();
    await this.#wire[Symbol.asyncDispose]();
    this.#child.stdin.end();
    const ended = await Promise.race([this.#child.then(() => true), after(END_MS, false)]);
    if (!ended) {
      this.#child.kill();
      await this.#child;
    }
  }

  async *#receive(): AsyncGenerator<Uint8Array> {
    try {
      yield* this.#wire.incoming;
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
    if (result === undefined) {
      return undefined;
    }
    return this.#hung ?? died(result.shortMessage, this.#monitor.said);
  }
}

/** `value` in `ms`; keeps no process alive. */
function after<T>(ms: number, value: T): Promise<T> {
  return delay(ms, value, { ref: false });
}

function died(why: string | undefined, said: string): DeltascopeError {
  return new DeltascopeError(
    'simulator-died',
    `The simulated board is gone: ${why ?? 'it ended by itself'}${said ? ` (${said})` : ''}`,
    { hint: 'run the same command again; npx deltascope doctor if it repeats' },
  );
}
