/** A `run` result for the terminal, at most 100 characters wide. */
import {
  type Difference,
  LAYER_STATES,
  type LayerResult,
  type RunResult,
} from '../contract/result.ts';
import { countColumns, zeroCounts } from './counts.ts';
import { fromLog10, inWords, percent, seconds, significant, whole, wrap } from './format.ts';
import { renderTable } from './table.ts';

/** Table of layers, one line of interpretation, accuracy, cycles, time. */
export function renderRun(result: RunResult): string {
  return [
    renderRequest(result),
    '',
    renderLayers(result.layers),
    '',
    interpretation(result.layers),
    '',
    renderAccuracy(result),
    '',
    renderFidelity(result.layers),
    '',
    renderCounters(result),
    '',
    renderTime(result),
    '',
    renderShares(result),
  ].join('\n');
}

export function renderRequest({ request, data, seed, partial }: RunResult): string {
  const { layers, init, weights, cost, activation } = request;
  const start = weights === undefined ? `${init} initialisation, seed ${seed}` : `"${weights}"`;
  return [
    `[${layers.join(',')}], ${activation ? `${activation}, ` : ''}${start}, ${cost} cost`,
    partial
      ? `${whole(data.images)} of ${whole(request.images)} images of ${data.name}: stopped early`
      : `${whole(data.images)} images of ${data.name}`,
  ].join('\n');
}

function renderLayers(layers: readonly LayerResult[]): string {
  const counts = countColumns(layers);
  const table = renderTable(
    [
      ...['layer', 'neurons', '‖mean δ‖', 'mean ‖δ‖', 'smallest δ'].map((head) => ({ head })),
      ...counts.map(({ head }) => ({ head })),
    ],
    layers.map((layer) => [
      String(layer.layer),
      String(layer.neurons),
      norm(layer, 'normOfMean'),
      norm(layer, 'meanOfNorms'),
      smallestDelta(layer),
      ...counts.map(({ count }) => whole(count(layer))),
    ]),
  );
  return [table, ...zeroCounts(layers), ...idleUnits(layers), ...unusualStates(layers)].join('\n');
}

/** Also where a float64 could not hold it. */
function norm({ log10, ...layer }: LayerResult, name: 'normOfMean' | 'meanOfNorms'): string {
  const power = log10[name];
  return power === null ? significant(layer[name]) : fromLog10(power);
}

/** What the format could still have held in the image with the smallest exponent: 1 · 2^X. */
function smallestDelta({ deltaExponents }: LayerResult): string {
  return deltaExponents === null ? '–' : fromLog10(deltaExponents.min * Math.log10(2));
}

/** A line for the layers of each state but `held`. */
function unusualStates(layers: readonly LayerResult[]): string[] {
  return Object.entries(LAYER_STATES).flatMap(([state, about]) => {
    const numbers = layers.filter((layer) => layer.state === state).map(({ layer }) => layer);
    if (state === 'held' || numbers.length === 0) return [];
    const which = numbers.length === 1 ? 'Layer' : 'Layers';
    return [wrap(`${which} ${numbers.join(', ')}: δ ${state.toUpperCase()}, ${about}.`)];
  });
}

/** Units that did nothing for the whole batch, where there are any. */
function idleUnits(layers: readonly LayerResult[]): string[] {
  return layers.flatMap(({ layer, neurons, units }) => {
    if (units === null || units.dead + units.alwaysSaturated === 0) return [];
    return [
      `Layer ${layer}: of ${neurons} units ${units.dead} dead and ${units.alwaysSaturated} ` +
        'saturated for every image.',
    ];
  });
}

/** Speed of learning of a layer is ‖∂C/∂b‖ = ‖mean δ‖ (NN&DL ch. 5); the output layer is left out. */
function interpretation(layers: readonly LayerResult[]): string {
  const hidden = layers.slice(0, -1);
  const [first, last] = [hidden[0], hidden.at(-1)];
  if (first === undefined || last === undefined || first === last) {
    return 'One hidden layer or none: nothing to compare the first layer with.';
  }
  if (first.normOfMean === null && first.state !== 'exploded') {
    return 'The device was lost before its sums were read: no ‖mean δ‖.';
  }
  if (first.log10.normOfMean === null) return 'Layer 1 does not learn at all: its mean δ is zero.';
  if (last.log10.normOfMean === null) {
    return `Layer ${last.layer} does not learn at all: its mean δ is zero.`;
  }
  const ratio = last.log10.normOfMean - first.log10.normOfMean;
  return (
    `Layer 1 learns ${fromLog10(Math.abs(ratio))} times ${ratio < 0 ? 'faster' : 'slower'} than ` +
    `layer ${last.layer} (‖mean δ‖).`
  );
}

/** Both golden models: bits, and the worst layer's relative error of ‖δ‖ per image. */
export function renderAccuracy({ fixed, layers, device }: RunResult): string {
  return [
    renderFixed(fixed, device.kind),
    '',
    renderTable(
      [
        { head: 'error of ‖δ‖ of an image, worst layer', align: 'left' },
        { head: 'median' },
        { head: '99th percentile' },
      ],
      [
        ['against golden/float64', ...worst(layers, 'float64')],
        ["  with the device's rounded weights", ...worst(layers, 'float64SameWeights')],
      ],
    ),
  ].join('\n');
}

function worst(layers: readonly LayerResult[], key: 'float64' | 'float64SameWeights'): string[] {
  const spreads = layers.flatMap((layer) => layer[key].normPerImageError ?? []);
  const largest = (name: 'median' | 'p99') =>
    spreads.length === 0 ? null : Math.max(...spreads.map((spread) => spread[name]));
  return [percent(largest('median')), percent(largest('p99'))];
}

/** What of δ's bits and direction is left, against float64 with the device's rounded weights. */
function renderFidelity(layers: readonly LayerResult[]): string {
  const observed = layers.some(({ fidelity }) => fidelity.largestUlps !== null);
  const table = renderTable(
    ['layer', 'error of ‖mean δ‖', '1 - cos of mean δ']
      .concat(observed ? ['worst image', 'most LSB off', 'sign flips', 'branch'] : [])
      .map((head) => ({ head })),
    layers.map(({ layer, fidelity, float64SameWeights }) => [
      String(layer),
      percent(float64SameWeights.normOfMeanError),
      significant(fromOne(fidelity.cosineOfMean)),
      ...(observed
        ? [
            significant(fromOne(fidelity.cosinePerImage?.min ?? null)),
            wholeOrDash(fidelity.largestUlps),
            wholeOrDash(fidelity.signFlips),
            percent(fidelity.otherBranch),
          ]
        : []),
    ]),
  );
  return observed
    ? table
    : `${table}\n--observe adds LSB, signs and branches, from δ of each image.`;
}

function fromOne(cosine: number | null): number | null {
  return cosine === null ? null : 1 - cosine;
}

function wholeOrDash(x: number | null): string {
  return x === null ? '–' : whole(x);
}

function renderFixed(
  { equal, valuesCompared, firstDifference }: RunResult['fixed'],
  kind: RunResult['device']['kind'],
): string {
  const model = kind === 'model' ? ', which the model itself runs,' : '';
  if (equal)
    return `Bit for bit equal to golden/fixed${model} in all ${whole(valuesCompared)} values.`;
  return `DIFFERENT from golden/fixed, first in ${describeDifference(firstDifference)}.`;
}

export function describeDifference(difference: Difference | null): string {
  if (difference === null) return 'an unknown place';
  const { image, layer, quantity, neuron, device, fixed } = difference;
  const where = [
    image === null ? 'the batch' : `image ${image}`,
    `layer ${layer}`,
    quantity,
    ...(neuron === null ? [] : [`neuron ${neuron}`]),
  ].join(', ');
  return `${where}: device ${device}, model ${fixed}`;
}

/** Every counter of the records, as its mean over the images. */
export function renderCounters({ perImage, device, passesPerImage }: RunResult): string {
  const { rows, cycles } = perImage;
  const counters = Object.entries(perImage).flatMap(([name, mean]) =>
    mean === null ? [] : [`${whole(mean)} ${inWords(name)}`],
  );
  const passes = passesPerImage === 2 ? ' two passes, one for z^L and one for δ. Both take' : '';
  const counted = `An image takes${passes}, in the mean: ${counters.join(', ')}; a row is ${device.lanes} weights. `;
  return wrap(
    cycles === null
      ? `${counted}The model has no clock, so no cycles.`
      : `${counted}With one cycle a row it could not take fewer than ${whole(rows)}: ` +
          `it takes ${significant(cycles / rows)} times that.`,
  );
}

function renderTime({ time, data, device, link }: RunResult): string {
  const bytes = `${whole(link.bytesSent)} bytes out, ${whole(link.bytesReceived)} back`;
  return renderTable(
    [
      { head: 'time', align: 'left' },
      { head: '' },
      { head: 'images/s' },
      { head: '', align: 'left' },
    ],
    [
      ...(time.device === null
        ? []
        : [['device', time.device, `computed: cycles ÷ ${device.clockHz / 1e6} MHz`]]),
      ['link', time.link, `computed: ${bytes}, at ${device.baud / 1e6} Mbaud`],
      ['this run', time.measured, 'measured: wall clock, first image to last reply'],
    ].map(([name, total, origin]) => [
      String(name),
      seconds(Number(total)),
      whole(data.images / Number(total)),
      String(origin),
    ]),
  );
}

/** Where the processor of this machine spent its time. */
function renderShares({ time, device }: RunResult): string {
  const inside = device.kind === 'model' ? 'with the model in it' : 'while the device was open';
  const parts = [
    ...(time.simulator === null
      ? []
      : [{ name: 'simulator', used: time.simulator, about: 'its process, start to end' }]),
    { name: 'host', used: time.host, about: `this process, ${inside}` },
    { name: 'golden', used: time.golden, about: 'both models, after the measurement' },
  ];
  const total = parts.reduce((sum, { used }) => sum + used, 0);
  return renderTable(
    [
      { head: 'CPU time', align: 'left' },
      { head: '' },
      { head: 'share' },
      { head: '', align: 'left' },
    ],
    parts.map(({ name, used, about }) => [
      name,
      seconds(used),
      `${Math.round((100 * used) / total)} %`,
      about,
    ]),
  );
}
