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
import { DeltaSum } from '../golden/fixed/delta-sum.ts';
import { backpropagate, type FixedLayer } from '../golden/fixed/network.ts';
import { getSignedField } from '../host/protocol/fields.ts';
import { recordWords } from '../host/protocol/records.ts';
import type { Identity, RegionName } from '../host/protocol/requests.ts';
import type { Core } from './endpoint.ts';
import { type DecodedImage, ImageDecoder } from './image-decoder.ts';
import { decodeLayers, HAS_ALPHA, type HeldLayer } from './network.ts';
import { countNonZero, encodeRecord } from './record.ts';

type Capacity = Pick<
  Identity,
  'lanes' | 'weightRows' | 'neurons' | 'inputs' | 'recordWords' | 'activations'
>;
type RegisterName = keyof typeof REGISTERS;

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
const COST_NAMES = new Map<number, CostName>(
  (Object.keys(COSTS) as CostName[]).map((name) => [COSTS[name], name]),
);

export class ModelCore implements Core {
  readonly #capacity: Capacity;
  readonly #images: ImageDecoder;
  readonly #memories: Readonly<Record<Exclude<RegionName, 'registers'>, Int32Array>>;
  /** Words of the last write to each, as rtl/link/ds_registers.v resets them. */
  readonly #registers = new Map<RegisterName, number>([
    ['layerCount', 1],
    ['inputWidth', 1],
  ]);
  /** Of the network as it is in the memories; undefined after a write there. */
  #network: HeldLayer[] | undefined;
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
      training: new Int32Array(Object.keys(TRAINING).length),
    };
  }

  write(region: RegionName, address: number, words: Int32Array): void {
    if (region === 'registers') {
      for (const [index, word] of words.entries()) this.#setRegister(address + index, word);
      return;
    }
    const memory = this.#memories[region];
    for (const [index, word] of words.entries()) {
      const at = (address + index) % memory.length;
      const isAlpha = region === 'biases' && at >= this.#capacity.neurons;
      memory[at] = isAlpha ? word & ALPHA_BITS : word;
    }
    this.#network = undefined;
  }

  read(region: RegionName, address: number): number {
    // Of the registers the others cannot be read, and read as anything.
    if (region === 'registers') return this.#finished;
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
    if (name === 'layerCount') this.#network = undefined;
    if (name === 'beginBatch') {
      this.#finished = 0;
      this.#recordAt = 0;
    }
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
