/** A `train` result as the report shows it. */
import type { Picture, Point, ResultTable, Series } from '../contract/experiment.ts';
import type { EpochCost, EpochStats, TrainResult } from '../contract/result.ts';
import { totalCost } from './cost.ts';
import { deviceProvenance, magnitude, type Section, toolProvenance } from './section.ts';
import { momentumText } from './train.ts';

/** Its curves are the pictures; it claims nothing. */
export function trainSection(result: TrainResult): Section {
  const { request, data, fixed, decades, epochs } = result;
  const start =
    request.weights === undefined ? `${request.init}, seed ${request.seed}` : request.weights;
  const agrees = fixed?.equal !== false;
  return {
    title: `[${request.layers.join(', ')}], trained`,
    question: 'How fast does each layer learn, epoch by epoch?',
    device: result.device,
    conditions: [
      start,
      `${request.cost} cost`,
      `η ${request.learningRate}, λ ${request.decay}, ${momentumText(request)}`,
      `batches of ${request.batch}`,
      ...(request.clipValue === undefined ? [] : [`clipped to ±${request.clipValue}`]),
      ...(request.clipNorm === undefined ? [] : [`clipped to norm ${request.clipNorm}`]),
      `${epochs.length} epochs of ${data.images} images of ${data.name}`,
      ...(result.partial ? ['stopped early'] : []),
    ],
    claims: [],
    deviceVerdict: agrees ? 'agrees' : 'disagrees',
    checks: [
      ...(fixed === null
        ? []
        : [
            {
              name: `weights, biases and gradients after the last epoch, bit for bit: ${fixed.valuesCompared}`,
              against: 'fixed' as const,
              distance: agrees ? 0 : 1,
              bound: 0,
              unit: agrees ? 'none differs' : 'one or more differ',
              agrees,
            },
          ]),
      ...(decades === null
        ? []
        : [
            {
              name: 'log₁₀ ‖mean δ‖ of every layer and epoch, median',
              against: 'float64' as const,
              distance: decades.median,
              bound: CURVE_BOUND,
              unit: 'decades',
              agrees: decades.median <= CURVE_BOUND,
            },
          ]),
    ],
    tables: [epochTable(result)],
    pictures: [
      curves(result),
      accuracy(result),
      ...(request.stats === undefined ? [] : [costs(result)]),
    ],
    provenance: [...deviceProvenance(result.device), ...toolProvenance(result)],
    commandLine: result.commandLine,
  };
}

/** Of ‖mean δ‖ in decades, docs/decisions/0018-training.md. */
const CURVE_BOUND = 0.02;

const EPOCH_AXIS = { label: 'epoch', unit: null, scale: 'linear' } as const;

function curves({ epochs }: TrainResult): Picture {
  const layers = epochs[0]?.layers ?? [];
  const series = (
    source: 'device' | 'float64',
    of: (layer: TrainResult['epochs'][number]['layers'][number]) => number | null | undefined,
  ): Series[] =>
    layers.map(({ layer }) => ({
      name: `${source}, layer ${layer}`,
      source,
      // A logarithm has no place for zero.
      points: epochs.flatMap(({ epoch, layers: found }) => {
        const one = found.find((other) => other.layer === layer);
        const y = one && of(one);
        return y == null || y === 0 ? [] : [{ x: epoch, y }];
      }),
    }));
  return {
    id: 'curves',
    title: '‖mean δ‖, epoch by epoch',
    caption: 'Of the first batch of each epoch, before its step, as NN&DL chapter 5 plots it.',
    kind: 'lines',
    x: EPOCH_AXIS,
    y: { label: '‖mean δ‖', unit: null, scale: 'log' },
    series: [
      ...series('device', ({ normOfMean }) => normOfMean),
      ...series('float64', ({ float64 }) => float64?.normOfMean),
    ].filter(({ points }) => points.length > 0),
  };
}

function accuracy({ epochs }: TrainResult): Picture {
  const points = (of: (epoch: TrainResult['epochs'][number]) => number | null): Point[] =>
    epochs.flatMap((epoch) => {
      const y = of(epoch);
      return y === null ? [] : [{ x: epoch.epoch, y: 100 * y }];
    });
  const all: Series[] = [
    {
      name: 'training images, before the step',
      source: 'device',
      points: points(({ correct, images }) => correct / images),
    },
    {
      name: 'test images',
      source: 'device',
      points: points(({ test }) => test && test.correct / test.images),
    },
    {
      name: 'test images, float64',
      source: 'float64',
      points: points(({ test }) => (test?.float64 == null ? null : test.float64 / test.images)),
    },
  ];
  return {
    id: 'accuracy',
    title: 'How many it gets right',
    caption: 'The largest z of the output layer is the answer.',
    kind: 'lines',
    x: EPOCH_AXIS,
    y: { label: 'correct', unit: '%', scale: 'linear' },
    series: all.filter((series) => series.points.length > 0),
  };
}

function costs({ epochs }: TrainResult): Picture {
  const points = (of: (stats: EpochStats) => EpochCost | null): Point[] =>
    epochs.flatMap(({ epoch, stats }) => {
      const cost = stats && of(stats);
      const y = cost && totalCost(cost);
      return y === null ? [] : [{ x: epoch, y }];
    });
  const all: Series[] = [
    { name: 'device', source: 'device', points: points(({ cost }) => cost) },
    { name: 'float64', source: 'float64', points: points(({ float64 }) => float64) },
  ];
  return {
    id: 'cost',
    title: 'Cost',
    caption: 'After each epoch, of the first training images, with λ/2n Σw².',
    kind: 'lines',
    x: EPOCH_AXIS,
    y: { label: 'C', unit: null, scale: 'linear' },
    series: all.filter((series) => series.points.length > 0),
  };
}

function epochTable({ epochs }: TrainResult): ResultTable {
  return {
    title: 'Every epoch',
    columns: [
      { name: 'epoch', unit: null },
      ...(epochs[0]?.layers ?? []).map(({ layer }) => ({
        name: `‖mean δ‖, layer ${layer}`,
        unit: null,
      })),
      { name: 'correct', unit: '%' },
      { name: 'contributions rounded to zero', unit: null },
      { name: 'clamped', unit: null },
      { name: 'layers too large for V', unit: null },
      { name: 'steps clipped', unit: null },
      { name: 'z and a clamped', unit: null },
      { name: 'cost', unit: null },
      { name: 'cycles an image', unit: null },
    ],
    rows: epochs.map(({ epoch, layers, correct, images, counts, clipped, stats, cycles }) => [
      epoch,
      ...layers.map((layer) => magnitude(layer, 'normOfMean')),
      (100 * correct) / images,
      counts.roundedToZero,
      counts.clamped,
      counts.shiftClamped,
      clipped?.steps ?? null,
      layers.reduce((sum, { clamped }) => sum + clamped, 0),
      stats && totalCost(stats.cost),
      cycles?.perImage ?? null,
    ]),
  };
}
