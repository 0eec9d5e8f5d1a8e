/** `npm run campaign:soak`: two simulated boards at work for long; memory must stay flat. */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { median } from 'simple-statistics';
import type { BoardName } from '../../contract/boards.ts';
import type { MemoryFigures, SoakCampaign } from '../../contract/reliability.ts';
import { openDevice } from '../../host/device.ts';
import { createDraw } from '../system/random-network.ts';
import { CampaignBoard } from './board.ts';
import {
  type CommonFlags,
  campaignCommand,
  inSession,
  type Session,
  wholeNumber,
  writeResult,
} from './command.ts';
import { doWork, prepareWork, WrongResult } from './work.ts';

const NAME = 'campaign:soak';
const BOARDS: readonly BoardName[] = ['icebreaker', 'ulx3s-25f'];
const SAMPLE_MS = 2000;
const KB_PER_MB = 1024;

interface Flags extends CommonFlags {
  readonly minutes: number;
}

await campaignCommand(NAME, { about: 'two simulated boards at work for long', out: 'soak.json' })
  .option('--minutes <number>', 'how long', wholeNumber, 20)
  .addHelpText(
    'after',
    `\nExamples:\n  $ npm run ${NAME}\n  $ npm run ${NAME} -- --minutes 1 --json`,
  )
  .action((flags: Flags) => inSession(NAME, (session) => campaign(flags, session)))
  .parseAsync();

async function campaign({ out, seed, minutes, json }: Flags, session: Session): Promise<void> {
  const { signal, status, environment, commandLine } = session;
  const started = performance.now();
  const cpu = process.cpuUsage();
  const ends = started + 60_000 * minutes;
  const isOver = () => performance.now() >= ends || signal.aborted;
  const counts = { rounds: 0, frames: 0, wrong: 0, errors: 0 };
  const samples: Record<string, number[]> = {};

  async function soak(board: BoardName, index: number): Promise<void> {
    await using simulated = await CampaignBoard.start({ board, link: 'bytes', seed: seed + index });
    await using device = await openDevice(await simulated.open(), { label: board });
    const draw = createDraw(seed + index);
    const work = await prepareWork(device, seed + index);
    const sampling = sample(`simulated ${board}`, simulated.pid);
    let seen = device.statistics.framesSent;
    while (!isOver()) {
      try {
        await doWork(device, work, draw);
      } catch (error) {
        if (!(error instanceof WrongResult)) throw error;
        counts.wrong++;
      }
      counts.rounds++;
      counts.frames += device.statistics.framesSent - seen;
      seen = device.statistics.framesSent;
    }
    await sampling;
  }

  async function sample(name: string, pid: number): Promise<void> {
    const found: number[] = [];
    samples[name] = found;
    while (!isOver()) {
      found.push(residentMb(pid));
      await delay(SAMPLE_MS);
    }
  }

  async function tell(): Promise<void> {
    while (!isOver()) {
      const left = Math.ceil((ends - performance.now()) / 1000);
      status.show(`${counts.rounds} rounds, ${counts.frames} frames, ${left} s left`, {
        lasting: false,
      });
      await delay(SAMPLE_MS);
    }
  }

  const soaks = BOARDS.map((board, index) =>
    soak(board, index).catch((error: unknown) => {
      counts.errors++;
      process.stderr.write(`${board}: ${error}\n`);
    }),
  );
  await Promise.all([...soaks, sample('host', process.pid), tell()]);
  status.finish();
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const result: SoakCampaign = {
    ...{ kind: 'soak-campaign', schema: 1, boards: BOARDS, minutes: seconds / 60, ...counts },
    hostLoad: (user + system) / 1e6 / seconds,
    memory: Object.entries(samples).map(([name, found]) => memoryOf(name, found)),
    ...{ environment, time: new Date().toISOString(), commandLine },
  };
  await writeResult(out, result);
  process.stderr.write(`${counts.rounds} rounds, ${counts.wrong} wrong, ${counts.errors} errors\n`);
  for (const { process: name, early, late } of result.memory) {
    process.stderr.write(`${name}: ${early.toFixed(1)} MB, then ${late.toFixed(1)} MB\n`);
  }
  if (json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  if (counts.wrong + counts.errors > 0) process.exitCode = 1;
}

/** Of Linux; 0 elsewhere, but for this process. */
function residentMb(pid: number): number {
  if (pid === process.pid) return process.memoryUsage.rss() / KB_PER_MB ** 2;
  try {
    const [, kilobytes = '0'] =
      /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) / KB_PER_MB;
  } catch {
    return 0;
  }
}

function memoryOf(name: string, samples: readonly number[]): MemoryFigures {
  const quarter = Math.max(1, Math.floor(samples.length / 4));
  const late = samples.slice(-quarter);
  const early = samples.slice(quarter, 2 * quarter);
  return {
    process: name,
    early: median(early.length > 0 ? early : late),
    late: median(late),
    most: Math.max(...samples),
  };
}
