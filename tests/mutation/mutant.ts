/** One small break of a source file. */
import type { Draw } from '../system/random-network.ts';

export interface Mutant {
  /** From the root. */
  readonly file: string;
  readonly line: number;
  /** The line itself. */
  readonly code: string;
  /** Place of `from` in the text. */
  readonly at: number;
  readonly from: string;
  readonly to: string;
}

/** `file:line`, and the break. */
export function describe({ file, line, from, to }: Mutant): string {
  return `${file}:${line} \`${from.trim()}\` → \`${to.trim() || 'nothing'}\``;
}

/** In a text that is the same there. */
export function isSame(one: Mutant, other: Mutant): boolean {
  return (['file', 'at', 'code', 'from', 'to'] as const).every((key) => one[key] === other[key]);
}

export function apply(text: string, { at, from, to }: Mutant): string {
  return text.slice(0, at) + to + text.slice(at + from.length);
}

/** Every place where one of the `rules` matches and `isWanted`. */
export function findMutants(
  { file, text }: { file: string; text: string },
  rules: readonly (readonly [from: RegExp, to: string])[],
  isWanted: (at: number) => boolean,
): Mutant[] {
  return rules.flatMap(([pattern, to]) =>
    [...text.matchAll(pattern)]
      .filter(({ index }) => isWanted(index))
      .map(({ index: at, 0: from }) => {
        const line = text.slice(0, at + from.length).split('\n').length;
        const code = (text.split('\n')[line - 1] ?? '').trim();
        return { file, line, code, at, from, to };
      }),
  );
}

/** The same text with comments blanked. */
export function withoutComments(text: string): string {
  const blank = (comment: string) => comment.replace(/[^\n]/g, ' ');
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, blank);
}

/** `count` of them, each file by its share, in their order. */
export function sample(mutants: readonly Mutant[], count: number, draw: Draw): Mutant[] {
  const chosen = new Set<Mutant>();
  while (chosen.size < Math.min(count, mutants.length)) {
    chosen.add(mutants[draw(mutants.length)] as Mutant);
  }
  return mutants.filter((mutant) => chosen.has(mutant));
}
