/** What the campaigns' commands share: where results are kept, how they are said, how they end. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { describeEnvironment } from '../../bench/environment.ts';
import { describeError } from '../../cli/failure.ts';
import { abortOnInterrupt } from '../../cli/interrupt.ts';
import { createStatusLine, type StatusLine } from '../../cli/status-line.ts';
import type { Environment } from '../../contract/result.ts';
import { ROOT } from '../../tools/setup/environment.mjs';

export interface CommonFlags {
  readonly json: boolean;
  readonly out: string;
  readonly seed: number;
}

/** `npm run NAME`, with the options that all campaigns have. */
export function campaignCommand(name: string, defaults: { about: string; out: string }): Command {
  return new Command(`npm run ${name} --`)
    .description(defaults.about)
    .option('--out <file>', 'result file', path.join('build', 'campaign', defaults.out))
    .option('--seed <number>', 'of all that is drawn', wholeNumber, 1)
    .option('--json', 'print the result as JSON', false);
}

/** @throws InvalidArgumentError, which commander reports. */
export function wholeNumber(text: string): number {
  const number = Number(text);
  if (!/^\d+(e\d+)?$/.test(text) || !(number > 0 && number < 2 ** 32)) {
    throw new InvalidArgumentError('It must be a whole number from 1 on.');
  }
  return number;
}

export interface Session {
  readonly signal: AbortSignal;
  readonly status: StatusLine;
  readonly environment: Environment;
  readonly commandLine: string;
}

/** Does `work` until it is done, fails, or is interrupted; the exit status is then 130. */
export async function inSession(
  name: string,
  work: (session: Session) => Promise<void>,
): Promise<void> {
  const interrupt = abortOnInterrupt();
  const status = createStatusLine();
  try {
    const environment = await describeEnvironment(ROOT);
    const words = process.argv.slice(2);
    const commandLine = [`npm run ${name}`, ...(words.length > 0 ? ['--', ...words] : [])].join(
      ' ',
    );
    await work({ signal: interrupt.signal, status, environment, commandLine });
  } catch (error) {
    status.finish();
    if (!interrupt.signal.aborted) process.stderr.write(`${describeError(error)}\n`);
    process.exitCode = 1;
  } finally {
    if (interrupt.signal.aborted) process.exitCode = 130;
    status.finish();
    interrupt.release();
  }
}

/** What an earlier run has left; undefined when there is nothing. */
export async function readResult<T>(file: string): Promise<T | undefined> {
  const text = await readFile(path.resolve(ROOT, file), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as T);
}

export async function writeResult(file: string, result: unknown): Promise<void> {
  const absolute = path.resolve(ROOT, file);
  await mkdir(path.dirname(absolute), { recursive: true });
  await writeFile(absolute, `${JSON.stringify(result, null, 2)}\n`);
}
