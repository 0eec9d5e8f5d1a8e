/** The numbers of a picture as a table: for readers who do not see it, for CSV and JSON. */
import type { Axis, Cell, Picture, Point, ResultTable } from '../contract/experiment.ts';

/** One row for each x, and for each series a column, with its band where it has one. */
export function pictureTable({ title, x, y, series, band }: Picture): ResultTable {
  const keys = [...new Set(series.flatMap(({ points }) => points.map((point) => point.x)))];
  const columns = series.flatMap(({ name, points }) => {
    const banded = points.some(({ low }) => low !== undefined);
    const value = { name, unit: y.unit, of: (point: Point) => point.y as Cell };
    if (!banded) return [{ ...value, points }];
    return [
      { ...value, points },
      { name: `${name}, from`, unit: y.unit, of: (point: Point) => point.low ?? null, points },
      { name: `${name}, to`, unit: y.unit, of: (point: Point) => point.high ?? null, points },
    ];
  });
  const byKey = columns.map(({ points }) => new Map(points.map((point) => [point.x, point])));
  return {
    title: `${title}: ${y.label}${band === undefined ? '' : `; from … to: ${band}`}`,
    columns: [named(x), ...columns.map(({ name, unit }) => ({ name, unit }))],
    rows: keys.map((key) => [
      key,
      ...columns.map(({ of }, index) => {
        const point = byKey[index]?.get(key);
        return point === undefined ? null : of(point);
      }),
    ]),
  };
}

function named({ label, unit }: Axis): { name: string; unit: string | null } {
  return { name: label, unit };
}

/** RFC 4180; full precision. */
export function toCsv({ columns, rows }: ResultTable): string {
  const heads = columns.map(({ name, unit }) => (unit === null ? name : `${name}, ${unit}`));
  return [heads, ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}

/** A spreadsheet runs a cell that begins like a formula: text gets an apostrophe before it. */
function csvCell(cell: Cell): string {
  if (cell === null) return '';
  const text = typeof cell === 'string' && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
