/** A table for the terminal: numbers right, text left. */

export interface Column {
  readonly head: string;
  readonly align?: 'left' | 'right';
}

/** Rows of cells as lines under a head; `indent` spaces before each. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  indent = 2,
): string {
  const cells = [columns.map(({ head }) => head), ...rows];
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => [...(row[i] ?? '')].length)));
  return cells
    .map((row) => {
      const line = row.map((cell, i) => pad(cell, widths[i] ?? 0, columns[i]?.align ?? 'right'));
      return `${' '.repeat(indent)}${line.join('  ')}`.trimEnd();
    })
    .join('\n');
}

/** By characters, not UTF-16 units: δ and ‖ are one wide. */
function pad(cell: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - [...cell].length));
  return align === 'left' ? cell + space : space + cell;
}
