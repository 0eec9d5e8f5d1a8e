/** Verilog to netlist with yosys, and what of the design got lost on the way. */
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { type Entry, keepEntry, keyOf } from './cache.ts';
import { BuildFailure } from './failure.ts';
import { FAMILIES } from './families.ts';
import { countCells, readNetlist, scopesOf, sumCells, unclockedCells } from './netlist.ts';
import type { BuildTarget } from './result.ts';
import { firstError, runTool } from './run-tool.ts';
import type { Sources } from './sources.ts';
import type { Tool } from './tools.ts';

const synthesisSchema = z.object({
  /** Of the whole design, flattened. */
  cells: z.record(z.string(), z.number()),
  warnings: z.array(z.string()),
  scopes: z.record(z.string(), z.string()),
  unclocked: z.array(z.string()),
  seconds: z.number(),
});

export type Synthesis = z.infer<typeof synthesisSchema>;

export interface SynthesisOptions {
  readonly root: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Of this target's entries, relative to the root. */
  readonly cache: string;
  readonly yosys: Tool;
  readonly sources: Sources;
  /** Keep the modules apart: bigger, but each is seen. */
  readonly apart?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export const NETLIST = 'netlist.json';
const FACTS = 'synthesis.json';
export const YOSYS_LOG = 'yosys.log';

/**
 * The netlist of `target`.
 * @throws BuildFailure `build-failed` with yosys's first error
 */
export async function synthesise(
  target: BuildTarget,
  options: SynthesisOptions,
): Promise<Entry & { readonly synthesis: Synthesis }> {
  const { root, environment, cache, yosys, sources, apart = false, signal } = options;
  const words = scriptFor(target, { sources, apart });
  const key = await netlistKey(target, { root, yosys: yosys.version, sources, apart });
  const folder = `${cache}/${apart ? 'modules' : 'synthesis'}-${key}`;
  const entry = await keepEntry({
    ...{ root, folder },
    make: async (scratch) => {
      const log = `${scratch}/${YOSYS_LOG}`;
      const script = [...words, `write_json ${scratch}/${NETLIST}`].join('; ');
      const args = ['-q', '-l', log, '-p', script];
      const { text, ok, seconds } = await runTool(yosys.program, {
        ...{ args, root, environment, signal },
      });
      if (!ok) {
        const kept = `${folder}.log`;
        await copyFile(path.join(root, log), path.join(root, kept)).catch(() => {});
        throw new BuildFailure('build-failed', `yosys: ${firstError(text)}`, {
          hint: `All that yosys said is in ${kept}`,
        });
      }
      const netlist = await readNetlist(path.join(root, scratch, NETLIST));
      const { top } = target;
      const { clockPorts } = FAMILIES[target.family];
      const facts: Synthesis = {
        cells: countCells(netlist, top),
        warnings: findWarnings(await readFile(path.join(root, log), 'utf8')),
        scopes: scopesOf(netlist, top),
        unclocked: unclockedCells(netlist, { top, clockPorts }),
        seconds,
      };
      await writeFile(path.join(root, scratch, FACTS), JSON.stringify(facts));
    },
  });
  const facts = JSON.parse(await readFile(path.join(root, entry.folder, FACTS), 'utf8'));
  return { ...entry, synthesis: synthesisSchema.parse(facts) };
}

/**
 * Twelve digits for what a netlist is made from.
 * @param yosys its version
 */
export function netlistKey(
  target: BuildTarget,
  {
    root,
    yosys,
    sources,
    apart = false,
  }: Pick<SynthesisOptions, 'root' | 'sources' | 'apart'> & { readonly yosys: string },
): Promise<string> {
  const inputs = [yosys, scriptFor(target, { sources, apart })];
  return keyOf(root, { inputs, files: [...sources.modules, ...sources.headers] });
}

/** Without the output, which has another name each time. */
function scriptFor(
  { top, family, parameters = {} }: BuildTarget,
  { sources, apart }: { sources: Sources; apart: boolean },
): string[] {
  const values = Object.entries(parameters).map(([name, value]) => `-set ${name} ${value}`);
  return [
    ['read_verilog', ...sources.includes.map((folder) => `-I${folder}`), ...sources.modules],
    ...(values.length > 0 ? [['chparam', ...values, top]] : []),
    [FAMILIES[family].synthesis, ...(apart ? ['-noflatten'] : []), '-top', top],
    ['check', '-assert'],
  ].map((command) => command.join(' '));
}

/** Each once, with the lines that go on with it; a latch is no warning for yosys, but one here. */
export function findWarnings(log: string): string[] {
  const found = log.matchAll(
    /^(?:Warning: (.*(?:\n[ \t]+\S.*)*)|(Latch inferred for signal .*))$/gm,
  );
  const texts = [...found].map(([, warning, latch]) => warning ?? latch ?? '');
  return [...new Set(texts.map((text) => text.replace(/\s+/g, ' ')))];
}

/** Warnings after which the netlist does something else than the source. */
const LOSES_LOGIC = [
  /conflict/i,
  /resolved using constant/i,
  /latch inferred/i,
  /has no driver/i,
  /logic loop/i,
  /out of bounds/i,
  /with list of registers/i,
  /(?:remov|dropp)\w* .*(?:multipl|mac|dsp|mult18)/i,
];

/**
 * What the netlist lacks of the design, in words; empty when nothing. Judged anew for a cached
 * netlist, so that what counts as intended is no part of the cache.
 */
export function findLosses(target: BuildTarget, synthesis: Synthesis): string[] {
  const { multiplier, blockRam, weightMemory } = FAMILIES[target.family].cells;
  const { intended } = target;
  const counts = [
    { what: 'multipliers', kind: multiplier, expected: intended.multipliers },
    { what: 'block RAMs', kind: blockRam, expected: intended.blockRams },
    { what: 'SPRAMs', kind: weightMemory, expected: intended.weightMemories },
  ].map((row) => ({ ...row, found: sumCells(synthesis.cells, row.kind) }));
  return [
    ...counts
      .filter(({ expected, found }) => expected !== found)
      .map(({ what, expected, found }) => `${found} ${what} instead of the ${expected} intended`),
    ...synthesis.unclocked.map((cell) => `${cell} has no clock: its registers are gone`),
    ...synthesis.warnings.filter((warning) => LOSES_LOGIC.some((pattern) => pattern.test(warning))),
  ];
}
