/** A `run` result for the terminal. */
import type { Difference, LayerResult, RunResult } from '../contract/result.ts';
import { percent, seconds, significant, whole } from './format.ts';
import { renderTable } from './table.ts';

/** Table of layers, one line of interpretation, fidelity, cycles, time. */
export function renderRun(result: RunResult): string {
  return [
    renderRequest(result),
    '',
    renderLayers(result.layers),
    '',
    interpretation(result.layers),
    renderFidelity(result),
    renderCycles(result),
    renderTime(result),
  ].join('\n');
}

function renderRequest({ request, data, partial }: RunResult): string {
  const { layers, init, seed, weights, cost } = request;
  const start = weights === undefined ? `${init} initialisation, seed ${seed}` : weights;
  const images = `${whole(data.images)} images of ${data.name}${partial ? ' (interrupted)' : ''}`;
  return `[${layers.join(',')}], ${start}, ${cost} cost, ${images}`;
}

function renderLayers(layers: readonly LayerResult[]): string {
  const columns = ['layer', 'neurons', '‖mean δ‖', 'mean ‖δ‖', 'rounded to 0', 'saturated δ', 'z'];
  return renderTable(
    columns.map((head) => ({ head })),
    layers.map((layer) => [
      String(layer.layer),
      String(layer.neurons),
      significant(layer.normOfMean),
      significant(layer.meanOfNorms),
      whole(layer.roundedToZero),
      whole(layer.saturated.delta),
      whole(layer.saturated.z),
    ]),
  );
}

/** Speed of learning of a layer is ‖∂C/∂b‖ = ‖mean δ‖ (NN&DL ch. 5); the output layer is left out. */
function interpretation(layers: readonly LayerResult[]): string {
  const hidden = layers.slice(0, -1);
  const [first, last] = [hidden[0], hidden.at(-1)];
  if (first === undefined || last === undefined || first === last) {
    return 'One hidden layer or none: nothing to compare the first layer with.';
  }
  if (first.normOfMean === 0) return `Layer 1 does not learn at all: its mean δ is zero.`;
  const ratio = last.normOfMean / first.normOfMean;
  return ratio >= 1
    ? `Layer 1 learns ${significant(ratio)} times slower than layer ${last.layer}.`
    : `Layer 1 learns ${significant(1 / ratio)} times faster than layer ${last.layer}.`;
}

/** Both golden models: bits, and the worst layer's relative error of ‖δ‖ per image. */
export function renderFidelity({ fixed, layers }: RunResult): string {
  return [
    renderFixed(fixed),
    `‖δ‖ of an image against float64, worst layer: ${worst(layers, 'float64')}; ` +
      `with the device's own weights ${worst(layers, 'float64SameWeights')}.`,
  ].join('\n');
}

function worst(layers: readonly LayerResult[], key: 'float64' | 'float64SameWeights'): string {
  const spreads = layers.flatMap((layer) => layer[key].normPerImageError ?? []);
  if (spreads.length === 0) return 'nothing to compare';
  const median = Math.max(...spreads.map((spread) => spread.median));
  const p99 = Math.max(...spreads.map((spread) => spread.p99));
  return `median ${percent(median)}, 99th percentile ${percent(p99)}`;
}

function renderFixed({ equal, valuesCompared, firstDifference }: RunResult['fixed']): string {
  if (equal) return `Bit for bit equal to golden/fixed in all ${whole(valuesCompared)} values.`;
  return `DIFFERS from golden/fixed, first in ${describe(firstDifference)}`;
}

function describe(difference: Difference | null): string {
  if (difference === null) return 'an unknown place';
  const { image, layer, quantity, neuron, device, fixed } = difference;
  const where = [
    image === null ? 'the batch' : `image ${image}`,
    `layer ${layer}`,
    quantity,
    ...(neuron === null ? [] : [`neuron ${neuron}`]),
  ].join(', ');
  return `${where}: device ${device}, golden/fixed ${fixed}`;
}

function renderCycles({ cycles, device }: RunResult): string {
  return (
    `${whole(cycles.perImage)} cycles an image (forward ${whole(cycles.forwardPerImage)}), ` +
    `${whole(cycles.rowsPerImage)} weight rows of ${device.lanes}, ` +
    `${whole(cycles.nonZeroInputsPerImage)} inputs that are not zero.`
  );
}

function renderTime({ time, data, device, link }: RunResult): string {
  const rate = (total: number) => `${whole(data.images / total)} images/s`;
  const rows = [
    [
      'device',
      seconds(time.device),
      rate(time.device),
      `cycles ÷ ${device.clockHz / 1e6} MHz, computed`,
    ],
    [
      'link',
      seconds(time.link),
      rate(time.link),
      `${whole(link.bytesSent)} bytes out, ${whole(link.bytesReceived)} back, at ${whole(device.baud)} baud, computed`,
    ],
    ['measured', seconds(time.measured), rate(time.measured), 'wall clock of this run'],
    ...(time.simulator === null
      ? []
      : [['  simulator', seconds(time.simulator), '', 'CPU time, start and weights included']]),
    ['  host', seconds(time.host), '', 'CPU time'],
    ['golden', seconds(time.golden), '', 'CPU time of both models, after the measurement'],
  ];
  return renderTable(
    [{ head: 'time', align: 'left' }, { head: '' }, { head: '' }, { head: '', align: 'left' }],
    rows.map((row) => row.map(String)),
  );
}
