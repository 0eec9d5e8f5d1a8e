/** The hand-in of an experiment: its form, and whether it is complete. */
import { writeFile } from 'node:fs/promises';
import { emptyAnswers, missingIn } from '../experiments/answers.ts';
import type { Experiment } from '../experiments/experiment.ts';
import { readWhole } from '../host/data/read-whole.ts';
import { DeltascopeError } from '../host/error.ts';

const MAX_FILE_BYTES = 2 ** 20;

/**
 * A file that is there stays as it is.
 * @throws DeltascopeError `bad-option` without a student, `output-not-writable`.
 */
export async function writeForm(
  file: string,
  { experiment, student }: { experiment: Experiment; student?: string | undefined },
): Promise<void> {
  const command = `npx deltascope experiment ${experiment.name} --student NAME --answers`;
  if (student === undefined) {
    throw new DeltascopeError('bad-option', '--answers needs to know whose they are', {
      hint: `${command} ${file}`,
    });
  }
  try {
    await writeFile(file, `${emptyAnswers(experiment, student)}\n`, { flag: 'wx' });
  } catch (cause) {
    const { message } = cause as Error;
    throw new DeltascopeError('output-not-writable', `Cannot write "${file}": ${message}`, {
      hint: `Name a new file in a directory you may write to: ${command} mine.json`,
      cause,
    });
  }
  console.log(`form: ${file}`);
}

/** @throws DeltascopeError `incomplete-answers` with everything that is missing. */
export async function checkAnswers(file: string, experiment: Experiment): Promise<string> {
  const missing = missingIn(await readAnswers(file, experiment), experiment);
  if (missing.length > 0) {
    throw new DeltascopeError('incomplete-answers', `"${file}" lacks: ${missing.join('; ')}`, {
      hint: 'Fill it in, and check again.',
    });
  }
  const { claims, name } = experiment;
  return `${file} is complete: all ${claims.length} claims of ${name} are answered. Whether they are right was not looked at.`;
}

async function readAnswers(file: string, { name }: Experiment): Promise<unknown> {
  try {
    const bytes = await readWhole(file, { maxBytes: MAX_FILE_BYTES, of: 'any hand-in' });
    return JSON.parse(bytes.toString());
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : message;
    throw new DeltascopeError('incomplete-answers', `Cannot check "${file}": ${why}`, {
      hint: `npx deltascope experiment ${name} --student NAME --answers ${file} writes the form`,
      cause,
    });
  }
}
