/** Flags that several commands share, and how a bad one is refused. */
import { z } from 'zod';
import { INITIALISER_FORMS, parseInitialiser } from '../host/data/initialisers.ts';
import { DeltascopeError } from '../host/error.ts';

const MAX_SEED = 2 ** 32 - 1;
/** Of the simulator's `--seed`. */
const MAX_FILL_SEED = 2 ** 31 - 1;

export const imagesFlag = wholeNumber(1);
export const countFlag = wholeNumber(1);
export const headroomFlag = wholeNumber(0, 8);
const NUMBER = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?`;
/** Of any sign: what a number means is judged where it is used. */
export const numberFlag = z
  .string()
  .regex(new RegExp(`^${NUMBER}$`, 'i'), 'takes a number')
  .transform(Number);
const MOMENTUM_FORM =
  'takes μ, and after it from which epochs on, 2 or later, it is another: 0.5,100:0.9,300:0.99';
export const momentumFlag = z
  .string()
  .regex(new RegExp(`^${NUMBER}(,\\d+:${NUMBER})*$`, 'i'), MOMENTUM_FORM)
  .transform((text) => {
    const [momentum, ...changes] = text.split(',');
    const momentumSchedule = changes.map((change) => {
      const [epoch, from] = change.split(':').map(Number);
      return { epoch: epoch as number, momentum: from as number };
    });
    return changes.length === 0
      ? { momentum: Number(momentum) }
      : { momentum: Number(momentum), momentumSchedule };
  })
  .refine(
    ({ momentumSchedule = [] }) =>
      momentumSchedule.every(
        ({ epoch }, index) => epoch > (momentumSchedule[index - 1]?.epoch ?? 1),
      ),
    MOMENTUM_FORM,
  );
export const seedFlag = wholeNumber(0, MAX_SEED);
/** Of runs, one each. */
export const seedListFlag = z
  .string()
  .regex(/^\d+(,\d+)*$/, 'takes seeds with commas between them, 1,2,3')
  .transform((text) => text.split(',').map(Number))
  .refine((seeds) => seeds.every((seed) => seed <= MAX_SEED), `takes seeds up to ${MAX_SEED}`)
  .refine((seeds) => new Set(seeds).size === seeds.length, 'takes each seed once')
  .optional();
/** How many random networks. */
export const seedsFlag = wholeNumber(1).optional();
export const fillSeedFlag = wholeNumber(1, MAX_FILL_SEED).optional();
export const onFlag = z
  .string()
  .min(1, 'takes sim, sim:BOARD, model, gates:BOARD, serial:NUMBER or a port')
  .optional();
/** The error of a bad one is `parseInitialiser`'s own, which says what would do. */
export const initFlag = z.string().overwrite((text) => {
  parseInitialiser(text);
  return text;
});
export const outFlag = z.string().min(1, 'takes a directory').optional();

export const requireBoardFlag = z.boolean().default(false);

export const INIT_HELP = `how weights and biases are drawn: ${INITIALISER_FORMS.join(', ')}`;
export const ON_HELP =
  'sim, sim:BOARD, model (no RTL), gates:BOARD (netlist), serial:NUMBER or a port (default: a board if attached, else sim)';
export const REQUIRE_BOARD_HELP = 'fail rather than simulate';

/** There can be as many of it as one likes. */
export function isSimulated(on: string): boolean {
  return /^(sim|model|gates)(:|$)/.test(on);
}

/**
 * Which device is meant, as `openTarget` takes it.
 * @throws DeltascopeError `bad-option` when a simulated board or the model is named and a real one required.
 */
export function chooseTarget({
  on,
  requireBoard,
}: {
  on?: string | undefined;
  requireBoard: boolean;
}): string | undefined {
  if (!requireBoard) return on;
  if (on !== undefined && isSimulated(on)) {
    throw new DeltascopeError('bad-option', `--require-board does not go with --on ${on}`, {
      hint: 'leave one of them out',
    });
  }
  return on ?? 'board';
}

/** @throws DeltascopeError `bad-option` naming the option, what it was, and what it takes. */
export function parseFlags<T>(schema: z.ZodType<T>, raw: unknown): T {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const name = String(issue?.path[0]);
  const given = (raw as Record<string, unknown>)[name];
  const option = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new DeltascopeError('bad-option', `--${option} ${issue?.message}, not "${given}"`, {
    hint: 'Add --help for what each option takes.',
  });
}

function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER) {
  const range = most === Number.MAX_SAFE_INTEGER ? `${least} up` : `${least} to ${most}`;
  return z
    .string()
    .regex(/^\d+$/, `takes a whole number from ${range}`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `takes a whole number from ${range}`);
}
