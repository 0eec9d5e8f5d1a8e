/** A simulated board that outlives its hosts: its port may be opened again and again. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { BoardName } from '../../contract/boards.ts';
import { SimulatedClock } from '../../host/clock.ts';
import { DeltascopeError } from '../../host/error.ts';
import { openSerial } from '../../host/transport/serial.ts';
import { argumentsOf, type SimulatedOptions } from '../../host/transport/simulated.ts';
import { Monitor } from '../../host/transport/simulated-monitor.ts';
import { buildSimulator, type LinkKind } from '../../host/transport/simulator.ts';
import type { Line, Transport } from '../../host/transport/transport.ts';
import { projectEnvironment, ROOT } from '../../tools/setup/environment.mjs';

export interface BoardOptions extends SimulatedOptions {
  readonly board: BoardName;
  readonly link: LinkKind;
  /** Other than the board's own, Hz and bits per second. */
  readonly clockHz?: number;
  readonly baud?: number;
}

export interface OpenOptions {
  /** Another name of the port. */
  readonly path?: string;
  /** That the host's end takes, bits per second. */
  readonly highestBaud?: number;
}

/** Without a heartbeat, after which it counts as dead. */
const SILENT_SECONDS = 30;

export class CampaignBoard implements AsyncDisposable {
  readonly path: string;
  readonly clock: SimulatedClock;
  readonly pid: number;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #monitor: Monitor;
  readonly #link: LinkKind;

  private constructor(
    child: ChildProcessByStdio<Writable, Readable, Readable>,
    parts: { path: string; clock: SimulatedClock; monitor: Monitor; link: LinkKind },
  ) {
    this.#child = child;
    this.path = parts.path;
    this.clock = parts.clock;
    this.pid = child.pid as number;
    this.#monitor = parts.monitor;
    this.#link = parts.link;
  }

  static async start(options: BoardOptions): Promise<CampaignBoard> {
    const { board, link, clockHz, baud } = options;
    const environment = projectEnvironment();
    const variant = { board, link, clockHz, baud };
    const { program } = await buildSimulator({ ...variant, root: ROOT, environment });
    const child = spawn(program, argumentsOf(options), {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const clock = new SimulatedClock();
    const monitor = new Monitor([child.stdout, child.stderr], {
      clock,
      silentSeconds: SILENT_SECONDS,
    });
    const { pty } = await Promise.race([
      monitor.greeting,
      once(child, 'exit').then(() => Promise.reject(new Error(monitor.said))),
    ]);
    child.on('exit', () => clock.end());
    return new CampaignBoard(child, { path: pty as string, clock, monitor, link });
  }

  /** What `openDevice` takes; the board goes on when it is closed. */
  async open({ path = this.path, highestBaud }: OpenOptions = {}): Promise<Transport> {
    const port = await openSerial(path);
    return {
      incoming: port.incoming,
      clock: this.clock,
      line: this.#link === 'pins' ? upTo(highestBaud, port.line) : undefined,
      write: (bytes, options) => port.write(bytes, options),
      [Symbol.asyncDispose]: () => port[Symbol.asyncDispose](),
    };
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** At once, as when it is unplugged. */
  async kill(): Promise<void> {
    this.#monitor.stop();
    if (!this.isAlive) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

/** A line that refuses higher rates, as some adapters do. */
function upTo(highest = Number.POSITIVE_INFINITY, line: Line): Line {
  return {
    get baud() {
      return line.baud;
    },
    async setBaud(baud) {
      if (baud > highest) throw new DeltascopeError('port-failed', `No adapter for ${baud} baud`);
      await line.setBaud(baud);
    },
  };
}
