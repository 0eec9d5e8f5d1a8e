/** A sweep of formats of δ, as a picture. */
import * as Plot from '@observablehq/plot';
import type { FormatsResult } from '../contract/result.ts';
import { nameOf, ROUNDING_NAMES } from './formats.ts';
import { plotSvg } from './plot.ts';

/** Below, a format is as good as exact here. */
const FLOOR = 1e-6;
const CEILING = 10;
/** From here on nothing of δ is left, or more than it ever was. */
const LOST = 0.99;
/** Room for names above the last line. */
const TOP = 200;
/** Those of the table between which the others lie. */
const DRAWN = [
  'plain 12',
  'plain 16',
  'plain 18',
  'plain 24',
  'block 8',
  'block 12',
  'block 16',
  'block 18',
];
/** Okabe and Ito's, told apart by the colour-blind; the shape tells the kind. */
const COLOURS = [
  '#e69f00',
  '#d55e00',
  '#cc79a7',
  '#000000',
  '#56b4e9',
  '#009e73',
  '#0072b2',
  '#999999',
];

interface Row {
  readonly layers: number;
  readonly error: number;
  readonly format: string;
  readonly rounding: string;
}

/** Of each line of which nothing is left at the end: where it gets there. */
function firstLost(rows: readonly Row[]): Row[] {
  return rows.filter((row) => {
    const line = rows.filter((of) => of.format === row.format && of.rounding === row.rounding);
    const worst = Math.max(...line.map(({ error }) => error));
    return worst >= LOST && line.find(({ error }) => error === worst) === row;
  });
}

/** Error of ‖δ¹‖ over the hidden layers, a line a format, truncated beside rounded. */
export function drawFormats({ points, data, request }: FormatsResult): string {
  const rows = points
    .filter((point) => DRAWN.includes(nameOf(point)))
    .map(
      (point): Row => ({
        layers: point.hiddenLayers,
        error: Math.min(Math.max(point.normPerImageError.p99, FLOOR), CEILING),
        format: nameOf(point),
        rounding: ROUNDING_NAMES[point.rounding],
      }),
    );
  const deepest = Math.max(...request.depths);
  const isEnd = ({ layers, error }: Row) => layers === deepest && error < LOST;
  return plotSvg({
    width: 960,
    height: 460,
    marginLeft: 74,
    marginTop: 44,
    marginRight: 64,
    marginBottom: 44,
    style: { background: 'white', color: 'black', fontSize: '12px' },
    ariaLabel: 'Error of the norm of δ of layer 1 over the number of hidden layers',
    ariaDescription: `${data.images} images of ${data.name}, ${request.init}, seed ${request.seed}`,
    x: { label: 'hidden layers of 30 →', inset: 8 },
    y: {
      type: 'log',
      label: '↑ error of ‖δ¹‖ of an image, 99th percentile',
      domain: [FLOOR, TOP],
      grid: true,
      tickFormat: (error: number) => `${Number((100 * error).toPrecision(1))} %`,
      ticks: 8,
    },
    fx: { label: null, padding: 0.15, domain: Object.values(ROUNDING_NAMES) },
    color: { domain: DRAWN, range: COLOURS },
    symbol: { domain: ['plain', 'block'], range: ['times', 'circle'] },
    marks: [
      Plot.ruleY([1], { strokeDasharray: '4 3', strokeOpacity: 0.6 }),
      Plot.lineY(rows, { x: 'layers', y: 'error', fx: 'rounding', stroke: 'format' }),
      Plot.dot(rows, {
        x: 'layers',
        y: 'error',
        fx: 'rounding',
        stroke: 'format',
        symbol: ({ format }: Row) => format.split(' ')[0],
        r: 2.5,
      }),
      // Those that last are told apart where they end, the others where they are lost.
      Plot.text(rows.filter(isEnd), {
        ...{ x: 'layers', y: 'error', fx: 'rounding', text: 'format', fill: 'format' },
        ...{ textAnchor: 'start', dx: 8 },
      }),
      Plot.text(firstLost(rows), {
        ...{ x: 'layers', y: 'error', fx: 'rounding', text: 'format', fill: 'format' },
        ...{ textAnchor: 'start', rotate: -50, dx: 2, dy: -8 },
      }),
    ],
  });
}
