/** What the simulated board says about itself: a greeting, its time, and why it ends. */
import type { Readable } from 'node:stream';
import type { SimulatedClock } from '../clock.ts';

export interface Greeting {
  /** Null where it speaks over standard input and output. */
  readonly pty: string | null;
  readonly seed: number;
}

const TICK_MS = 1000;
const MAX_SAID = 4096;

/**
 * Reads JSON lines; other text is kept for messages. Of several heartbeats that have waited, while
 * this process was busy, only the newest counts: no time-out has run out meanwhile.
 */
export class Monitor {
  readonly greeting: Promise<Greeting>;
  /** Called once when no heartbeat has come for long. */
  onSilence: (seconds: number) => void = () => {};
  readonly #clock: SimulatedClock;
  readonly #silentSeconds: number;
  readonly #ticks: NodeJS.Timeout;
  #greet: (greeting: Greeting) => void = () => {};
  #said = '';
  #silentTicks = 0;

  /** @param silentSeconds without a heartbeat, after which it is taken for dead */
  constructor(
    streams: readonly Readable[],
    { clock, silentSeconds }: { clock: SimulatedClock; silentSeconds: number },
  ) {
    this.#clock = clock;
    this.#silentSeconds = silentSeconds;
    this.greeting = new Promise((resolve) => {
      this.#greet = resolve;
    });
    for (const stream of streams) {
      this.#listenTo(stream);
    }
    // Its own ticks are counted, not the time: those that a busy process misses are no silence.
    this.#ticks = setInterval(() => this.#tick(), TICK_MS).unref();
  }

  /** Text that is no JSON line, of all streams. */
  get said(): string {
    return this.#said.trim();
  }

  stop(): void {
    clearInterval(this.#ticks);
  }

  #tick(): void {
    this.#silentTicks++;
    if (this.#silentTicks > this.#silentSeconds) {
      this.stop();
      this.onSilence(this.#silentSeconds);
    }
  }

  #listenTo(stream: Readable): void {
    let rest = '';
    stream.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      this.#read(lines);
    });
    stream.on('end', () => this.#read([rest]));
  }

  #read(lines: readonly string[]): void {
    let ms: number | undefined;
    for (const line of lines) {
      const words = parse(line);
      if (words === undefined) {
        this.#said = `${this.#said}${line}\n`.slice(-MAX_SAID);
      } else if (typeof words['ms'] === 'number') {
        ms = words['ms'];
      } else {
        const { pty, seed } = words;
        this.#greet({ pty: typeof pty === 'string' ? pty : null, seed: Number(seed) });
      }
    }
    if (ms !== undefined) {
      this.#silentTicks = 0;
      this.#clock.advanceTo(ms);
    }
  }
}

function parse(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) {
    return undefined;
  }
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
