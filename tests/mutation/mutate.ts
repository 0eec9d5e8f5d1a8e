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
  type Session,
  wholeNumber,
  writeResult,
} from '../campaign/command.ts';
import { describe } from './mutant.ts';
import { renderPage } from './page.ts';
import { runTypeScript, runVerilog, type Verdict } from './runner.ts';

const NAME = 'mutate';
const PAGE = path.join('docs', 'mutation.md');

interface Flags extends CommonFlags {
  readonly rtl: number;
  readonly golden: number;
  readonly host: number;
  readonly page: string;
}

await campaignCommand(NAME, { about: 'breaks that a test must find', out: 'mutation.json' })
  .option('--rtl <number>', 'breaks in the RTL', wholeNumber, 230)
  .option('--golden <number>', 'breaks in golden/fixed', wholeNumber, 80)
  .option('--host <number>', 'breaks in host/protocol', wholeNumber, 40)
  .option('--page <file>', 'page of the result', PAGE)
  .action((flags: Flags) => inSession(NAME, (session) => mutate(flags, session)))
  .parseAsync();

async function mutate(flags: Flags, { signal, status, ...session }: Session): Promise<void> {
  const { seed, out, json, page } = flags;
  let tried = 0;
  const total = flags.rtl + flags.golden + flags.host;
  const options = (count: number) => ({
    ...{ count, seed, signal },
    onVerdict: ({ mutant, caughtBy }: Verdict) => {
      tried += 1;
      const text = `${tried} of ${total}: ${caughtBy ?? 'survived'}, ${describe(mutant)}`;
      status.show(text, { lasting: caughtBy === undefined });
    },
  });
  const groups: Record<string, readonly Verdict[]> = {
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
  await writeResult(out, { kind: 'mutation', seed, ...session, groups });
  await writeFile(path.resolve(ROOT, page), renderPage(groups, session.commandLine));
  const verdicts = Object.values(groups).flat();
  const caught = verdicts.filter(({ caughtBy }) => caughtBy !== undefined).length;
  const text = `${caught} of ${verdicts.length} breaks were caught: ${page}\n`;
  process.stdout.write(json ? `${JSON.stringify({ groups })}\n` : text);
}
