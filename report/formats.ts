/** A sweep of formats of δ, as a table. */
import type { FormatPoint, FormatsResult } from '../contract/result.ts';
import { percent, wrap } from './format.ts';
import { renderTable } from './table.ts';

export const ROUNDING_NAMES = { nearest: 'rounded to nearest', down: 'truncated' } as const;
/** As many columns as a line holds. */
const COLUMNS = 7;

export function renderFormats({ request, data, points }: FormatsResult): string {
  const depths = thin(request.depths);
  const tables = Object.entries(ROUNDING_NAMES).map(([rounding, name]) => {
    const rows = seriesOf(points.filter((point) => point.rounding === rounding));
    const columns = [{ head: name, align: 'left' as const }];
    return renderTable(
      [...columns, ...depths.map((depth) => ({ head: String(depth) }))],
      rows.map(([series, of]) => [
        series,
        ...depths.map((depth) => {
          const point = of.find(({ hiddenLayers }) => hiddenLayers === depth);
          return errorText(point?.normPerImageError.p99);
        }),
      ]),
    );
  });
  return [
    wrap(
      `Error of ‖δ¹‖ of an image, 99th percentile, by the format of δ and the number of hidden layers ` +
        `of 30: ${data.images} images of ${data.name}, ${request.init} initialisation, seed ` +
        `${request.seed}. plain: so many fractional bits; block: mantissas of so many bits that share an exponent. 100 %: all is lost.`,
    ),
    ...tables,
  ].join('\n\n');
}

/** Within nine characters. */
function errorText(error: number | undefined): string {
  if (error === undefined) return '–';
  if (error < 1e-5) return '<0.001 %';
  return error > 10 ? '>1000 %' : percent(error);
}

/** The first, the last, and others in between. */
function thin(depths: readonly number[]): number[] {
  if (depths.length <= COLUMNS) return [...depths];
  return Array.from(
    { length: COLUMNS },
    (_, i) => depths[Math.round((i * (depths.length - 1)) / (COLUMNS - 1))] as number,
  );
}

function seriesOf(points: readonly FormatPoint[]): [string, FormatPoint[]][] {
  const names = [...new Set(points.map(nameOf))];
  return names.map((name) => [name, points.filter((point) => nameOf(point) === name)]);
}

export function nameOf({ kind, bits }: FormatPoint): string {
  return `${kind} ${bits}`;
}
