/**
 * `npm run mutate`: small breaks in the RTL, in golden/fixed and in host/protocol, each run against
 * the cheapest tests that could catch it; the result is docs/mutation.md. Works on copies of the tree.
 * `tests/formal/mutants.test.ts` breaks the sources too, for the proofs, in CI.
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from '../../tools/setup/environment.mjs';
import {
  type CommonFlags,
  campaignCommand,
  inSession,
  readResult,
  type Session,
  wholeNumber,
  writeResult,
} from '../campaign/command.ts';
import { createDraw } from '../system/random-network.ts';
import { excuseOf } from './equivalent.ts';
import { describe, isSame, type Mutant, sample } from './mutant.ts';
import { renderPage } from './page.ts';
import { runTypeScript, runVerilog, type Verdict } from './runner.ts';

const NAME = 'mutate';
const PAGE = path.join('docs', 'mutation.md');

interface Flags extends CommonFlags {
  readonly rtl: number;
  readonly golden: number;
  readonly host: number;
  readonly page: string;
  readonly again: boolean;
}

interface Result {
  /** In the order in which they made it what it is. */
  readonly commandLines: readonly string[];
  readonly groups: Readonly<Record<string, readonly Verdict[]>>;
}

await campaignCommand(NAME, { about: 'breaks that a test must find', out: 'mutation.json' })
  .option('--rtl <number>', 'breaks in the RTL', wholeNumber, 230)
  .option('--golden <number>', 'breaks in golden/fixed', wholeNumber, 80)
  .option('--host <number>', 'breaks in host/protocol', wholeNumber, 40)
  .option('--page <file>', 'page of the result', PAGE)
  .option('--again', 'only what survived in the result file: after a new test, say', false)
  .action((flags: Flags) => inSession(NAME, (session) => mutate(flags, session)))
  .parseAsync();

async function mutate(flags: Flags, { signal, status, ...session }: Session): Promise<void> {
  const { seed, out, json, page } = flags;
  const earlier = flags.again ? await readEarlier(out) : undefined;
  let tried = 0;
  const survivors = Object.values(earlier?.groups ?? {}).flatMap(survivorsOf);
  const total = earlier ? survivors.length : flags.rtl + flags.golden + flags.host;
  const options = (count: number) => ({
    ...{ seed, signal },
    choose: (all: readonly Mutant[]) =>
      earlier === undefined
        ? sample(all, count, createDraw(seed))
        : all.filter((mutant) => survivors.some((survivor) => isSame(mutant, survivor))),
    onVerdict: ({ mutant, caughtBy }: Verdict) => {
      tried += 1;
      const text = `${tried} of ${total}: ${caughtBy ?? 'survived'}, ${describe(mutant)}`;
      status.show(text, { lasting: caughtBy === undefined });
    },
  });
  const found: Result['groups'] = {
    rtl: await runVerilog(options(flags.rtl)),
    'golden/fixed': await runTypeScript('golden/fixed', {
      ...options(flags.golden),
      tests: ['tests/golden/fixed'],
    }),
    'host/protocol': await runTypeScript('host/protocol', {
      ...options(flags.host),
      tests: ['tests/host/protocol', 'tests/host/link.test.ts', 'tests/model'],
    }),
  };
  const groups = earlier ? together(earlier.groups, found) : found;
  const commandLines = [...new Set([...(earlier?.commandLines ?? []), session.commandLine])];
  await writeResult(out, {
    ...{ kind: 'mutation', seed, environment: session.environment },
    ...({ commandLines, groups } satisfies Result),
  });
  await writeFile(path.resolve(ROOT, page), renderPage(groups, commandLines));
  const verdicts = Object.values(groups).flat();
  const caught = verdicts.filter(({ caughtBy }) => caughtBy !== undefined).length;
  const text = `${caught} of ${verdicts.length} breaks were caught: ${page}\n`;
  process.stdout.write(json ? `${JSON.stringify({ groups })}\n` : text);
}

/** @throws Error when there is none. */
async function readEarlier(file: string): Promise<Result> {
  const result = await readResult<Result>(file);
  if (result === undefined) throw new Error(`--again goes on from ${file}, which is not there`);
  return result;
}

/** But for those that are known to change nothing. */
function survivorsOf(verdicts: readonly Verdict[]): Mutant[] {
  return verdicts.flatMap(({ mutant, caughtBy }) =>
    caughtBy === undefined && excuseOf(mutant) === undefined ? [mutant] : [],
  );
}

/** The earlier verdicts, but for what was tried again. */
function together(earlier: Result['groups'], later: Result['groups']): Result['groups'] {
  return Object.fromEntries(
    Object.entries(earlier).map(([name, verdicts]) => [
      name,
      verdicts.map(
        (verdict) => later[name]?.find((again) => isSame(again.mutant, verdict.mutant)) ?? verdict,
      ),
    ]),
  );
}
