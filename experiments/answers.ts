/** What a student hands in about an experiment, and whether it is complete; never whether it is right. */
import { z } from 'zod';
import type { Experiment } from './experiment.ts';
import { firstSeedOf } from './student.ts';

const VERDICTS = ['holds', 'holds-if', 'wrong'] as const;

const words = z.string().trim().min(1, 'says nothing');

/** The form for an experiment: every claim has a verdict, and a reason in words. */
function answersSchema({ name, claims }: Experiment) {
  const verdict = z.enum(VERDICTS, `takes one of ${VERDICTS.join(', ')}`);
  const answer = z.strictObject({ claim: z.string().optional(), verdict, because: words });
  return z
    .strictObject({
      student: words,
      experiment: z.literal(name),
      firstSeed: z.number(),
      guess: words,
      claims: z.strictObject(Object.fromEntries(claims.map(({ id }) => [id, answer]))),
    })
    .refine(({ student, firstSeed }) => firstSeed === firstSeedOf(student), {
      path: ['firstSeed'],
      message: 'is not that of this name: --student prints it',
    });
}

/** What is missing or in no form, a line each; none when the hand-in is complete. */
export function missingIn(answers: unknown, experiment: Experiment): string[] {
  const parsed = answersSchema(experiment).safeParse(answers);
  if (parsed.success) return [];
  return parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
}

/** The form of an experiment, to be filled in. */
export function emptyAnswers({ name, claims }: Experiment, student: string): string {
  const form = {
    ...{ student, experiment: name, firstSeed: firstSeedOf(student), guess: '' },
    claims: Object.fromEntries(
      claims.map(({ id, text }) => [id, { claim: text, verdict: '', because: '' }]),
    ),
  };
  return JSON.stringify(form, null, 2);
}
