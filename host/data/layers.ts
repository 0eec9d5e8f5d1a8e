/** `--layers 784,30,30,10`: the widths of a network, and whether they suit a data set. */
import { LIMITS } from '../../contract/protocol.ts';
import { DeltascopeError } from '../error.ts';

const EXAMPLE = 'For example: --layers 784,30,30,10';

/**
 * Widths n_0 (inputs), n_1 … n_L from a comma-separated list.
 * @throws DeltascopeError `bad-layers` when the list is empty, has one width only, a width that is
 *   not a whole number from 1 up, or one beyond the contract's `LIMITS`.
 */
export function parseLayers(text: string): number[] {
  if (text.trim() === '') throw bad('The list of layers is empty');
  const widths = text.split(',').map((part, index) => parseWidth(part.trim(), index, text));
  if (widths.length < 2) {
    throw bad(
      `"${text}" has one layer only; a network needs inputs and at least one layer of neurons`,
    );
  }
  if (widths.length - 1 > LIMITS.layers) {
    throw bad(
      `${widths.length - 1} layers of neurons are too many; the protocol has room for ${LIMITS.layers}`,
    );
  }
  return widths;
}

function parseWidth(part: string, index: number, text: string): number {
  const place = index === 0 ? 'the input' : `layer ${index}`;
  if (part === '') throw bad(`The width of ${place} is missing in "${text}"`);
  if (!/^\d+$/.test(part)) {
    throw bad(`The width of ${place} is "${part}"; widths are whole numbers from 1 up`);
  }
  const width = Number(part);
  if (width === 0) throw bad(`The width of ${place} is 0; a layer needs at least one neuron`);
  const limit = index === 0 ? LIMITS.inputs : LIMITS.width;
  if (width > limit) {
    throw bad(`The width of ${place} is ${part}; the protocol allows ${limit} at most`);
  }
  return width;
}

/** What `checkLayers` needs of a data set; a `Dataset` will do. */
export interface DatasetShape {
  readonly rows: number;
  readonly columns: number;
  readonly labels: Uint8Array;
  readonly name: string;
}

/**
 * Whether a network of these widths can be shown these images.
 * @throws DeltascopeError `bad-layers` when n_0 is not the number of pixels, or an image has a
 *   label for which the last layer has no neuron.
 */
export function checkLayers(widths: readonly number[], dataset: DatasetShape): void {
  const { rows, columns, labels, name } = dataset;
  const inputs = widths[0] ?? 0;
  const outputs = widths.at(-1) ?? 0;
  if (inputs !== rows * columns) {
    const pixels = rows * columns;
    throw bad(
      `The network has ${inputs} inputs, but the images of ${name} have ${rows} × ${columns} = ${pixels} pixels`,
      `Begin the list with ${pixels}: --layers ${[pixels, ...widths.slice(1)].join(',')}`,
    );
  }
  const misfit = labels.findIndex((label) => label >= outputs);
  if (misfit < 0) return;
  let largest = 0;
  for (const label of labels) largest = Math.max(largest, label);
  throw bad(
    `Image ${misfit} of ${name} has the label ${labels[misfit]}, but the last layer has ${outputs} neuron${outputs === 1 ? '' : 's'}`,
    `End the list with ${largest + 1} or more: --layers ${[...widths.slice(0, -1), largest + 1].join(',')}`,
  );
}

function bad(message: string, hint = EXAMPLE): DeltascopeError {
  return new DeltascopeError('bad-layers', message, { hint });
}
