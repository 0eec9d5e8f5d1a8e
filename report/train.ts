/** A `train` result for the terminal, at most 100 characters wide. */
import type { EpochResult, TrainRequest, TrainResult } from '../contract/result.ts';
import { totalCost } from './cost.ts';
import { fromLog10, percent, seconds, significant, whole, wrap } from './format.ts';
import { renderTable } from './table.ts';

/** Rows of the table of epochs: the first and the last, and those between evenly. */
const MOST_EPOCHS = 12;
/** Columns of layers that fit a line beside the others. */
const MOST_LAYERS = 6;

export function renderTrain(result: TrainResult): string {
  return [
    renderSettings(result),
    '',
    renderEpochs(result),
    '',
    renderRatio(result),
    renderCounts(result),
    ...renderTest(result),
    ...renderActivations(result),
    ...renderClipped(result),
    ...renderExploded(result),
    '',
    renderAccuracy(result),
    renderTime(result),
  ].join('\n');
}

/** From several seeds, a line for each; `report` shows each of them whole. */
export function renderTrains(results: readonly [TrainResult, ...TrainResult[]]): string {
  const seeds = `seeds ${results.map(({ seed }) => seed).join(', ')}`;
  const table = renderTable(
    ['seed', 'epochs', 'correct', 'test', 'golden/fixed', 'float64, decades'].map((head) => ({
      head,
    })),
    results.map(({ seed, epochs, fixed, decades }) => {
      const last = epochs.at(-1);
      return [
        String(seed),
        String(epochs.length),
        percent(last ? last.correct / last.images : null),
        percent(last?.test ? last.test.correct / last.test.images : null),
        fixed === null ? '–' : fixed.equal ? 'equal' : 'DIFFERENT',
        significant(decades?.median ?? null),
      ];
    }),
  );
  return `${renderSettings(results[0], seeds)}\n\n${table}`;
}

/** `μ 0.5, 0.9 from epoch 100`. */
export function momentumText({
  momentum,
  momentumSchedule = [],
}: Pick<TrainRequest, 'momentum' | 'momentumSchedule'>): string {
  const changes = momentumSchedule.map(
    (change) => `, ${change.momentum} from epoch ${change.epoch}`,
  );
  return `μ ${momentum}${changes.join('')}`;
}

function renderSettings(
  { request, data, epochs, partial }: TrainResult,
  seeds = `seed ${request.seed}`,
): string {
  const { layers, init, weights, cost, activation, batch, clipValue, clipNorm } = request;
  const start = weights === undefined ? `${init} initialisation, ${seeds}` : `"${weights}"`;
  const settings = [
    `η ${request.learningRate}`,
    `λ ${request.decay}`,
    ...(momentumText(request) === 'μ 0' ? [] : [momentumText(request)]),
    ...(clipValue === undefined ? [] : [`clipped to ±${clipValue}`]),
    ...(clipNorm === undefined ? [] : [`clipped to norm ${clipNorm}`]),
    batch === request.images ? 'full batch' : `batches of ${whole(batch)}`,
    ...(request.shuffle ? ['shuffled'] : []),
  ];
  return [
    `[${layers.join(',')}], ${activation ? `${activation}, ` : ''}${start}, ${cost} cost`,
    `${settings.join(', ')}; ${whole(data.images)} images of ${data.name}`,
    partial
      ? `${whole(epochs.length)} of ${whole(request.epochs)} epochs: stopped early`
      : `${whole(epochs.length)} epochs`,
  ].join('\n');
}

function renderEpochs({ epochs, request }: TrainResult): string {
  const shown = thinned(epochs);
  const layers = (epochs[0]?.layers ?? []).slice(0, MOST_LAYERS);
  const table = renderTable(
    [
      { head: 'epoch' },
      ...layers.map(({ layer }) => ({ head: `‖mean δ${superscript(layer)}‖` })),
      { head: 'correct' },
      ...(request.test === undefined ? [] : [{ head: 'test' }]),
      ...(request.stats === undefined ? [] : [{ head: 'cost' }]),
    ],
    shown.map(({ epoch, layers: of, correct, images, test, stats }) => [
      String(epoch),
      ...of
        .slice(0, MOST_LAYERS)
        .map(({ log10, normOfMean }) =>
          log10.normOfMean === null ? significant(normOfMean) : fromLog10(log10.normOfMean),
        ),
      percent(correct / images),
      ...(request.test === undefined ? [] : [percent(test && test.correct / test.images)]),
      ...(request.stats === undefined ? [] : [significant(stats && totalCost(stats.cost))]),
    ]),
  );
  const note =
    request.batch === request.images
      ? 'δ and "correct" are those before the step of the epoch.'
      : 'δ is that of the first batch of the epoch, before its step.';
  const costNote =
    request.stats === undefined
      ? ''
      : `\nThe cost is that after the epoch, of ${whole(request.stats)} images, with λ/2n Σw².`;
  return `${table}\n${note}${costNote}`;
}

function thinned(epochs: readonly EpochResult[]): EpochResult[] {
  const last = epochs.length - 1;
  if (last < MOST_EPOCHS) return [...epochs];
  const places = Array.from({ length: MOST_EPOCHS }, (_, row) =>
    Math.round((row * last) / (MOST_EPOCHS - 1)),
  );
  return places.flatMap((place) => epochs[place] ?? []);
}

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

function superscript(n: number): string {
  return [...String(n)].map((digit) => SUPERSCRIPTS[Number(digit)]).join('');
}

/** Last hidden layer over first, as NN&DL ch. 5 compares them. */
function renderRatio({ epochs }: TrainResult): string {
  const ratios = epochs.flatMap(({ layers }) => {
    const [first, last] = [layers[0]?.log10.normOfMean, layers.at(-2)?.log10.normOfMean];
    return layers.length < 3 || first == null || last == null ? [] : [last - first];
  });
  if (ratios.length === 0) return 'One hidden layer or none: nothing to compare the first with.';
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)];
  const last = (epochs[0]?.layers.length ?? 0) - 1;
  return `Layer ${last} has ${fromLog10(least)} to ${fromLog10(most)} times the ‖mean δ‖ of layer 1.`;
}

function renderCounts({ epochs }: TrainResult): string {
  const total = (name: keyof EpochResult['counts']) =>
    epochs.reduce((sum, { counts }) => sum + counts[name], 0);
  const [zero, clamped, shift] = [total('roundedToZero'), total('clamped'), total('shiftClamped')];
  const advice = clamped === 0 ? '' : ' --headroom gives weights more room.';
  return wrap(
    `Contributions to a gradient that became zero: ${whole(zero)}; weights or gradients clamped: ` +
      `${whole(clamped)}; δ too large for the format of the gradient: ${whole(shift)}.${advice}`,
  );
}

/** After the last epoch, where there is something to compare with. */
function renderTest({ epochs }: TrainResult): string[] {
  const { test } = epochs.at(-1) ?? {};
  if (test?.float64 == null) return [];
  const [device, float64] = [test.correct / test.images, test.float64 / test.images];
  return [
    wrap(`Test images right at the end: ${percent(device)}, in float64 ${percent(float64)}.`),
  ];
}

/** After the last epoch. */
function renderActivations({ epochs }: TrainResult): string[] {
  const { stats } = epochs.at(-1) ?? {};
  if (stats == null) return [];
  const layers = stats.layers.map(
    ({ layer, mean, deviation }) =>
      `layer ${layer} ${significant(mean)} ± ${significant(deviation)}`,
  );
  return [wrap(`Activations at the end, mean and standard deviation: ${layers.join(', ')}.`)];
}

function renderClipped({ epochs, request }: TrainResult): string[] {
  const clipped = epochs.flatMap((epoch) => epoch.clipped ?? []);
  if (clipped.length === 0) return [];
  const sum = (counts: number[]) => whole(counts.reduce((total, count) => total + count, 0));
  const steps = `${sum(clipped.map((of) => of.steps))} of ${sum(epochs.map(({ batches }) => batches))} steps`;
  const elements =
    request.clipValue === undefined
      ? ''
      : `; ${sum(clipped.map((of) => of.elements))} elements beyond ±${request.clipValue}`;
  return [wrap(`Gradient clipped in ${steps}${elements}.`)];
}

/** Layers whose z or a did not fit, and those that float64 has no number for. */
function renderExploded({ epochs }: TrainResult): string[] {
  const from = (isSo: (layer: EpochResult['layers'][number]) => boolean): string =>
    (epochs[0]?.layers ?? [])
      .flatMap(({ layer }, index) => {
        const first = epochs.find(
          ({ layers }) => layers[index] !== undefined && isSo(layers[index]),
        );
        return first === undefined ? [] : [`layer ${layer} from epoch ${first.epoch}`];
      })
      .join(', ');
  const clamped = from((layer) => layer.clamped > 0);
  const exploded = from(({ float64 }) => float64 !== null && float64.normOfMean === null);
  return [
    ...(clamped === ''
      ? []
      : [
          wrap(
            `z or a CLAMPED, too large for its format, so that δ is of another network: ${clamped}.`,
          ),
        ]),
    ...(exploded === '' ? [] : [wrap(`EXPLODED: ‖mean δ‖ is no number in float64: ${exploded}.`)]),
  ];
}

function renderAccuracy({ fixed, decades, device }: TrainResult): string {
  const model = device.kind === 'model' ? ', which the model itself runs,' : '';
  const bits =
    fixed === null
      ? 'Not compared with golden/fixed: --verify does.'
      : fixed.equal
        ? `Bit for bit equal to golden/fixed${model} in all ${whole(fixed.valuesCompared)} codes of weights and gradients.`
        : `DIFFERENT from golden/fixed, first in layer ${fixed.firstDifference?.layer}, ${fixed.firstDifference?.quantity}.`;
  const curves =
    decades === null
      ? 'Not compared with float64.'
      : `‖mean δ‖ against float64 from the same start: ${significant(decades.median)} decades (median), ` +
        `${significant(decades.max)} at most.`;
  return `${wrap(bits)}\n${wrap(curves)}`;
}

function renderTime({ epochs, resumedEpochs, time, request, device }: TrainResult): string {
  const images = (epochs.length - resumedEpochs) * request.images;
  const rate = `${whole(images / time.device)} images a second`;
  const cycles = epochs.at(-1)?.cycles;
  const onDevice = cycles
    ? `An image takes ${whole(cycles.perImage)} cycles, a step ${whole(cycles.step)}, at ${device.clockHz / 1e6} MHz. `
    : '';
  return wrap(`${onDevice}This run: ${seconds(time.device)} on the device, ${rate}.`);
}
