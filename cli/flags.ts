/** Flags that several commands share, and how a bad one is refused. */
import { z } from 'zod';
import { DeltascopeError } from '../host/error.ts';

export const seedFlag = z.coerce.number().int().min(0).max(0xffff_ffff);
export const imagesFlag = z.coerce.number().int().min(1);

/** @throws DeltascopeError `bad-option` naming the option, what it was, and what it takes. */
export function parseFlags<T>(schema: z.ZodType<T>, raw: unknown): T {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const name = String(issue?.path[0]);
  const given = (raw as Record<string, unknown>)[name];
  throw new DeltascopeError('bad-option', `--${name} ${given}: ${issue?.message}`, {
    hint: 'Add --help for what each option takes.',
  });
}
