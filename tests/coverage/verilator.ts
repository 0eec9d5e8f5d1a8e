/** Verilator's coverage of lines and branches, from the files that each simulation leaves. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from '../../tools/setup/environment.mjs';

/** A line that runs, or one side of a branch. */
export interface Point {
  /** From the root. */
  readonly file: string;
  readonly line: number;
  /** Verilator's word: `block`, `case`, `if`, `else`, `cond_then`, `cond_else`, … */
  readonly kind: string;
  readonly isCovered: boolean;
}

const RECORD = /^C '(?<keys>.*)' (?<count>\d+)$/;

/** All points of the RTL in `folder`, in the order of the sources; covered if any simulation did. */
export async function readPoints(folder: string): Promise<Point[]> {
  const points = new Map<string, Point>();
  for (const name of await readdir(folder)) {
    addPoints(points, await readFile(path.join(folder, name), 'utf8'));
  }
  return [...points.values()].sort(
    (a, b) => (a.file < b.file ? -1 : Number(a.file > b.file)) || a.line - b.line,
  );
}

/** Those of one file's text to `points`, by place and kind. */
export function addPoints(points: Map<string, Point>, text: string): void {
  for (const record of text.split('\n')) {
    const { keys, count } = RECORD.exec(record)?.groups ?? {};
    if (keys === undefined) continue;
    const values = new Map(
      keys.split('\x01').map((pair) => pair.split('\x02') as [string, string]),
    );
    const file = path.relative(ROOT, path.resolve(ROOT, values.get('f') ?? ''));
    if (!file.startsWith('rtl/')) continue;
    const line = Number(values.get('l'));
    const kind = values.get('o') ?? '';
    const place = [file, line, values.get('n'), kind].join(':');
    const isCovered = Number(count) > 0 || points.get(place)?.isCovered === true;
    points.set(place, { file, line, kind, isCovered });
  }
}
