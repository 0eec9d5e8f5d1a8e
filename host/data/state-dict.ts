/**
 * Which tensors of a trained model are the layers of a multi-layer perceptron, and in which order:
 * by the names that PyTorch's `state_dict` gives (`0.weight`, `fc1.bias`, `layers.0.weight`) and
 * Keras (`dense_1/kernel`). A file need not keep the order of the model, so names and shapes decide.
 */
import { LIMITS } from '../../contract/protocol.ts';
import { DeltascopeError } from '../error.ts';
import { chains, type NamedArray } from './assemble-network.ts';

/** Names and shapes decide; elements are not read here. */
type TensorShape = Pick<NamedArray, 'shape'>;

export interface Chosen {
  readonly weights: string;
  readonly biases: string | undefined;
}

export interface LayerNames {
  readonly layers: readonly Chosen[];
  /** Tensors that no layer uses: scalars and counters. */
  readonly skipped: readonly string[];
}

export interface StateDictOptions {
  /** What the file is called in messages. */
  readonly name: string;
  /** As for `assembleNetwork`. */
  readonly layers?: readonly number[] | undefined;
  readonly transpose?: boolean | undefined;
}

const PARAMETER = /^(?:(?<module>.*?)[./])?(?<role>weight|kernel|bias)(?::0)?$/;
const BATCH_NORM =
  /(?:^|[./])(?:running_mean|running_var|num_batches_tracked|moving_mean|moving_variance)/;

/** Orders that are tried before an order counts as not to be found. */
const MAX_STEPS = 10_000;

interface Module {
  readonly name: string;
  weights?: string;
  biases?: string;
}

/**
 * The names of layers 1 … L.
 * @throws DeltascopeError `bad-weights` naming what no multi-layer perceptron has (convolutions,
 *   normalisation), a bias without weights, or layers whose order is not to be told.
 */
export function findLayers(
  tensors: ReadonlyMap<string, TensorShape>,
  options: StateDictOptions,
): LayerNames {
  const { name } = options;
  refuse(tensors, name);
  const { modules, skipped } = groupByModule(tensors, name);
  const layers = modules.map(({ name: module, weights, biases }) => {
    if (weights !== undefined) return { module, weights, biases };
    throw bad(`"${name}" has ${biases} without the weights of that layer`);
  });
  if (layers.length === 0) {
    throw bad(`"${name}" holds no fully connected layer: no tensor of it ends in weight or kernel`);
  }
  return { layers: inOrder(layers, tensors, options), skipped };
}

/** `fc1.weight` and `fc1.bias` are of the module `fc1`. */
function groupByModule(
  tensors: ReadonlyMap<string, TensorShape>,
  name: string,
): { modules: Module[]; skipped: string[] } {
  const modules = new Map<string, Module>();
  const skipped: string[] = [];
  for (const [tensor, { shape }] of tensors) {
    const { module = '', role } = PARAMETER.exec(tensor)?.groups ?? {};
    if (role === undefined) {
      if (shape.length >= 2) {
        throw bad(
          `${tensor} in "${name}" has the shape (${shape.join(', ')}) and is of no fully connected ` +
            'layer: its name does not end in weight, kernel or bias',
        );
      }
      skipped.push(tensor);
      continue;
    }
    const entry = modules.get(module) ?? { name: module };
    const kind = role === 'bias' ? 'biases' : 'weights';
    if (entry[kind] !== undefined) throw bad(`"${name}" has both ${entry[kind]} and ${tensor}`);
    entry[kind] = tensor;
    modules.set(module, entry);
  }
  return { modules: [...modules.values()], skipped };
}

/** Kinds of layer that are not read, by their parameters. */
function refuse(tensors: ReadonlyMap<string, TensorShape>, name: string): void {
  const named = (what: string, found: readonly string[]) =>
    bad(
      `"${name}" has ${what}: ${found.slice(0, 4).join(', ')}${found.length > 4 ? ', …' : ''}; ` +
        'only fully connected layers are read',
    );
  const weights = [...tensors].filter(([tensor]) => /(?:weight|kernel)(?::0)?$/.test(tensor));
  const list = (found: typeof weights) =>
    found.map(([tensor, { shape }]) => `${tensor} (${shape.join(', ')})`);
  const convolutions = weights.filter(([, { shape }]) => shape.length > 2);
  if (convolutions.length > 0) throw named('convolution layers', list(convolutions));
  const norms = [...tensors.keys()].filter((tensor) => BATCH_NORM.test(tensor));
  if (norms.length > 0) throw named('batch normalisation', norms);
  const vectors = weights.filter(([, { shape }]) => shape.length < 2);
  if (vectors.length > 0) throw named('normalisation or parametric activations', list(vectors));
}

interface Layer extends Chosen {
  readonly module: string;
}

/**
 * Layers whose names differ in their numbers only go by these numbers; else (`fc1`, `fc2`, `out`)
 * the order is the one in which the shapes follow each other, if there is only one.
 */
function inOrder(
  layers: readonly Layer[],
  tensors: ReadonlyMap<string, TensorShape>,
  { name, layers: widths, transpose = false }: StateDictOptions,
): readonly Chosen[] {
  if (layers.length > LIMITS.layers) {
    throw bad(`"${name}" has ${layers.length} layers; at most ${LIMITS.layers} are allowed`);
  }
  const series = inSeries(layers);
  if (series.length === 1) return series[0] ?? [];
  const shapeOf = (tensor: string) => ({ shape: tensors.get(tensor)?.shape ?? [] });
  const shapes = (order: readonly Chosen[]) =>
    order.map(({ weights, biases }) => ({
      weights: shapeOf(weights),
      biases: biases === undefined ? undefined : shapeOf(biases),
    }));
  for (const orientation of [transpose, !transpose]) {
    const [first, second] = ordersOf(series, (order) => chains(shapes(order), widths, orientation));
    if (first === undefined) continue;
    if (second === undefined) return first;
    throw bad(
      `The order of the layers of "${name}" is not to be told from their names ` +
        `(${layers.map(({ module }) => module).join(', ')}): several orders fit`,
      'Name them by number before saving: layers.0, layers.1, …',
    );
  }
  return series.flat();
}

/** Layers by their names without numbers; within a series, by number. */
function inSeries(layers: readonly Layer[]): Layer[][] {
  const series = new Map<string, { numbers: number[]; layer: Layer }[]>();
  for (const layer of layers) {
    const key = layer.module.replace(/[._-]?\d+/g, '');
    const numbers = [...layer.module.matchAll(/\d+/g)].map(([digits]) => Number(digits));
    series.set(key, [...(series.get(key) ?? []), { numbers, layer }]);
  }
  return [...series.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, members]) =>
      members.sort((a, b) => compare(a.numbers, b.numbers)).map(({ layer }) => layer),
    );
}

/** By the first number in which they differ; the shorter one first. */
function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((number, index) => number !== b[index]);
  return at < 0 ? a.length - b.length : (a[at] ?? 0) - (b[at] ?? -1);
}

/**
 * At most two of the ways to merge the series in which every beginning `fits`; after `MAX_STEPS`
 * those found by then.
 */
function ordersOf(
  series: readonly Layer[][],
  fits: (order: readonly Layer[]) => boolean,
): (readonly Layer[])[] {
  const total = series.flat().length;
  const found: (readonly Layer[])[] = [];
  let steps = 0;
  const extend = (order: readonly Layer[], taken: readonly number[]): void => {
    if (order.length === total) found.push(order);
    for (const [index, members] of series.entries()) {
      const next = members[taken[index] ?? 0];
      if (next === undefined || found.length > 1 || steps === MAX_STEPS) continue;
      steps += 1;
      const longer = [...order, next];
      if (fits(longer)) extend(longer, taken.with(index, (taken[index] ?? 0) + 1));
    }
  };
  extend(
    [],
    series.map(() => 0),
  );
  return found;
}

function bad(message: string, hint?: string): DeltascopeError {
  return new DeltascopeError('bad-weights', message, hint === undefined ? {} : { hint });
}
