/**
 * The device behind its link, without cycles: the memories of the contract, and `golden/fixed` for
 * every image. Bit for bit what rtl/core leaves in its memories.
 */
import { FORMATS } from '../contract/formats.ts';
import type { CostName } from '../contract/network.ts';
import {
  ACTIVATIONS,
  COSTS,
  LAYER_FIELDS,
  LAYER_WORDS,
  REGISTERS,
  TRAINING,
  UNIT_FLAGS,
  UNIT_MEMORY,
} from '../contract/protocol.ts';
import type { TrainingState } from '../contract/training.ts';
import { DeltaSum } from '../golden/fixed/delta-sum.ts';
import { backpropagate, type FixedLayer } from '../golden/fixed/network.ts';
import { accumulate, commit, noCounts, trainedLayer } from '../golden/fixed/training.ts';
import { getSignedField } from '../host/protocol/fields.ts';
import { recordWords } from '../host/protocol/records.ts';
import type { Identity, RegionName } from '../host/protocol/requests.ts';
import type { Core } from './endpoint.ts';
import { type DecodedImage, ImageDecoder } from './image-decoder.ts';
import { decodeLayers, HAS_ALPHA, type HeldLayer } from './network.ts';
import { countNonZero, encodeRecord } from './record.ts';
import { decodeCodes, decodeTraining, encodeTraining, type Planes } from './training.ts';

type Capacity = Pick<
  Identity,
  'lanes' | 'weightRows' | 'neurons' | 'inputs' | 'recordWords' | 'activations' | 'trainRows'
>;
type RegisterName = keyof typeof REGISTERS;
type TrainingName = keyof typeof TRAINING;

const PARTS = Object.keys(UNIT_MEMORY).length;
const WORDS_PER_NEURON = 2;
const IMAGES_SPAN = 2 ** 16;
const HALF = 2 ** 16;
const WORD = 2 ** 32;
const FLAGS = Object.values(UNIT_FLAGS).reduce((mask, { bit }) => mask | (1 << bit), 0);
const ALPHA_BITS = 2 ** (FORMATS.alpha.width + FORMATS.alphaExponent.width) - 1;
const SLOPE_EXPONENT_LSB = FORMATS.slope.width;

const REGISTER_NAMES = new Map<number, RegisterName>(
  (Object.keys(REGISTERS) as RegisterName[]).map((name) => [REGISTERS[name].address, name]),
);
/** By access: some that are written and some that are read share an address. */
const trainingNames = (access: 'w' | 'r') =>
  new Map<number, TrainingName>(
    (Object.keys(TRAINING) as TrainingName[]).flatMap((name) =>
      TRAINING[name].access === access ? [[TRAINING[name].address, name] as const] : [],
    ),
  );
const TRAINING_WRITTEN = trainingNames('w');
const TRAINING_READ = trainingNames('r');
const COST_NAMES = new Map<number, CostName>(
  (Object.keys(COSTS) as CostName[]).map((name) => [COSTS[name], name]),
);

export class ModelCore implements Core {
  readonly #capacity: Capacity;
  readonly #images: ImageDecoder;
  readonly #memories: Readonly<Record<Exclude<RegionName, 'registers' | 'training'>, Int32Array>>;
  /** Words of the last write to each, as rtl/link/ds_registers.v resets them. */
  readonly #registers = new Map<RegisterName, number>([
    ['layerCount', 1],
    ['inputWidth', 1],
  ]);
  readonly #trainingWords = { train: 0, gradientShift: 0, step: 0, decay: 0, momentum: 0 };
  /** Of the network as it is in the memories; undefined after a write there. */
  #network: HeldLayer[] | undefined;
  /** Its W and V, ahead of those in the memories; undefined while these are all there is. */
  #training: TrainingState[] | undefined;
  #counts = { ...noCounts(), correct: 0 };
  /** Finished in this batch. */
  #finished = 0;
  /** Where the next record goes. */
  #recordAt = 0;

  constructor(capacity: Capacity) {
    const { lanes, weightRows, neurons, inputs, activations } = capacity;
    const hasAlphas = [...HAS_ALPHA].some((name) => (activations >> ACTIVATIONS[name]) % 2 === 1);
    this.#capacity = capacity;
    this.#images = new ImageDecoder(inputs);
    this.#memories = {
      weights: new Int32Array((weightRows * lanes) / 2),
      biases: new Int32Array(hasAlphas ? 2 * neurons : neurons),
      units: new Int32Array(PARTS * WORDS_PER_NEURON * neurons),
      slopes: new Int32Array(neurons),
    };
  }

  write(region: RegionName, address: number, words: Int32Array): void {
    if (region === 'registers') {
      for (const [index, word] of words.entries()) this.#setRegister(address + index, word);
      return;
    }
    if (region === 'training') {
      for (const [index, word] of words.entries()) this.#setTraining(address + index, word);
      return;
    }
    this.#forgetNetwork();
    const memory = this.#memories[region];
    for (const [index, word] of words.entries()) {
      const at = (address + index) % memory.length;
      const isAlpha = region === 'biases' && at >= this.#capacity.neurons;
      memory[at] = isAlpha ? word & ALPHA_BITS : word;
    }
  }

  read(region: RegionName, address: number): number {
    // Of the registers the others cannot be read, and read as anything.
    if (region === 'registers') return this.#finished;
    if (region === 'training') return this.#count(address);
    if (region === 'weights') this.#storeTraining();
    const memory = this.#memories[region];
    return memory[address % memory.length] as number;
  }

  run(payload: Uint8Array): boolean {
    const width = this.#register('inputWidth', 11);
    return this.#images.decode(payload, { width, onImage: (image) => this.#runImage(image) });
  }

  #setRegister(address: number, word: number): void {
    const name = REGISTER_NAMES.get(address);
    if (name === undefined) return;
    this.#registers.set(name, word);
    if (name === 'layerCount') this.#forgetNetwork();
    if (name === 'beginBatch') {
      this.#finished = 0;
      this.#recordAt = 0;
      this.#counts = { ...noCounts(), correct: 0 };
    }
  }

  #setTraining(address: number, word: number): void {
    const name = TRAINING_WRITTEN.get(address);
    if (name === 'commit') this.#commit();
    else if (name !== undefined) Object.assign(this.#trainingWords, { [name]: word });
  }

  /** One that is read from the region `training`; there are no cycles. */
  #count(address: number): number {
    const counts: Partial<Record<TrainingName, number>> = this.#counts;
    const name = TRAINING_READ.get(address);
    return (name && counts[name]) ?? 0;
  }

  /** Its lowest `bits` bits; 0 before the first write. */
  #register(name: RegisterName, bits: number): number {
    return (this.#registers.get(name) ?? 0) & (2 ** bits - 1);
  }

  #part(name: keyof typeof UNIT_MEMORY): Int32Array {
    const words = WORDS_PER_NEURON * this.#capacity.neurons;
    const { part } = UNIT_MEMORY[name];
    return this.#memories.units.subarray(part * words, (part + 1) * words);
  }

  #decodeNetwork(): HeldLayer[] {
    const { weights, biases } = this.#memories;
    const { lanes, neurons } = this.#capacity;
    const memories = { table: this.#part('layerTable'), weights: new Int16Array(weights.buffer) };
    const alphas = biases.subarray(neurons);
    return decodeLayers({ ...memories, biases, alphas, lanes }, this.#register('layerCount', 8));
  }

  /** Before its memories change. */
  #forgetNetwork(): void {
    this.#storeTraining();
    this.#network = undefined;
  }

  get #planes(): Planes {
    const { lanes, trainRows } = this.#capacity;
    return { memory: new Int16Array(this.#memories.weights.buffer), lanes, trainRows };
  }

  #storeTraining(): void {
    for (const [index, state] of this.#training?.entries() ?? []) {
      encodeTraining(this.#planes, this.#network?.[index] as HeldLayer, state);
    }
    this.#training = undefined;
  }

  /** W and V of the layers, to be changed in place; none where no training is built. */
  #trainingOf(network: readonly HeldLayer[]): TrainingState[] {
    if (this.#capacity.trainRows === 0) return [];
    this.#training ??= network.map((layer) => decodeTraining(this.#planes, layer));
    return this.#training;
  }

  #commit(): void {
    const network = this.#network ?? this.#decodeNetwork();
    this.#network = network;
    const codes = decodeCodes(this.#trainingWords);
    for (const [index, state] of this.#trainingOf(network).entries()) {
      const held = network[index] as HeldLayer;
      const inputScale = network[index - 1]?.activationScale ?? 0;
      commit(state, codes, { inputScale, counts: this.#counts });
      network[index] = trainedLayer(held, state);
      this.#memories.biases.set(state.biases, held.neuronBase);
    }
  }

  /** Adds an image's gradient of the weights. */
  #train(network: readonly HeldLayer[], layers: readonly FixedLayer[], codes: Int32Array): void {
    const { gradientShift } = decodeCodes(this.#trainingWords);
    for (const [index, state] of this.#trainingOf(network).entries()) {
      const { delta, deltaExponent } = layers[index] as FixedLayer;
      const below = network[index - 1];
      const contribution = {
        input: layers[index - 1]?.activation ?? codes,
        inputScale: below?.activationScale ?? 0,
        scale: (network[index] as HeldLayer).scale,
        ...{ delta, deltaExponent },
      };
      accumulate(state, contribution, { gradientShift, counts: this.#counts });
    }
  }

  #runImage({ codes, label }: DecodedImage): void {
    this.#network ??= this.#decodeNetwork();
    const network = this.#network;
    const cost = COST_NAMES.get(this.#register('cost', 1)) as CostName;
    const injected = this.#injection(network);
    const layers = backpropagate({ layers: network, cost }, codes, injected ?? label);
    for (const [index, layer] of layers.entries()) {
      const held = network[index] as HeldLayer;
      this.#store(held, layer);
      this.#addUp(held, layer, LAYER_WORDS * index);
    }
    if (this.#trainingWords.train % 2 !== 0 && injected === undefined) {
      this.#train(network, layers, codes);
    }
    const outputs = layers.at(-1)?.z ?? new Int32Array();
    if (outputs.indexOf(Math.max(...outputs)) === label) this.#counts.correct++;
    const record = encodeRecord({
      ...{ network, layers, nonZeroInputs: countNonZero(codes) },
      injectLayer: injected?.layer ?? 0,
    });
    this.#part('records').set(record, this.#recordAt);
    const length = recordWords(network.length);
    const next = this.#recordAt + length;
    this.#recordAt = next + length > this.#capacity.recordWords ? 0 : next;
    this.#finished = (this.#finished + 1) % IMAGES_SPAN;
  }

  /** δ that is given for a layer; undefined where it comes from the cost. */
  #injection(network: readonly HeldLayer[]) {
    const layer = this.#register('injectLayer', 8);
    const target = network[layer - 1];
    if (target === undefined) return undefined;
    const units = this.#part('neurons');
    const delta = Array.from({ length: target.nOut }, (_, j) => high(units[2 * j + 1]));
    return { layer, delta, exponent: low(this.#register('injectExponent', 16)) };
  }

  /** What the image leaves behind of each neuron, the sums apart. */
  #store({ neuronBase }: HeldLayer, layer: FixedLayer): void {
    const { slopes } = this.#memories;
    const units = this.#part('neurons');
    const keepsUnits = this.#register('observe', 1) === 1;
    for (let j = 0; j < layer.z.length; j++) {
      const place = neuronBase + j;
      const exponent = (layer.slopeExponent[j] as number) << SLOPE_EXPONENT_LSB;
      const seen = this.#finished === 0 ? 0 : (slopes[place] as number) & FLAGS;
      slopes[place] = (layer.slope[j] as number) | exponent | seen | (layer.unitFlags[j] as number);
      if (!keepsUnits) continue;
      units[2 * place] = layer.z[j] as number;
      units[2 * place + 1] = pair(layer.activation[j] as number, high(units[2 * place + 1]));
    }
  }

  /** Σδ, in the memories: each neuron's with its δ, the exponent in the layer's table entry. */
  #addUp(
    { neuronBase, nOut }: HeldLayer,
    { delta, deltaExponent }: FixedLayer,
    entry: number,
  ): void {
    const words = this.#part('sums');
    const table = this.#part('layerTable');
    const sum = new DeltaSum(nOut);
    if (this.#finished > 0) {
      sum.exponent = getSignedField(table, entry, LAYER_FIELDS.sumExponent);
      for (let j = 0; j < nOut; j++) {
        const at = 2 * (neuronBase + j);
        sum.codes[j] = low(words[at + 1]) * WORD + ((words[at] as number) >>> 0);
      }
    }
    sum.add(delta, deltaExponent);
    for (let j = 0; j < nOut; j++) {
      const at = 2 * (neuronBase + j);
      const code = sum.codes[j] as number;
      words[at] = code % WORD;
      words[at + 1] = pair(Math.floor(code / WORD), delta[j] as number);
    }
    const exponentAt = entry + LAYER_FIELDS.sumExponent.word;
    table[exponentAt] = pair(low(table[exponentAt]), sum.exponent);
  }
}

/** Two numbers of 16 bits in a word. */
function pair(lower: number, upper: number): number {
  return (upper << 16) | (lower & (HALF - 1));
}

/** Bits 15:0, signed. */
function low(word = 0): number {
  return (word << 16) >> 16;
}

/** Bits 31:16, signed. */
function high(word = 0): number {
  return word >> 16;
}
