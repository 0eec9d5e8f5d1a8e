/** docs/coverage.md: how much of each module is run, and what of the RTL is not and why. */
import { markdownTable } from '../../contract/markdown.ts';
import type { Reason } from './reasons.ts';
import type { Point } from './verilator.ts';

/** Of one file of TypeScript, in percent. */
export interface FileCoverage {
  /** From the root. */
  readonly file: string;
  readonly lines: number;
  readonly branches: number;
}

/** A point that no test reaches. */
export interface Gap {
  readonly point: Point;
  /** Its line. */
  readonly code: string;
  readonly why: string | undefined;
}

export interface Coverage {
  readonly points: readonly Point[];
  readonly gaps: readonly Gap[];
  readonly files: readonly FileCoverage[];
  readonly tests: readonly string[];
}

/** @param readLine the text of a line, from 1 */
export function findGaps(
  points: readonly Point[],
  reasons: readonly Reason[],
  readLine: (file: string, line: number) => string,
): Gap[] {
  return points
    .filter(({ isCovered }) => !isCovered)
    .map((point) => {
      const code = readLine(point.file, point.line).trim();
      const isMeant = ({ file, part }: Reason) => file === point.file && code.includes(part);
      return { point, code, why: reasons.find(isMeant)?.why };
    });
}

export function renderPage({ points, gaps, files, tests }: Coverage): string {
  const rows = [...new Set(points.map(({ file }) => file))].map((file) => {
    const own = points.filter((point) => point.file === file);
    return [file, String(own.length), percentCovered(own)];
  });
  const partly = files.filter(({ lines }) => lines < 100);
  return `# Coverage

Written by \`npm run coverage\`; do not edit. Counted while these ran, in the tests' own process and in
every simulator: ${tests.map((name) => `\`${name}\``).join(', ')}.

## RTL

A point is a line that runs, or one side of an \`if\`, a \`case\` or a \`?:\`, as Verilator has them. It
counts as covered when it was reached in any simulation, with any parameters: of a module's own bench
or of the whole device. ${points.length} points, ${percentCovered(points)} covered.

${markdownTable(['module', 'points', 'covered'], rows)}

### Not covered

${gaps.map(gapLine).join('\n') || 'Nothing.'}

## TypeScript

Lines of \`contract\`, \`golden\` and \`host\`; ${files.length - partly.length} of ${files.length} files are covered
whole, the others:

${markdownTable(
  ['file', 'lines', 'branches'],
  partly.map(({ file, lines, branches }) => [file, `${lines} %`, `${branches} %`]),
)}
`;
}

function gapLine({ point: { file, line, kind }, code, why }: Gap): string {
  return `- ${file}:${line}, \`${kind}\` of \`${code}\`${why === undefined ? '' : `: ${why}`}`;
}

/** Rounded down: 100 % is all of them. */
function percentCovered(points: readonly Point[]): string {
  const covered = points.filter(({ isCovered }) => isCovered).length;
  return `${(Math.floor((1000 * covered) / points.length) / 10).toFixed(1)} %`;
}
