/** One result as the report shows it, whatever command made it. */
import type {
  ClaimResult,
  DeviceCheck,
  ExperimentResult,
  Picture,
  Point,
  ResultTable,
} from '../contract/experiment.ts';
import {
  type Environment,
  LAYER_STATES,
  type LayerResult,
  type RunResult,
} from '../contract/result.ts';
import { fromLog10 } from './format.ts';

export interface Section {
  readonly title: string;
  readonly question: string;
  readonly device: RunResult['device'];
  /** What it was measured on and with, in a phrase each. */
  readonly conditions: readonly string[];
  readonly claims: readonly ClaimResult[];
  readonly deviceVerdict: ExperimentResult['deviceVerdict'];
  readonly checks: readonly DeviceCheck[];
  readonly tables: readonly ResultTable[];
  readonly pictures: readonly Picture[];
  readonly provenance: readonly (readonly [string, string])[];
  readonly commandLine: string;
}

export function experimentSection(result: ExperimentResult): Section {
  const { environment, parameters, quick, student } = result;
  return {
    ...result,
    conditions: [
      ...(student === undefined ? [] : [`student: ${student}`]),
      quick ? 'quick form' : 'full form',
      ...Object.entries(parameters).map(([name, value]) => `${words(name)}: ${value}`),
    ],
    provenance: [
      ['made', `${result.time}, in ${result.seconds.toFixed(1)} s`],
      ['on', machineText(environment)],
      ['commit', environment.commit ?? 'not under git'],
      ...deviceProvenance(result.device),
      ...toolProvenance(result),
    ],
  };
}

/** A `run`: its norms are the picture; it claims nothing. */
export function runSection(result: RunResult): Section {
  const { request, data, fixed, layers } = result;
  const start =
    request.weights === undefined ? `${request.init}, seed ${request.seed}` : request.weights;
  return {
    title: `[${request.layers.join(', ')}]`,
    question: 'What δ does each layer get, and how large is its norm?',
    device: result.device,
    conditions: [
      start,
      `${request.cost} cost`,
      `${data.images} images of ${data.name}`,
      ...(result.partial ? ['stopped early'] : []),
    ],
    claims: [],
    deviceVerdict: fixed.equal ? 'agrees' : 'disagrees',
    checks: [
      {
        name: `values that were compared with golden/fixed, bit for bit: ${fixed.valuesCompared}`,
        against: 'fixed',
        distance: fixed.equal ? 0 : 1,
        bound: 0,
        unit: fixed.equal ? 'none differs' : 'one or more differ',
        agrees: fixed.equal,
      },
    ],
    tables: [layerTable(layers), fidelityTable(layers)],
    pictures: [norms(layers)],
    provenance: [...deviceProvenance(result.device), ...toolProvenance(result)],
    commandLine: result.commandLine,
  };
}

function layerTable(layers: readonly LayerResult[]): ResultTable {
  const percent = (ratio: number | null | undefined) => (ratio == null ? null : 100 * ratio);
  return {
    title: 'Every layer',
    columns: [
      { name: 'layer', unit: null },
      { name: 'neurons', unit: null },
      { name: '‖mean δ‖, device', unit: null },
      { name: 'float64', unit: null },
      { name: 'error', unit: '%' },
      { name: 'mean ‖δ‖, device', unit: null },
      { name: 'float64', unit: null },
      { name: 'error', unit: '%' },
      { name: 'error of an image, 99th percentile', unit: '%' },
      { name: 'rounded to zero', unit: null },
      { name: 'δ is', unit: null },
    ],
    rows: layers.map(({ layer, neurons, float64, roundedToZero, state, ...device }) => [
      layer,
      neurons,
      magnitude(device, 'normOfMean'),
      float64.normOfMean,
      percent(float64.normOfMeanError),
      magnitude(device, 'meanOfNorms'),
      float64.meanOfNorms,
      percent(float64.meanOfNormsError),
      percent(float64.normPerImageError?.p99),
      roundedToZero,
      LAYER_STATES[state],
    ]),
  };
}

/** In words where it is out of the range of a float64. */
export function magnitude(
  { log10, ...layer }: Pick<LayerResult, 'normOfMean' | 'meanOfNorms' | 'log10'>,
  name: 'normOfMean' | 'meanOfNorms',
): number | string | null {
  const power = log10[name];
  return power !== null && Math.abs(power) > 300 ? fromLog10(power) : layer[name];
}

/** Against float64 with the device's own weights. */
function fidelityTable(layers: readonly LayerResult[]): ResultTable {
  const fromOne = (cosine: number | null | undefined) => (cosine == null ? null : 1 - cosine);
  return {
    title: 'How faithfully δ is kept, with --observe in each image',
    columns: [
      { name: 'layer', unit: null },
      { name: 'smallest δ that could be held', unit: null },
      { name: '1 - cosine of mean δ', unit: null },
      { name: '1 - cosine, worst image', unit: null },
      { name: 'farthest element', unit: 'LSB' },
      { name: 'sign flips', unit: null },
      { name: 'units on the other side of a kink', unit: '%' },
    ],
    rows: layers.map(({ layer, deltaExponents, fidelity }) => [
      layer,
      deltaExponents === null ? null : fromLog10(deltaExponents.min * Math.log10(2)),
      fromOne(fidelity.cosineOfMean),
      fromOne(fidelity.cosinePerImage?.min),
      fidelity.largestUlps,
      fidelity.signFlips,
      fidelity.otherBranch === null ? null : 100 * fidelity.otherBranch,
    ]),
  };
}

function norms(layers: readonly LayerResult[]): Picture {
  // A logarithm has no place for a layer whose δ is zero: the table has it.
  const points = (of: (layer: LayerResult) => number | null): Point[] =>
    layers.flatMap((layer) => {
      const y = of(layer);
      return y === null || y === 0 ? [] : [{ x: layer.layer, y }];
    });
  return {
    id: 'norms',
    title: 'δ, layer by layer',
    caption:
      'The output layer is on the right; each step to the left is one layer of backpropagation.',
    kind: 'lines',
    x: { label: 'layer', unit: null, scale: 'category' },
    y: { label: '‖mean δ‖', unit: null, scale: 'log' },
    series: [
      { name: 'float64', source: 'float64', points: points(({ float64 }) => float64.normOfMean) },
      { name: 'device', source: 'device', points: points(({ normOfMean }) => normOfMean) },
    ],
  };
}

/** What a measurement ran on. */
export function machineText({ cpu, cores, governor, platform, node }: Environment): string {
  const how = governor == null ? '' : `governor ${governor}, `;
  return `${cpu}, ${cores} cores, ${how}${platform}, Node ${node}`;
}

export function deviceProvenance(device: RunResult['device']): [string, string][] {
  const { board, lanes, clockHz, baud, fillSeed, label } = device;
  return [
    ['device', label],
    ['board', `${board}, ${lanes} lanes, ${clockHz / 1e6} MHz, link at ${baud / 1e6} Mbaud`],
    ...(fillSeed === null
      ? []
      : [['memories filled with seed', String(fillSeed)] as [string, string]]),
  ];
}

export function toolProvenance({
  contractCrc,
  tools,
}: Pick<RunResult, 'contractCrc' | 'tools'>): [string, string][] {
  const versions = Object.entries(tools).map(([name, version]) => `${name} ${version}`);
  return [
    ['contract', contractCrc],
    ['versions', versions.join(', ')],
  ];
}

function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
