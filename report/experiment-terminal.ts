/** An experiment's result for the terminal: verdicts first, then tables; pictures as their numbers. */
import type {
  ClaimResult,
  ExperimentResult,
  Picture,
  ResultTable,
} from '../contract/experiment.ts';
import { seconds, significant, wrap } from './format.ts';
import { pictureTable } from './picture-table.ts';
import { renderTable } from './table.ts';

/** How a verdict reads; the sign carries it where colour cannot. */
export const VERDICTS = {
  holds: { sign: '✓', words: 'holds' },
  'holds-if': { sign: '◐', words: 'holds if' },
  wrong: { sign: '✗', words: 'wrong' },
  undecided: { sign: '?', words: 'undecided' },
} as const satisfies Record<ClaimResult['verdict'], { sign: string; words: string }>;

/** Both verdicts, as the end of a run shows them. */
export function renderVerdicts(result: ExperimentResult): string {
  const claims = result.claims.flatMap(({ verdict, text, because, lecture }) => [
    indent(
      wrap(`${VERDICTS[verdict].sign} ${VERDICTS[verdict].words}: ${text} (${lecture.join(', ')})`),
      2,
    ),
    indent(wrap(because), 6),
  ]);
  const agrees = result.deviceVerdict === 'agrees';
  return [
    `CLAIMS  ${result.title}`,
    ...claims,
    `DEVICE  ${agrees ? '✓ agrees' : '✗ disagrees'}`,
    ...result.checks
      .filter((check) => !check.agrees || agrees)
      .map(({ name, distance, bound, unit, against, agrees: ok }) =>
        indent(
          wrap(
            `${ok ? '✓' : '✗'} against ${against}: ${name}: ${significant(distance)} (${unit}), at most ${significant(bound)}`,
          ),
          2,
        ),
      ),
  ].join('\n');
}

/** Of several, a line each: the claims by verdict, the device, and how long it took. */
export function renderSummary(results: readonly ExperimentResult[]): string {
  const verdicts = Object.entries(VERDICTS);
  const agreeing = results.filter(({ deviceVerdict }) => deviceVerdict === 'agrees').length;
  const took = results.reduce((sum, result) => sum + result.seconds, 0);
  const table = renderTable(
    [
      { head: 'experiment', align: 'left' },
      ...verdicts.map(([, { sign, words }]) => ({ head: `${sign} ${words}` })),
      { head: 'device', align: 'left' },
      { head: 'seconds' },
    ],
    results.map(({ name, claims, deviceVerdict, seconds: wall }) => [
      name,
      ...verdicts.map(([verdict]) => {
        const count = claims.filter((claim) => claim.verdict === verdict).length;
        return count === 0 ? '' : String(count);
      }),
      deviceVerdict,
      wall.toFixed(1),
    ]),
  );
  return `${table}\n\n${agreeing} of ${results.length} agree, in ${(took / 60).toFixed(1)} minutes`;
}

/** Everything, without a browser: `report --plain`. */
export function renderExperiment(result: ExperimentResult): string {
  return [
    result.question,
    `on ${result.device.label}; ${result.quick ? 'quick form, ' : ''}${seconds(result.seconds)}`,
    '',
    renderVerdicts(result),
    ...[...result.tables, ...result.pictures.map(asTable)].flatMap((table) => [
      '',
      renderResultTable(table),
    ]),
    '',
    `Made by: ${result.commandLine}`,
  ].join('\n');
}

/** Long curves are for the eye: the terminal shows every n-th point. */
const MOST_ROWS = 24;

export function asTable(picture: Picture): ResultTable {
  const table = pictureTable(picture);
  const every = Math.ceil(table.rows.length / MOST_ROWS);
  if (every === 1) return table;
  const rows = table.rows.filter((_, index) => index % every === 0);
  return { ...table, title: `${table.title} (one row in ${every})`, rows };
}

export function renderResultTable({ title, columns, rows }: ResultTable): string {
  const heads = columns.map(({ name, unit }) => ({
    head: unit === null ? name : `${name}, ${unit}`,
  }));
  const cells = rows.map((row) => row.map(cellText));
  return [title, renderTable(heads, cells)].join('\n');
}

/** Whole numbers stay whole; `–` for what there is not. */
export function cellText(cell: string | number | null): string {
  if (typeof cell === 'string') return cell;
  if (cell !== null && Number.isInteger(cell) && Math.abs(cell) < 1e6) return String(cell);
  return significant(cell);
}

function indent(text: string, spaces: number): string {
  return text.replace(/^/gm, ' '.repeat(spaces));
}
