/** A file of weights for the terminal. */
import { percent, significant, whole, wrap } from './format.ts';
import { type Column, renderTable } from './table.ts';

/** Lines of what `host/data/weights-report.ts` says, where the terms are explained. */
export interface Weights {
  readonly name: string;
  readonly remarks: readonly string[];
  readonly parameters: number;
  readonly layers: readonly WeightsLayer[];
  readonly boards: readonly {
    readonly board: string;
    readonly weightMemory: number;
    readonly reason: string | null;
  }[];
}

interface WeightsLayer {
  readonly layer: number;
  readonly nIn: number;
  readonly nOut: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly standardDeviation: number;
  readonly largestBias: number;
  readonly rounding: {
    readonly scale: number;
    readonly lsb: number;
    readonly maxErrorToLargest: number;
    readonly rmsErrorToRms: number;
    readonly roundedToZero: number;
    readonly withinOneLsb: number;
  } | null;
}

/** Values by layer; as the device rounds them; boards. */
export function renderWeights({ name, remarks, parameters, layers, boards }: Weights): string {
  const widths = [layers[0]?.nIn ?? 0, ...layers.map(({ nOut }) => nOut)];
  return [
    [`${name}: [${widths.join(',')}], ${whole(parameters)} parameters`, ...remarks].join('\n'),
    renderValues(layers),
    ...renderRounding(layers),
    ...renderBoards(boards),
  ].join('\n\n');
}

function renderValues(layers: readonly WeightsLayer[]): string {
  return renderTable(
    heads(['layer', 'n_out × n_in', 'smallest w', 'largest w', 'mean', 'deviation', 'largest |b|']),
    layers.map(({ layer, nIn, nOut, min, max, mean, standardDeviation, largestBias }) => [
      String(layer),
      `${nOut} × ${nIn}`,
      ...[min, max, mean, standardDeviation, largestBias].map(significant),
    ]),
  );
}

function renderRounding(layers: readonly WeightsLayer[]): string[] {
  const rows = layers.flatMap(({ layer, rounding }) => (rounding ? [{ layer, ...rounding }] : []));
  if (rows.length === 0) return [];
  const table = renderTable(
    heads(['layer', 's', 'LSB', 'largest error', 'rms error', 'rounded to zero', 'within one LSB']),
    rows.map(({ layer, scale, lsb, ...shares }) => [
      String(layer),
      String(scale),
      significant(lsb),
      percent(shares.maxErrorToLargest),
      percent(shares.rmsErrorToRms),
      percent(shares.roundedToZero),
      percent(shares.withinOneLsb),
    ]),
  );
  const legend = wrap(
    'As the device holds them: 16 bits, |w| < 2^s. Largest error: of the largest weight; rms error: of ' +
      'the rms weight; rounded to zero, within one LSB: of all weights, those that are 0 apart.',
  );
  return [`${table}\n${legend}`];
}

function renderBoards(boards: Weights['boards']): string[] {
  if (boards.length === 0) return [];
  return [
    renderTable(
      [
        { head: 'board', align: 'left' },
        { head: 'weight memory' },
        { head: 'fits', align: 'left' },
      ],
      boards.map(({ board, weightMemory, reason }) => [
        board,
        percent(weightMemory),
        reason === null ? 'yes' : `no: ${reason.replace(/^The network /, 'it ')}`,
      ]),
    ),
  ];
}

function heads(names: readonly string[]): Column[] {
  return names.map((head) => ({ head }));
}
