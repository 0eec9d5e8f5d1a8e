/** Names that were typed: the one that is meant, or the nearest one offered. */
import { BOARDS, type BoardName } from '../contract/boards.ts';
import { DeltascopeError } from './error.ts';

/** @throws DeltascopeError `unknown-board` with the nearest name. */
export function findBoard(name: string): BoardName {
  if (Object.hasOwn(BOARDS, name)) {
    return name as BoardName;
  }
  const names = Object.keys(BOARDS);
  throw new DeltascopeError('unknown-board', `Unknown board "${name}"${guess(name, names)}`, {
    hint: `boards: ${names.join(', ')}`,
  });
}

/** For the end of a message: `; did you mean "…"?`, or nothing when no name is near. */
export function guess(name: string, names: readonly string[]): string {
  const near = nearest(name, names);
  return near === undefined ? '' : `; did you mean "${near}"?`;
}

/** The one of `names` that takes fewest edits; undefined when that is half of it or more. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const [first] = [...names].sort((a, b) => distance(name, a) - distance(name, b));
  return first !== undefined && distance(name, first) <= first.length / 2 ? first : undefined;
}

/** Edits (Levenshtein) from one name to the other. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, a] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, b] of [...to].entries()) {
      const substitute = (row[j] ?? 0) + (a === b ? 0 : 1);
      next.push(Math.min(substitute, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
