/** One kind of fault: work in rounds, and what became of each. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { BoardName } from '../../contract/boards.ts';
import type { FaultFigures } from '../../contract/reliability.ts';
import { sleep, WALL_CLOCK } from '../../host/clock.ts';
import { type Device, openDevice } from '../../host/device.ts';
import { DeltascopeError } from '../../host/error.ts';
import type { LinkStatistics } from '../../host/link.ts';
import { ROOT } from '../../tools/setup/environment.mjs';
import { createDraw, type Draw } from '../system/random-network.ts';
import { CampaignBoard } from './board.ts';
import type { Scenario } from './scenarios.ts';
import { doWork, type Work, WrongResult } from './work.ts';

/** No round may take longer, of the board's time and of the wall's: one that does hangs. */
const HANG_MS = 60_000;
const HANG_WALL_MS = 900_000;
/** Drawn up to here: while the port is opened, and after. */
const VANISHES_WITHIN_MS = { bytes: 200, pins: 1000 };
/** After an error. */
const REOPEN_MS = 100;
/** Bytes that the other program writes each time. */
const RUBBISH_BYTES = 40;
/** At most, of the board's time. */
const RUBBISH_EVERY_MS = 20;

export interface TrialOptions {
  readonly board: BoardName;
  readonly scenario: Scenario;
  readonly work: Work;
  readonly seed: number;
}

type Counts = { -readonly [Name in keyof FaultFigures]: FaultFigures[Name] } & {
  errors: Record<string, number>;
};

export class Trial implements AsyncDisposable {
  readonly #options: TrialOptions;
  readonly #draw: Draw;
  readonly #folder: string;
  #starts = 0;
  #board: CampaignBoard | undefined;
  #device: Device | undefined;
  /** Of simulated time: when something last went wrong, while it is not yet right again. */
  #brokenAt: number | undefined;
  #cleanBytes = 0;
  #bytes = 0;
  readonly #counts: Counts;

  private constructor(options: TrialOptions, folder: string) {
    const { fault, link } = options.scenario;
    this.#options = options;
    this.#folder = folder;
    this.#draw = createDraw(options.seed);
    this.#counts = {
      ...{ fault, link, rounds: 0, frames: 0, resends: 0, right: 0, wrong: 0, hangs: 0 },
      ...{ errors: {}, unclear: 0, goodput: 0, slowestErrorMs: 0, slowestRecoveryMs: 0 },
    };
  }

  static async begin(options: TrialOptions): Promise<Trial> {
    return new Trial(options, await mkdtemp(path.join(tmpdir(), 'deltascope-faults-')));
  }

  get figures(): FaultFigures {
    const goodput = this.#bytes === 0 ? 0 : this.#cleanBytes / this.#bytes;
    return { ...this.#counts, errors: { ...this.#counts.errors }, goodput };
  }

  /** One piece of work, from the opening of the port if need be, and what became of it. */
  async round(): Promise<void> {
    const board = await this.#startBoard();
    const started = board.clock.now();
    this.#counts.rounds++;
    const stop = new AbortController();
    const late = sleep(board.clock, HANG_MS);
    const veryLate = sleep(WALL_CLOCK, HANG_WALL_MS);
    const hang = Promise.race([late.done, veryLate.done]).then(() => 'hang' as const);
    const incident = this.#provoke(stop.signal);
    try {
      if ((await Promise.race([this.#work(), hang])) === 'hang') {
        this.#counts.hangs++;
        await board.kill();
        await this.#close();
      } else {
        this.#counts.right++;
        this.#cleanBytes += this.#options.work.cleanBytes;
        this.#noteRecovery();
      }
    } catch (error) {
      this.#brokenAt ??= board.clock.now();
      this.#counts.slowestErrorMs = Math.max(
        this.#counts.slowestErrorMs,
        board.clock.now() - started,
      );
      this.#noteError(error);
      await this.#close();
      // Nobody opens a port again in the instant in which it is closed.
      await delay(REOPEN_MS);
    } finally {
      stop.abort();
      late.stop();
      veryLate.stop();
      await incident;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
    await this.#board?.[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #work(): Promise<void> {
    if (this.#options.scenario.incident === 'host-killed') {
      await this.#close();
      await killHost(this.#port, this.#draw(300));
      this.#brokenAt = this.#board?.clock.now();
    }
    const device = await this.#open();
    const before = device.statistics;
    try {
      await doWork(device, this.#options.work, this.#draw);
    } finally {
      this.#count(before, device.statistics);
    }
  }

  #count(before: LinkStatistics, after: LinkStatistics): void {
    this.#counts.frames += after.framesSent - before.framesSent;
    this.#counts.resends += after.resends - before.resends;
    this.#bytes += after.bytesSent + after.bytesReceived - before.bytesSent - before.bytesReceived;
  }

  #noteError(error: unknown): void {
    const counts = this.#counts;
    if (error instanceof WrongResult) counts.wrong++;
    else if (error instanceof DeltascopeError && error.code !== 'internal') {
      counts.errors[error.code] = (counts.errors[error.code] ?? 0) + 1;
    } else {
      counts.unclear++;
    }
  }

  #noteRecovery(): void {
    if (this.#brokenAt === undefined || this.#board === undefined) return;
    const ms = this.#board.clock.now() - this.#brokenAt;
    this.#counts.slowestRecoveryMs = Math.max(this.#counts.slowestRecoveryMs, ms);
    this.#brokenAt = undefined;
  }

  async #startBoard(): Promise<CampaignBoard> {
    if (this.#board?.isAlive) return this.#board;
    const { board, scenario, seed } = this.#options;
    const { link, options } = scenario;
    this.#starts++;
    this.#board = await CampaignBoard.start({ board, link, seed: seed + this.#starts, ...options });
    // The clock of a new one begins anew.
    if (this.#brokenAt !== undefined) this.#brokenAt = 0;
    await rm(this.#port, { force: true });
    await symlink(this.#board.path, this.#port);
    return this.#board;
  }

  /** The same name for whatever board is there, as of a real port. */
  get #port(): string {
    return path.join(this.#folder, 'port');
  }

  async #open(): Promise<Device> {
    if (this.#device === undefined) {
      const board = await this.#startBoard();
      const nonce = this.#draw(2 ** 32);
      this.#device = await openDevice(await board.open({ path: this.#port }), {
        nonce,
        label: this.#port,
      });
    }
    return this.#device;
  }

  async #close(): Promise<void> {
    const device = this.#device;
    this.#device = undefined;
    await device?.[Symbol.asyncDispose]();
  }

  /** What happens beside the round; ends soon after `over`. */
  async #provoke(over: AbortSignal): Promise<void> {
    switch (this.#options.scenario.incident) {
      case 'none':
      case 'host-killed':
        return;
      case 'rubbish':
        return this.#writeRubbish(over);
      case 'port-vanishes':
        // Every other time it stays, so that it is seen to come back.
        if (this.#counts.rounds % 2 === 0) return;
        await this.#pause(over, VANISHES_WITHIN_MS[this.#options.scenario.link]);
        if (over.aborted) return;
        await this.#board?.kill();
        return;
    }
  }

  async #writeRubbish(over: AbortSignal): Promise<void> {
    const board = await this.#startBoard();
    await using file = await open(board.path, 'w');
    let pause = sleep(board.clock, 0);
    over.addEventListener('abort', () => pause.stop());
    while (!over.aborted) {
      await file.write(Uint8Array.from({ length: RUBBISH_BYTES }, () => this.#draw(256)));
      pause = sleep(board.clock, this.#draw(RUBBISH_EVERY_MS));
      await pause.done;
    }
  }

  /** Up to `ms`, drawn. */
  async #pause(over: AbortSignal, ms: number): Promise<void> {
    await delay(this.#draw(ms), undefined, { signal: over }).catch(() => {});
  }
}

/** A host of its own that works with a port until it is killed. */
async function killHost(port: string, afterMs: number): Promise<void> {
  const file = path.join(ROOT, 'tests', 'campaign', 'victim.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', file, port], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  await delay(afterMs);
  child.kill('SIGKILL');
  await once(child, 'exit');
}
