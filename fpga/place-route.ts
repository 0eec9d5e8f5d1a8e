/** Netlist to placed and routed design with nextpnr, one seed at a time or several at once. */
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Entry, keepEntry, keyOf } from './cache.ts';
import { BuildFailure } from './failure.ts';
import { FAMILIES, type Resource } from './families.ts';
import type { Scopes } from './netlist.ts';
import { type BuildProgress, type BuildTarget, type Placement, placementSchema } from './result.ts';
import { firstError, refuseAborted, runTool } from './run-tool.ts';
import { NETLIST } from './synthesise.ts';
import { boardClock, clocksOf, criticalPath, parseReport } from './timing.ts';
import type { Tool } from './tools.ts';

export interface PlaceOptions {
  readonly root: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Of this target's entries, relative to the root. */
  readonly cache: string;
  readonly nextpnr: Tool;
  /** Folder of the netlist, which is named by its content's hash. */
  readonly synthesis: string;
  readonly scopes: Scopes;
  /** How many at once. */
  readonly jobs: number;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Extract<BuildProgress, { kind: 'seed' }>) => void;
}

/** The routed design of one seed. */
export interface Placed extends Entry {
  readonly placement: Placement;
}

/** What nextpnr wrote for the packer. */
export const ROUTED = 'routed.txt';
const REPORT = 'report.json';
const FACTS = 'placement.json';
const LOG = 'nextpnr.log';
/** A design that can be routed takes half of them; a few wires left over by then stay. */
const MOST_ROUNDS = 500;

/**
 * Every seed, at most `jobs` at once, in the order of `seeds`, without those that cannot be routed.
 * @throws BuildFailure `build-failed`, the first of any seed; the other seeds are stopped
 */
export async function placeSeeds(
  target: BuildTarget,
  { seeds, ...options }: PlaceOptions & { readonly seeds: readonly number[] },
): Promise<Placed[]> {
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const placed: (Placed | undefined)[] = [];
  const waiting = [...seeds.entries()];
  let failure: unknown;
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, seed] = next;
      try {
        refuseAborted(signal);
        placed[index] = await placeSeed(target, { ...options, seed, signal });
      } catch (error) {
        // What the stopped ones then say is not the reason.
        failure ??= error;
        stop.abort();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.jobs, seeds.length) }, work));
  if (failure !== undefined) throw failure;
  return placed.filter((one) => one !== undefined);
}

/** Undefined when no routing was found. */
async function placeSeed(
  target: BuildTarget,
  options: PlaceOptions & { readonly seed: number },
): Promise<Placed | undefined> {
  const { root, environment, cache, nextpnr, synthesis, scopes, seed, signal, onProgress } =
    options;
  const { constraintsFlag, outputFlag, placeFlags, resources } = FAMILIES[target.family];
  const flags = [
    ...[`--${target.device}`, '--package', target.package, constraintsFlag, target.constraints],
    ...['--seed', String(seed), '--freq', String(target.clockHz / 1e6), '--timing-allow-fail'],
    ...placeFlags,
  ];
  const inputs = [nextpnr.version, path.basename(synthesis), flags];
  const key = await keyOf(root, { inputs, files: [target.constraints] });
  const folder = `${cache}/seed-${seed}-${key}`;
  const unrouted = new AbortController();
  const kept = keepEntry({
    ...{ root, folder },
    make: async (scratch) => {
      onProgress({ kind: 'seed', seed, phase: 'packing' });
      const log = `${scratch}/${LOG}`;
      const { text, ok, seconds } = await runTool(nextpnr.program, {
        args: [
          ...flags,
          ...['--json', `${synthesis}/${NETLIST}`, outputFlag, `${scratch}/${ROUTED}`],
          ...['--report', `${scratch}/${REPORT}`, '--log', log],
        ],
        ...{ root, environment, signal: AbortSignal.any([signal, unrouted.signal]) },
        onLine: (line) => {
          if (roundOf(line) > MOST_ROUNDS) unrouted.abort();
          const phase = phaseOf(line);
          if (phase) onProgress({ kind: 'seed', seed, phase });
        },
      });
      if (!ok) {
        const saved = `${folder}.log`;
        await copyFile(path.join(root, log), path.join(root, saved)).catch(() => {});
        const short = findShortages(text, resources);
        const why =
          short.length > 0
            ? `${target.name} does not fit: ${short.join(', ')}`
            : `nextpnr, seed ${seed}: ${firstError(text)}`;
        throw new BuildFailure('build-failed', why, {
          hint: `All that nextpnr said is in ${saved}; --area --until synth shows what takes the room`,
        });
      }
      const report = parseReport(await readFile(path.join(root, scratch, REPORT), 'utf8'));
      const clocks = clocksOf(report);
      const clock = requireBoardClock(target, clocks);
      const facts: Placement = {
        seed,
        fmaxHz: clock.fmaxHz,
        clocks,
        resources: resources.map(({ name, bel }) => {
          return { name, ...(report.utilization[bel] ?? { used: 0, available: 0 }) };
        }),
        criticalPath: criticalPath(report, { clock: clock.name, scopes, top: target.top }) ?? null,
        seconds,
      };
      await writeFile(path.join(root, scratch, FACTS), JSON.stringify(facts));
    },
  });
  const entry = await kept.catch((error: unknown) => {
    if (!unrouted.signal.aborted || signal.aborted) throw error;
    return undefined;
  });
  if (entry === undefined) {
    onProgress({ kind: 'seed', seed, phase: 'not routed' });
    return undefined;
  }
  const facts = JSON.parse(await readFile(path.join(root, entry.folder, FACTS), 'utf8'));
  const placement = placementSchema.parse(facts);
  onProgress({ kind: 'seed', seed, phase: 'finished', fmaxHz: placement.fmaxHz });
  return { ...entry, placement };
}

/** `5516 of 5280 LC`, of nextpnr's table of what is used and available. */
export function findShortages(text: string, resources: readonly Resource[]): string[] {
  return [...text.matchAll(/^Info:\s+(\w+):\s*(\d+)\/\s*(\d+)/gm)]
    .filter(([, , used, available]) => Number(used) > Number(available))
    .map(([, bel, used, available]) => {
      const name = resources.find((resource) => resource.bel === bel)?.name ?? bel;
      return `${used} of ${available} ${name}`;
    });
}

/** Of router2, which goes on for ever where there is no way; 0 on other lines. */
export function roundOf(line: string): number {
  return Number(/^Info:\s+iter=(\d+) /.exec(line)?.[1] ?? 0);
}

function phaseOf(line: string): 'placing' | 'routing' | undefined {
  if (/^Info: Creating initial/.test(line)) return 'placing';
  return /^Info: Routing\.\./.test(line) ? 'routing' : undefined;
}

function requireBoardClock(
  { clockHz, name }: BuildTarget,
  clocks: ReturnType<typeof clocksOf>,
): ReturnType<typeof clocksOf>[number] {
  const clock = boardClock(clocks, clockHz);
  if (clock !== undefined) return clock;
  const seen = clocks.map((c) => `${c.name} ${(c.constraintHz / 1e6).toFixed(2)} MHz`);
  throw new BuildFailure(
    'build-failed',
    `No clock of ${name} runs at ${(clockHz / 1e6).toFixed(2)} MHz; nextpnr has ${seen.join(', ') || 'none'}`,
    { hint: 'Do the PLL of the top and clockHz in contract/boards.ts agree?' },
  );
}
