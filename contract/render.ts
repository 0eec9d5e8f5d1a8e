/** The text of every view derived from the contract. Pure: `tools/generate.ts` writes the files. */
import { activationMask, BOARDS, type BoardName } from './boards.ts';
import { CONTRACT_CRC } from './fingerprint.ts';
import {
  DELTA_SUM_STEP,
  FORMATS,
  LEAST_SHIFT,
  MAX_BATCH_IMAGES,
  NO_EXPONENT,
  SATURATED_EXPONENT,
  TAIL_TABLE,
  Z_SHIFT_MIN,
} from './formats.ts';
import { markdownTable } from './markdown.ts';
import * as protocol from './protocol.ts';

const NOTICE = 'Generated from contract/ by `npm run gen`; do not edit.';

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
const upper = (name: string) =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toUpperCase();

/** Name and value of each number of the contract, in the order of the source. */
function constants(): [name: string, value: number, width: number][] {
  const rows: [string, number, number][] = [];
  const add = (name: string, value: number, width: number) => rows.push([name, value, width]);
  for (const [name, { code }] of Object.entries(protocol.OPCODES))
    add(`OPCODE_${upper(name)}`, code, 8);
  for (const [name, { code }] of Object.entries(protocol.STATUS))
    add(`STATUS_${upper(name)}`, code, 8);
  for (const [name, { part }] of Object.entries(protocol.UNIT_MEMORY))
    add(`UNITS_${upper(name)}`, part, 2);
  for (const [name, { code }] of Object.entries(protocol.REGIONS))
    add(`REGION_${upper(name)}`, code, 8);
  for (const [name, { address }] of Object.entries(protocol.REGISTERS)) {
    add(`REGISTER_${upper(name)}`, address, 8);
  }
  for (const [name, { address }] of Object.entries(protocol.TRAINING)) {
    add(`TRAINING_${upper(name)}`, address, 3);
  }
  for (const [name, code] of Object.entries(protocol.COSTS)) add(`COST_${upper(name)}`, code, 1);
  for (const [name, code] of Object.entries(protocol.ACTIVATIONS))
    add(`ACTIVATION_${upper(name)}`, code, 4);
  return rows;
}

/** Sizes without a width of their own: used as parameters, ranges and loop bounds. */
function sizes(): [name: string, value: number][] {
  const { REQUEST, REPLY, IMAGE, LIMITS } = protocol;
  return [
    ['REQUEST_HEADER_BYTES', REQUEST.headerBytes],
    ['REQUEST_MAX_PAYLOAD', REQUEST.maxPayloadBytes],
    ['REPLY_HEADER_BYTES', REPLY.headerBytes],
    ['REPLY_PAYLOAD_BYTES', REPLY.payloadBytes],
    ['REPLY_DECODED_BYTES', REPLY.decodedBytes],
    ['REPLY_WIRE_BYTES', REPLY.wireBytes],
    ['REPLY_FLAG', REPLY.flag],
    ['CRC_BYTES', REQUEST.crcBytes],
    ['MAX_READ_WORDS', protocol.MAX_READ_WORDS],
    ['LAYER_WORDS', protocol.LAYER_WORDS],
    ['RECORD_WORDS', protocol.RECORD_WORDS],
    ['RECORD_HEADER_WORDS', protocol.RECORD_HEADER_WORDS],
    ['IMAGE_HEADER_BYTES', IMAGE.headerBytes],
    ['IMAGE_WIDE_FLAG', IMAGE.wideFlag],
    ['IMAGE_CONTINUED_FLAG', IMAGE.continuedFlag],
    ['IMAGE_OPEN_FLAG', IMAGE.openFlag],
    ['UNIT_FLAG_ALIVE', protocol.UNIT_FLAGS.alive.bit],
    ['UNIT_FLAG_RESPONSIVE', protocol.UNIT_FLAGS.responsive.bit],
    ['SATURATED_EXPONENT', SATURATED_EXPONENT],
    ['LEAST_SHIFT', LEAST_SHIFT],
    ['Z_SHIFT_MIN', Z_SHIFT_MIN],
    ['DELTA_SUM_STEP', DELTA_SUM_STEP],
    ['MAX_BATCH_IMAGES', MAX_BATCH_IMAGES],
    ['IDENTITY_BYTES', Object.values(protocol.IDENTITY).reduce((sum, { bytes }) => sum + bytes, 0)],
    ['STALL_MS', protocol.DEVICE_TIMEOUTS.stallMs],
    ['BAUD_REVERT_MS', protocol.DEVICE_TIMEOUTS.baudRevertMs],
    ['SAFE_BAUD', protocol.BAUD.safe],
    ['BREAK_BITS', protocol.BAUD.breakBits],
    ['MAX_LAYERS', LIMITS.layers],
    ['MAX_INPUTS', LIMITS.inputs],
    ['MAX_WIDTH', LIMITS.width],
  ];
}

function fieldRows(): [name: string, word: number, lsb: number, width: number][] {
  const groups = {
    LAYER: protocol.LAYER_FIELDS,
    RECORD_HEADER: protocol.RECORD_HEADER,
    RECORD_LAYER: protocol.RECORD_LAYER,
  };
  return Object.entries(groups).flatMap(([group, fields]) =>
    Object.entries(fields).map(
      ([name, { word, lsb, width }]) =>
        [`${group}_${upper(name)}`, word, lsb, width] as [string, number, number, number],
    ),
  );
}

/** `{last, …, first}` of the identity, so that byte 0 is the lowest; sources are parameters. */
function identityVector(): string {
  const values: Record<string, string> = {
    protocolVersion: `16'd${protocol.PROTOCOL_VERSION}`,
    contractCrc: `32'h${hex(CONTRACT_CRC, 8)}`,
  };
  const parts = Object.entries(protocol.IDENTITY).map(
    ([name, { bytes, source }]) => values[name] ?? `${source}[${8 * bytes - 1}:0]`,
  );
  return `{${parts.reverse().join(', ')}}`;
}

/** rtl/include/ds_contract.vh */
export function verilogHeader(): string {
  const lines = [
    `// ds_contract.vh: the contract for rtl/link and the tops. ${NOTICE}`,
    '`ifndef DS_CONTRACT_VH',
    '`define DS_CONTRACT_VH',
    '',
    ...constants().map(([name, value, width]) => `\`define DS_${name} ${width}'d${value}`),
    '',
    ...sizes().map(([name, value]) => `\`define DS_${name} ${value}`),
    '',
    '// Fields of layer table and records: bit within the whole entry, width.',
    ...fieldRows().flatMap(([name, word, lsb, width]) => [
      `\`define DS_${name}_AT ${32 * word + lsb}`,
      `\`define DS_${name}_WIDTH ${width}`,
    ]),
    '',
    '// Number formats: width and fraction in bits.',
    ...Object.entries(FORMATS).flatMap(([name, { width, fraction }]) => [
      `\`define DS_${upper(name)}_BITS ${width}`,
      `\`define DS_${upper(name)}_FRACTION ${fraction}`,
    ]),
    `\`define DS_NO_EXPONENT (${NO_EXPONENT})`,
    `\`define DS_SEGMENT_BITS ${TAIL_TABLE.segmentBits}`,
    `\`define DS_SEGMENT_BASE_BITS ${TAIL_TABLE.baseBits}`,
    `\`define DS_SEGMENT_DROP_BITS ${TAIL_TABLE.dropBits}`,
    '',
    '// Identity as one vector, byte 0 lowest, from the parameters of the module that uses it.',
    `\`define DS_IDENTITY ${identityVector()}`,
    '',
    '`endif',
  ];
  return `${lines.join('\n')}\n`;
}

/** tests/rtl/contract.py */
export function pythonConstants(): string {
  const lines = [
    `"""The contract for cocotb. ${NOTICE}"""`,
    '',
    ...constants().map(([name, value]) => `${name} = ${value}`),
    ...sizes().map(([name, value]) => `${name} = ${value}`),
    ...Object.entries(FORMATS).flatMap(([name, { width, fraction }]) => [
      `${upper(name)}_BITS = ${width}`,
      `${upper(name)}_FRACTION = ${fraction}`,
    ]),
    `NO_EXPONENT = ${NO_EXPONENT}`,
    `CONTRACT_CRC = 0x${hex(CONTRACT_CRC, 8).toUpperCase()}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** Verilog parameters of `ds_device` for a board. */
export function boardParameters(name: BoardName): Record<string, number> {
  const board = BOARDS[name];
  return {
    BoardId: board.id,
    Lanes: board.lanes,
    ClockHz: board.clockHz,
    Baud: board.baud,
    WeightRows: board.weightRows,
    Neurons: board.neurons,
    Inputs: board.inputs,
    MaxWidth: board.maxWidth,
    Layers: board.layers,
    Activations: activationMask(board),
    RecordWords: board.recordWords,
    BufferBytes: board.bufferBytes,
    TrainRows: board.trainRows,
    ImageBanks: board.imageBanks,
    Shared: board.sharedMemory ? 1 : 0,
  };
}

/** Verilog parameters of `ds_clock` for a board. */
export function clockParameters(name: BoardName): Record<string, number> {
  const { oscillatorHz, pll } = BOARDS[name];
  return {
    OscillatorHz: oscillatorHz,
    Reference: pll.reference,
    Feedback: pll.feedback,
    Output: pll.output,
  };
}

/** rtl/include/ds_boards.vh */
export function boardsHeader(): string {
  const define = (name: string, parameters: Record<string, number>) =>
    `\`define ${name} \\\n${Object.entries(parameters)
      .map(([parameter, value]) => `  .${parameter}(${value})`)
      .join(', \\\n')}`;
  const lines = [
    `// ds_boards.vh: the parameters of each board, for its top. ${NOTICE}`,
    '`ifndef DS_BOARDS_VH',
    '`define DS_BOARDS_VH',
    ...(Object.keys(BOARDS) as BoardName[]).flatMap((name) => [
      '',
      define(`DS_${upper(name)}_CLOCK`, clockParameters(name)),
      define(`DS_${upper(name)}_DEVICE`, boardParameters(name)),
    ]),
    '',
    '`endif',
  ];
  return `${lines.join('\n')}\n`;
}

/** docs/protocol.md */
export function protocolPage(): string {
  const { REQUEST, REPLY } = protocol;
  return `# The protocol

${NOTICE}

Protocol version ${protocol.PROTOCOL_VERSION}, contract CRC-32 \`${hex(CONTRACT_CRC, 8)}\`. All numbers little-endian. Every frame is
COBS-encoded and ends in 0x00; its CRC-32 (IEEE 802.3) covers everything before it.

- **Request** (host → device): opcode u8, sequence u8, payload length u16, payload (at most
  ${REQUEST.maxPayloadBytes} bytes), CRC-32.
- **Reply** (device → host): always ${REPLY.wireBytes} bytes on the wire: opcode + 0x80, sequence u8, status u8,
  payload length u8, ${REPLY.payloadBytes} bytes of payload (padded with 0), CRC-32.

Each request has exactly one reply, with its sequence number. The device expects sequence numbers
in order from the one after \`identify\`. An effect whose number came before is acknowledged as
\`duplicate\` and not executed again; one that comes too early is refused as \`outOfOrder\`.

One reply more, \`damaged\`, comes unasked: when what ended last was no good frame and no request waits.
Its opcode and sequence mean nothing.

## The line
8 data bits, one stop bit, ${protocol.BAUD.safe} baud after reset. A new \`baudDivisor\` holds from after its reply; when no
good frame comes within ${protocol.DEVICE_TIMEOUTS.baudRevertMs} ms, or the line stays low for ${protocol.BAUD.breakBits} bits beyond a byte, the device is back at ${protocol.BAUD.safe}.
A frame whose next byte is ${protocol.DEVICE_TIMEOUTS.stallMs} ms late is dropped. Requests other than \`run\` and \`identify\` wait until no image
is in work.

## Opcodes
${markdownTable(
  ['opcode', 'code', 'effect', 'payload → reply'],
  Object.entries(protocol.OPCODES).map(([n, o]) => [
    n,
    `0x${hex(o.code, 2)}`,
    o.effect ? 'yes' : 'no',
    o.about,
  ]),
)}

## Status
${markdownTable(
  ['status', 'code', 'meaning'],
  Object.entries(protocol.STATUS).map(([n, s]) => [n, s.code, s.about]),
)}

## Regions
${markdownTable(
  ['region', 'code', 'access', 'address'],
  Object.entries(protocol.REGIONS).map(([n, r]) => [
    n,
    r.code,
    `${r.read ? 'r' : ''}${r.write ? 'w' : ''}`,
    r.about,
  ]),
)}

## Unit memory
${markdownTable(
  ['words from part · 2 N on', 'part', 'words'],
  Object.entries(protocol.UNIT_MEMORY).map(([n, m]) => [n, m.part, m.about]),
)}

## Registers
${markdownTable(
  ['register', 'address', 'access', 'meaning'],
  Object.entries(protocol.REGISTERS).map(([n, r]) => [n, r.address, r.access, r.about]),
)}

## Training
Region \`training\`, on boards with \`trainRows\`; what the words mean is in
[decision 18](decisions/0018-training.md).

${markdownTable(
  ['word', 'address', 'access', 'meaning'],
  Object.entries(protocol.TRAINING).map(([n, w]) => [n, w.address, w.access, w.about]),
)}

## Layer table, ${protocol.LAYER_WORDS} words a layer
${fieldTable(protocol.LAYER_FIELDS)}

## Records: a header of ${protocol.RECORD_HEADER_WORDS} words, then ${protocol.RECORD_WORDS} words a layer
${fieldTable(protocol.RECORD_HEADER)}

${fieldTable(protocol.RECORD_LAYER)}

## Identity
${markdownTable(
  ['field', 'bytes'],
  Object.entries(protocol.IDENTITY).map(([n, f]) => [n, f.bytes]),
)}

## Costs and activations
${markdownTable(
  ['name', 'code'],
  [...Object.entries(protocol.COSTS), ...Object.entries(protocol.ACTIVATIONS)],
)}

## Unit flags
${markdownTable(
  ['flag', 'bit', 'meaning'],
  Object.entries(protocol.UNIT_FLAGS).map(([n, f]) => [n, f.bit, f.about]),
)}

## Images in a \`run\` request
label u8, flags u8, bytes u16, then runs: skip u8, length u8, \`length\` values. Flags: ${protocol.IMAGE.wideFlag}, values are
i16 activation codes, else pixels u8; ${protocol.IMAGE.continuedFlag}, goes on where the part before ended; ${protocol.IMAGE.openFlag}, another part
follows.

## Number formats
${markdownTable(
  ['signal', 'bits', 'signed', 'fraction', 'scaled by 2^s or 2^X'],
  Object.entries(FORMATS).map(([n, f]) => [
    n,
    f.width,
    f.signed ? 'yes' : 'no',
    f.fraction,
    f.scaled ? 'yes' : 'no',
  ]),
)}
`;
}

interface FieldRow {
  readonly word: number;
  readonly lsb: number;
  readonly width: number;
  readonly about?: string;
}

function fieldTable(fields: Record<string, FieldRow>): string {
  const rows = Object.entries(fields).map(([n, f]) => [
    n,
    f.word,
    `${f.lsb + f.width - 1}:${f.lsb}`,
    f.about ?? '',
  ]);
  return markdownTable(['field', 'word', 'bits', 'meaning'], rows);
}
