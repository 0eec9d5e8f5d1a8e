/** A `diff` result for the terminal. */
import type { DiffPair, DiffResult, DiffValue, Parting } from '../contract/result.ts';
import { percent, whole } from './format.ts';
import { renderTable } from './table.ts';

export function renderDiff({ request, data, pairs, waves }: DiffResult): string {
  const { layers, init, weights, seed, cost, activation } = request;
  const start = weights === undefined ? `${init} initialisation, seed ${seed}` : `"${weights}"`;
  return [
    `[${layers.join(',')}], ${activation ? `${activation}, ` : ''}${start}, ${cost} cost`,
    `${whole(data.images)} images of ${data.name}`,
    '',
    renderPairs(pairs),
    ...pairs.flatMap((pair) => (pair.first === null ? [] : ['', renderParting(pair, pair.first)])),
    ...(waves === null ? [] : ['', `waves of image ${waves.image}: ${waves.file}`]),
  ].join('\n');
}

function renderPairs(pairs: readonly DiffPair[]): string {
  const columns = [
    { head: 'compared', align: 'left' },
    { head: '', align: 'left' },
    { head: 'values' },
    { head: 'parting' },
    { head: 'largest error' },
  ] as const;
  return renderTable(
    columns,
    pairs.map(({ left, right, tolerance, valuesCompared, parting, largestError }) => [
      `${left} and ${right}`,
      tolerance === 0 ? 'bit for bit' : `within ${percent(tolerance)}`,
      whole(valuesCompared),
      whole(parting),
      percent(largestError),
    ]),
  );
}

/** Where, and both values as mantissa · 2^exponent and as a decimal. */
function renderParting({ left, right }: DiffPair, first: Parting): string {
  const { image, layer, quantity, neuron } = first;
  const where = [
    image === null ? 'over all images' : `image ${image}`,
    `layer ${layer}`,
    ...(neuron === null ? [] : [`neuron ${neuron}`]),
    quantity,
  ].join(', ');
  const line = (name: string, value: DiffValue) => [
    name,
    inFormat(value, quantity),
    value.decimal === null ? 'no float64' : String(value.decimal),
  ];
  return [
    `${left} and ${right} part, first at ${where}:`,
    renderTable(
      [{ head: '', align: 'left' }, { head: 'in its format' }, { head: 'decimal', align: 'left' }],
      [line(left, first.left), line(right, first.right)],
    ),
  ].join('\n');
}

/** A float64 has more digits than the format of its partner: two of them are shown. */
function inFormat({ mantissa, exponent }: DiffValue, quantity: string): string {
  const digits = Number.isInteger(mantissa) ? String(mantissa) : mantissa.toFixed(2);
  return quantity === 'norm' ? `√(${digits} · 2^${exponent})` : `${digits} · 2^${exponent}`;
}
