/** JSON that may be anybody's, against a schema. */
import type { z } from 'zod';

export interface Wrong {
  /** A sentence. */
  readonly wrong: string;
}

export function parseJson<T>(schema: z.ZodType<T>, json: string): { readonly value: T } | Wrong {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    return { wrong: `it is not JSON: ${(error as Error).message}` };
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return { value: parsed.data };
  const [issue] = parsed.error.issues;
  const at = issue?.path.join('.');
  return { wrong: at ? `${at}: ${issue?.message}` : `${issue?.message}` };
}
