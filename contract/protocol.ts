/**
 * The protocol between host and device: opcodes, regions, registers, status codes, frame layout,
 * time-outs. Plain data; `docs/protocol.md` and the Verilog header are rendered from it.
 */
export const PROTOCOL_VERSION = 1;

/**
 * Host → device frame, before COBS: opcode u8, sequence u8, payload length u16, payload,
 * CRC-32 (IEEE 802.3, reflected, of everything before it) u32. Little-endian throughout.
 */
export const REQUEST = { headerBytes: 4, maxPayloadBytes: 1024, crcBytes: 4 } as const;

/**
 * Device → host cell, before COBS: opcode | 0x80 u8, sequence u8, status u8, payload length u8,
 * payload padded with zeros, CRC-32 u32. 62 bytes are always 63 in COBS, and 64 with the zero.
 */
export const REPLY = {
  headerBytes: 4,
  payloadBytes: 54,
  crcBytes: 4,
  decodedBytes: 62,
  wireBytes: 64,
  flag: 0x80,
} as const;

/** `effect`: a repeated sequence number is acknowledged and not executed again. */
export const OPCODES = {
  identify: { code: 0x01, effect: false, about: 'nonce u32 → nonce u32, identity; next sequence' },
  write: { code: 0x02, effect: true, about: 'region u8, address u24, words → (empty)' },
  read: { code: 0x03, effect: false, about: 'region u8, address u24, count u8 → count words u32' },
  run: { code: 0x04, effect: true, about: 'images → (empty), once each is in the image buffer' },
  checksum: {
    code: 0x05,
    effect: false,
    about: 'region u8, address u24, count u32 → CRC-32 u32 of that many words as they are written',
  },
  echo: { code: 0x06, effect: false, about: 'up to 54 bytes → the same bytes' },
} as const;

/** Words of 32 bits that one `read` reply holds. */
export const MAX_READ_WORDS = 13;

export const STATUS = {
  ok: { code: 0, about: 'done' },
  duplicate: { code: 1, about: 'executed before, and not again; a refusal is repeated instead' },
  outOfOrder: { code: 2, about: 'a frame before this one is missing; payload: expected sequence' },
  badOpcode: { code: 3, about: 'no such opcode' },
  badLength: { code: 4, about: 'the payload length does not suit the opcode' },
  badRegion: { code: 5, about: 'no such region, or not readable or writable' },
  badImage: { code: 6, about: 'an image whose runs overrun its bytes or the input width' },
  damaged: { code: 7, about: 'unasked, after what is no good frame; payload: expected sequence' },
} as const;

/** Memories seen from the link, in words of 32 bits, sign-extended where the format is signed. */
export const REGIONS = {
  registers: { code: 0, write: true, read: true, about: 'see Registers' },
  weights: {
    code: 1,
    write: true,
    read: true,
    about: 'LANES/2 · row + pair: two weights, the lower lane in the lower half',
  },
  biases: {
    code: 2,
    write: true,
    read: true,
    about: 'neuron; N + neuron, where relu or elu is built: α, D and F in bits 19:16',
  },
  units: { code: 3, write: true, read: true, about: 'see Unit memory' },
  slopes: { code: 4, write: false, read: true, about: 'neuron: D, E′ in bits 21:16, unit flags' },
  training: { code: 5, write: true, read: true, about: 'see Training' },
} as const;
export const REGION_WORD_BYTES = 4;

/**
 * What is kept per neuron, layer or image, in parts of 2 · N words, N the neurons the device has.
 * `part`: which of them. With R the running exponent, m of the δ given for the layer at
 * `injectLayer`, z and a kept while `observe` is set.
 */
export const UNIT_MEMORY = {
  sums: {
    part: 0,
    about: '2·neuron: Σδ bits 31:0; then bits 47:32 below, δ of the last image above',
  },
  neurons: { part: 1, about: '2·neuron: z of the last image; then a below, given m above' },
  layerTable: { part: 2, about: '4·(ℓ-1) + word: see Layer table; R is kept by the device' },
  records: { part: 3, about: 'see Records' },
} as const;

/** `w` may be written, `r` is set by the device. */
export const REGISTERS = {
  layerCount: { address: 0, access: 'w', about: 'L, 1 … 128' },
  inputWidth: { address: 1, access: 'w', about: 'n_in of layer 1' },
  cost: { address: 2, access: 'w', about: 'see Costs' },
  beginBatch: { address: 3, access: 'w', about: 'any value: clear Σδ, the counts and the records' },
  images: { address: 4, access: 'r', about: 'images finished in this batch' },
  framesAccepted: { address: 5, access: 'r', about: 'frames with a good CRC since reset' },
  framesDiscarded: {
    address: 6,
    access: 'r',
    about: 'frames dropped: CRC, length, stall, no room',
  },
  injectLayer: { address: 7, access: 'w', about: 'ℓ whose δ is given; 0: from the cost' },
  injectExponent: { address: 8, access: 'w', about: 'X of the given δ = m · 2^X' },
  baudDivisor: { address: 9, access: 'w', about: 'clock cycles a bit, from after the reply on' },
  observe: {
    address: 11,
    access: 'w',
    about: '1: keep z and a of the image, at some cost in time',
  },
  blink: { address: 10, access: 'w', about: 'lights the LED of the board: 1, or 0' },
} as const;

/**
 * Training state of a network of R ≤ `trainRows` rows: a pair of words each for weight W and
 * gradient V, in planes of the weights' memory: row r of a plane is at plane · trainRows + r. The
 * high word is rounded, the low one signed. Behind the weights of a layer lie `groups` more rows:
 * its biases, B as W (docs/decisions/0018-training.md).
 */
export const TRAINING_PLANES = {
  weightHigh: 0,
  weightLow: 1,
  gradientHigh: 2,
  gradientLow: 3,
} as const;

/** Words of the region `training`. Counts are since `beginBatch`, modulo 2^32. */
export const TRAINING = {
  train: { address: 0, access: 'w', about: '1: each image adds its gradient of the weights to V' },
  gradientShift: { address: 1, access: 'w', about: 'Γ, 16 bits, signed' },
  step: { address: 2, access: 'w', about: 'D in bits 14:0, G in 19:16' },
  decay: { address: 3, access: 'w', about: 'K in bits 14:0, n in 21:16' },
  momentum: { address: 4, access: 'w', about: 'M, 15 bits' },
  commit: { address: 5, access: 'w', about: 'any value: the step of the batch' },
  roundedToZero: {
    address: 0,
    access: 'r',
    about: 'contributions to V that were not zero and became zero',
  },
  clamped: { address: 1, access: 'r', about: 'W and V that were clamped' },
  shiftClamped: { address: 2, access: 'r', about: 'layers of images that were too large for V' },
  cycles: { address: 3, access: 'r', about: 'that the last commit took' },
  correct: { address: 4, access: 'r', about: 'images whose label has the largest z^L' },
} as const;

export const COSTS = { 'cross-entropy': 0, quadratic: 1 } as const;

/** `relu` and `elu` take an α of each neuron: 0 is the plain ReLU. A board has some of them. */
export const ACTIVATIONS = { sigmoid: 0, identity: 1, tanh: 2, relu: 3, elu: 4 } as const;

/** Bits of a word of slopes: what was seen of the unit in some image of the batch. */
export const UNIT_FLAGS = {
  alive: { bit: 22, about: 'its derivative was not zero; a unit that stays without is dead' },
  responsive: { bit: 23, about: 'was not saturated' },
} as const;

/** δ given for a layer: every δ above it is zero, the cost is not used. */
export const INJECTION = { minExponent: -4096, maxExponent: 4096 } as const;

/**
 * Layer table entry: four words. `deltaShift` is s - 30, added to X^(ℓ+1) on the way to layer ℓ.
 * Weight row address = weightBase + g · nIn + k.
 */
export const LAYER_FIELDS = {
  nIn: { word: 0, lsb: 0, width: 11 },
  nOut: { word: 0, lsb: 16, width: 9 },
  weightBase: { word: 1, lsb: 0, width: 24 },
  zShift: { word: 1, lsb: 24, width: 5 },
  /** e of the layer's inputs. */
  inputScale: { word: 1, lsb: 29, width: 3 },
  neuronBase: { word: 2, lsb: 0, width: 16 },
  groups: { word: 2, lsb: 16, width: 7 },
  activationScale: { word: 2, lsb: 24, width: 3 },
  activation: { word: 2, lsb: 28, width: 4 },
  deltaShift: { word: 3, lsb: 0, width: 16 },
  /** Kept by the device: the running X of Σδ. */
  sumExponent: { word: 3, lsb: 16, width: 16 },
} as const;
export const LAYER_WORDS = 4;

/**
 * Result record of an image: a header of `RECORD_HEADER_WORDS`, then `RECORD_WORDS` per layer
 * 1 … L. Records follow each other from address 0 after `beginBatch`; one that would not fit wholly
 * before the end of the memory starts at 0 again.
 */
export const RECORD_WORDS = 4;
export const RECORD_HEADER_WORDS = 8;
/** Times are of one free-running counter of cycles, modulo 2^32. */
export const RECORD_HEADER = {
  startTime: { word: 0, lsb: 0, width: 32, about: 'when work on the image began' },
  forwardTime: { word: 2, lsb: 0, width: 32, about: 'when its forward pass was over' },
  drainStalls: { word: 3, lsb: 0, width: 20, about: 'cycles in which a row waited for the drain' },
  nonZeroInputs: { word: 3, lsb: 20, width: 11, about: 'entries of the image' },
  endTime: { word: 4, lsb: 0, width: 32, about: 'when its header was written' },
  alignCycles: { word: 5, lsb: 0, width: 20, about: 'cycles normalising δ' },
  rows: { word: 6, lsb: 0, width: 20, about: 'weight rows read' },
} as const;
export const RECORD_LAYER = {
  sumSquaresLow: { word: 0, lsb: 0, width: 32, about: 'Σ m²' },
  sumSquaresHigh: { word: 1, lsb: 0, width: 8, about: 'its upper bits' },
  deltaExponent: { word: 1, lsb: 16, width: 16, about: 'X, signed' },
  roundedToZero: { word: 2, lsb: 0, width: 9, about: 'elements of δ that became zero' },
  deltaSaturated: { word: 2, lsb: 9, width: 9, about: 'mantissas of δ clamped' },
  zSaturated: { word: 3, lsb: 0, width: 9, about: 'z clamped' },
  activationSaturated: { word: 3, lsb: 9, width: 9, about: 'a clamped' },
  saturatedUnits: {
    word: 3,
    lsb: 18,
    width: 9,
    about: 'units in the flat part of their activation',
  },
} as const;

/**
 * One image in a `run` payload, any number of them in a row: label u8 (the index of the one in the
 * one-hot y), flags u8, bytes u16, then `bytes` bytes of runs: skip u8 (zero inputs), length u8,
 * `length` values. A value is a pixel x u8 (activation x/256), or with `wide` an activation code
 * i16. An image that does not fit one payload comes in parts. Encodings of the same image may
 * differ; the device drops zero values itself.
 */
export const IMAGE = {
  headerBytes: 4,
  wideFlag: 0x01,
  /** Goes on where the part before ended. */
  continuedFlag: 0x02,
  /** Another part follows, in this request or the next; the image starts with the last one. */
  openFlag: 0x04,
  maxSkip: 255,
  maxLength: 255,
} as const;

/** Identity, in the order of the reply to `identify` after the nonce. `parameter`: Verilog name. */
export const IDENTITY = {
  protocolVersion: { bytes: 2, source: 'contract' },
  contractCrc: { bytes: 4, source: 'contract' },
  board: { bytes: 1, source: 'BoardId' },
  lanes: { bytes: 1, source: 'Lanes' },
  clockHz: { bytes: 4, source: 'ClockHz' },
  baud: { bytes: 4, source: 'Baud' },
  weightRows: { bytes: 2, source: 'WeightRows' },
  neurons: { bytes: 2, source: 'Neurons' },
  inputs: { bytes: 2, source: 'Inputs' },
  width: { bytes: 2, source: 'MaxWidth' },
  layers: { bytes: 1, source: 'Layers' },
  /** Bit c: the activation of code c is built. */
  activations: { bytes: 1, source: 'Activations' },
  recordWords: { bytes: 2, source: 'RecordWords' },
  bufferBytes: { bytes: 2, source: 'BufferBytes' },
  /** Rows of a network that can be trained; 0: none can. */
  trainRows: { bytes: 2, source: 'TrainRows' },
} as const;

/** Limits of the protocol; a board may have less and says so in its identity. */
export const LIMITS = { layers: 128, inputs: 1024, width: 256 } as const;

/**
 * Device side, in milliseconds of its clock. A frame whose next byte is later than `stallMs` is
 * dropped. A new baud that brings no good frame within `baudRevertMs` is given up for `safeBaud`.
 */
export const DEVICE_TIMEOUTS = { stallMs: 100, baudRevertMs: 500 } as const;

/** After reset, and the rates to try upwards from there; a divisor off by more is not used. */
export const BAUD = {
  safe: 115_200,
  steps: [115_200, 1_000_000, 3_000_000, 12_000_000],
  maxError: 0.02,
  /** A line low for so many bits beyond a byte takes the device back to `safe`. */
  breakBits: 20,
} as const;

/**
 * Host side. A reply is late after `replyMs`; the request is then sent again, `retries` times, each
 * wait twice as long as the last up to eight times the first: 7.75 s in all.
 */
export const TIMEOUTS = { replyMs: 250, retries: 5, identifyMs: 700 } as const;
