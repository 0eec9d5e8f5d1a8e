/** One build as a plain job: a request in, progress as it happens, a result at the end. */
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { measureArea } from './area.ts';
import { CACHE_FOLDER } from './cache.ts';
import { BuildFailure } from './failure.ts';
import { FAMILIES } from './families.ts';
import { sumCells } from './netlist.ts';
import { pack } from './pack.ts';
import { type Placed, placeSeeds } from './place-route.ts';
import type { BuildProgress, BuildRequest, BuildResult, BuildTarget } from './result.ts';
import { deviceFolders, findSources } from './sources.ts';
import { findLosses, NETLIST, type Synthesis, synthesise, YOSYS_LOG } from './synthesise.ts';
import { findTools, type Tools } from './tools.ts';

export interface BuildOptions {
  /** The repository. */
  readonly root: string;
  /** With the tools on its PATH. */
  readonly environment: NodeJS.ProcessEnv;
  /** Seeds placed at once; default: the processors. */
  readonly jobs?: number | undefined;
  /** Relative to the root. */
  readonly cache?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly now?: () => Date;
}

/** Of the board's clock; each seed should have it in hand. */
export const TIMING_MARGIN = 0.05;

/**
 * Yields what happens; the last event holds the result. To stop reading stops the build.
 * Lost logic and a clock that is not met are in the result and no failure yet: see
 * {@link requireWhole} and {@link requireTiming}.
 * @throws BuildFailure `tool-missing`, `build-failed`, `cache-not-writable` or `interrupted`
 */
export async function* buildJob(
  request: BuildRequest,
  options: BuildOptions,
): AsyncGenerator<BuildProgress> {
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, ...(options.signal ? [options.signal] : [])]);
  const events: BuildProgress[] = [];
  let wake = () => {};
  const report = (progress: BuildProgress) => {
    events.push(progress);
    wake();
  };
  let ended = false;
  const work = build(request, { ...options, signal, report })
    .then((result) => report({ kind: 'result', result }))
    .finally(() => {
      ended = true;
      wake();
    });
  // Waited for below; until then it must not count as unhandled.
  work.catch(() => {});
  try {
    for (;;) {
      for (let next = events.shift(); next !== undefined; next = events.shift()) yield next;
      if (ended) break;
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (events.length > 0 || ended) resolve();
      });
    }
    await work;
  } finally {
    stop.abort();
    await work.catch(() => {});
  }
}

/** @throws BuildFailure `lost-logic` naming what the netlist lacks of the design */
export function requireWhole({ synthesis, target }: BuildResult): void {
  const { losses, netlist } = synthesis;
  if (losses.length === 0) return;
  const SHOWN = 4;
  const more = losses.length > SHOWN ? [`and ${losses.length - SHOWN} more`] : [];
  throw new BuildFailure(
    'lost-logic',
    `The netlist of ${target.name} is not what was designed: ${[...losses.slice(0, SHOWN), ...more].join('; ')}`,
    { hint: `All that yosys said is in ${path.posix.dirname(netlist)}/${YOSYS_LOG}` },
  );
}

/** @throws BuildFailure `timing-not-met` when the kept seed misses a clock */
export function requireTiming({ timing, target }: BuildResult): void {
  if (timing === null || timing.met) return;
  const mhz = (hz: number) => `${(hz / 1e6).toFixed(2)} MHz`;
  throw new BuildFailure(
    'timing-not-met',
    `${target.name} needs ${mhz(timing.clockHz)} and reaches ${mhz(timing.fmaxHz.max)} with its best seed`,
    {
      hint: 'More seeds may find a faster one: --seeds 16. --allow-timing-failure keeps the bitstream as it is.',
    },
  );
}

type Work = Required<Pick<BuildOptions, 'root' | 'environment'>> &
  BuildOptions & {
    readonly signal: AbortSignal;
    readonly report: (progress: BuildProgress) => void;
  };

async function build(request: BuildRequest, options: Work): Promise<BuildResult> {
  const { root, environment, signal, report, now = () => new Date() } = options;
  const { target, until } = request;
  const started = performance.now();
  const cache = `${options.cache ?? CACHE_FOLDER}/${target.name}`;
  const folders = target.folders ?? deviceFolders(target.family);
  const tools = await findTools(FAMILIES[target.family], environment);
  const sources = await findSources(target.top, { root, folders });
  const common = { root, environment, cache, signal };

  const synthesised = await staged('synthesis', options, () =>
    synthesise(target, { ...common, yosys: tools.yosys, sources }),
  );
  const { synthesis } = synthesised;
  const measured = request.area
    ? await staged('area', options, () =>
        measureArea(target, { ...common, yosys: tools.yosys, nextpnr: tools.nextpnr, sources }),
      )
    : undefined;
  const losses = findLosses(target, synthesis);

  const base: BuildResult = {
    kind: 'build',
    schema: 1,
    time: now().toISOString(),
    target,
    tools: versionsOf(tools),
    synthesis: {
      netlist: `${synthesised.folder}/${NETLIST}`,
      ...cellsOf(target, synthesis),
      warnings: synthesis.warnings,
      losses,
      seconds: synthesis.seconds,
      cached: synthesised.cached,
    },
    timing: null,
    bitstream: null,
    area: measured?.area ?? null,
    seconds: 0,
  };
  const finish = (result: BuildResult): BuildResult => {
    return { ...result, seconds: (performance.now() - started) / 1000 };
  };
  if (until === 'synth' || losses.length > 0) return finish(base);

  const seeds = Array.from({ length: request.seeds }, (_, index) => index + 1);
  const { placed } = await staged('place and route', options, async () => {
    const routed = await placeSeeds(target, {
      ...common,
      nextpnr: tools.nextpnr,
      synthesis: synthesised.folder,
      scopes: synthesis.scopes,
      seeds,
      jobs: options.jobs ?? availableParallelism(),
      onProgress: report,
    });
    return { placed: routed, cached: routed.every(({ cached }) => cached) };
  });
  const unrouted = seeds.filter((seed) => !placed.some(({ placement }) => placement.seed === seed));
  const { timing, best } = judgeTiming(target, placed, unrouted);
  if (until === 'pnr') return finish({ ...base, timing });

  const { result } = await staged('pack', options, () =>
    pack(target, {
      ...common,
      packer: tools.packer,
      placements: placed.map(({ folder }) => folder),
      best: best.folder,
      met: timing.met,
      report: (bitstream) => finish({ ...base, timing, bitstream }),
    }),
  );
  return result;
}

/** Tells of a stage's begin and end. */
async function staged<T extends { readonly cached: boolean }>(
  stage: Extract<BuildProgress, { kind: 'stage' }>['stage'],
  { report }: Pick<Work, 'report'>,
  work: () => Promise<T>,
): Promise<T> {
  const started = performance.now();
  report({ kind: 'stage', stage, state: 'started', seconds: 0 });
  const done = await work();
  const seconds = (performance.now() - started) / 1000;
  report({ kind: 'stage', stage, state: done.cached ? 'cached' : 'finished', seconds });
  return done;
}

function versionsOf({ yosys, nextpnr, packer }: Tools): BuildResult['tools'] {
  return { yosys: yosys.version, nextpnr: nextpnr.version, packer: packer.program };
}

function cellsOf(
  { family }: BuildTarget,
  { cells }: Synthesis,
): Pick<
  BuildResult['synthesis'],
  'luts' | 'flipFlops' | 'multipliers' | 'blockRams' | 'weightMemories'
> {
  const kinds = FAMILIES[family].cells;
  return {
    luts: sumCells(cells, kinds.lut),
    flipFlops: sumCells(cells, kinds.flipFlop),
    multipliers: sumCells(cells, kinds.multiplier),
    blockRams: sumCells(cells, kinds.blockRam),
    weightMemories: sumCells(cells, kinds.weightMemory),
  };
}

/** The kept seed is the fastest of those that meet every clock, else the fastest. */
export function judgeTiming(
  { clockHz }: Pick<BuildTarget, 'clockHz'>,
  placed: readonly Placed[],
  unrouted: readonly number[],
): { readonly timing: NonNullable<BuildResult['timing']>; readonly best: Placed } {
  const met = ({ placement }: Placed) =>
    placement.clocks.every(({ fmaxHz, constraintHz }) => fmaxHz >= constraintHz) &&
    placement.fmaxHz >= clockHz;
  const ranked = [...placed].sort(
    (a, b) => Number(met(b)) - Number(met(a)) || b.placement.fmaxHz - a.placement.fmaxHz,
  );
  const best = ranked[0];
  if (best === undefined)
    throw new BuildFailure('build-failed', 'No seed could be routed', {
      hint: 'More seeds may: --seeds 16. --area --until synth shows what takes the room',
    });
  const fmax = placed.map(({ placement }) => placement.fmaxHz).sort((a, b) => a - b);
  const middle = (fmax.length - 1) / 2;
  return {
    best,
    timing: {
      clockHz,
      fmaxHz: {
        min: fmax[0] ?? 0,
        median: ((fmax[Math.floor(middle)] ?? 0) + (fmax[Math.ceil(middle)] ?? 0)) / 2,
        max: fmax.at(-1) ?? 0,
      },
      bestSeed: best.placement.seed,
      met: met(best),
      everySeedMet: unrouted.length === 0 && placed.every(met),
      everySeedWithMargin:
        unrouted.length === 0 &&
        placed.every((one) => met(one) && one.placement.fmaxHz >= (1 + TIMING_MARGIN) * clockHz),
      placements: placed.map(({ placement, cached }) => ({ ...placement, cached })),
      unrouted: [...unrouted],
    },
  };
}
