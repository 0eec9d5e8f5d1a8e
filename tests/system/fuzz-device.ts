/**
 * Strange bytes to a device and to the model of its link: after each batch both have said the same,
 * and after all of them the device still computes a network bit for bit.
 */
import type { BoardName } from '../../contract/boards.ts';
import { OPCODES, REGIONS, REGISTERS, REQUEST, STATUS } from '../../contract/protocol.ts';
import { openDevice } from '../../host/device.ts';
import {
  decodeReply,
  encodeRequest,
  type ReplyFrame,
  type RequestFrame,
} from '../../host/protocol/frames.ts';
import {
  decodeIdentity,
  identifyRequest,
  readRequest,
  wordsPerWrite,
  writeRequest,
} from '../../host/protocol/requests.ts';
import type { Transport } from '../../host/transport/transport.ts';
import { decodeRequest } from '../../model/frames.ts';
import { identityOf, openModel } from '../../model/open-model.ts';
import { cellsFrom, split } from './cells.ts';
import { createDraw, type Draw, drawCase } from './random-network.ts';
import { runCase } from './run-case.ts';
import { REACHED_WORDS, STRANGE_OPCODES, strangeCell, strangeRequest } from './strange-bytes.ts';

export interface FuzzOptions {
  readonly board: BoardName;
  readonly seed: number;
  /** Sent at least. */
  readonly bytes: number;
  /** Longest payload of the grid of every opcode and every length; its step. */
  readonly grid: { readonly length: number; readonly step: number };
  /** Ends it early, with what is done. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (bytes: number) => void;
}

export interface FuzzResult {
  readonly bytes: number;
  readonly batches: number;
  readonly replies: number;
}

/** Of `identify`, in the device's buffer. */
const IDENTIFY_BYTES = 8;
const BATCHES_PER_COUNT = 10;
const REPLY_MS = 20_000;
const SEQUENCES = 256;

/** The registers framesAccepted and framesDiscarded. */
const COUNTED = { address: REGISTERS.framesAccepted.address, count: 2 } as const;
const COMPARED = [REGIONS.weights.code, REGIONS.biases.code] as readonly number[];

/**
 * @param device of that board; ends with it, and stays open.
 * @throws Error with the batch, when device and model part or the device falls silent; with the
 *   first difference, when it computes a network wrong afterwards.
 */
export async function fuzzDevice(device: Transport, options: FuzzOptions): Promise<FuzzResult> {
  const { board, seed, signal, onProgress } = options;
  const draw = createDraw(seed);
  await using model = openModel(board);
  const said = { device: cellsFrom(device), model: cellsFrom(model) };
  for (const cell of await loading(board, seed)) {
    await Promise.all([device.write(cell), model.write(cell)]);
    await Promise.all([takeReply(said.device, device), takeReply(said.model, model)]);
  }

  let bytes = 0;
  let batches = 0;
  let replies = 0;
  // Noise is no answer to `identify` with this one.
  let nonce = 0x5eed0000;
  let sequence = 0;
  const exchange = async (make: (sequence: number) => Uint8Array[]) => {
    nonce += 1;
    const number = draw(SEQUENCES);
    const cells = make(sequence);
    const batch = Buffer.concat([...cells, identify(number, nonce)]);
    await Promise.all([device.write(batch), model.write(batch)]);
    const [heard, expected] = await Promise.all([
      takeUntil(said.device, { transport: device, nonce }),
      takeUntil(said.model, { transport: model, nonce }),
    ]);
    const asked = cells.flatMap(split).flatMap((cell) => decodeRequest(cell) ?? []);
    expectSame({ heard, expected, asked, batch });
    sequence = (number + 1) % SEQUENCES;
    bytes += batch.length;
    batches += 1;
    replies += heard.length;
    onProgress?.(bytes);
  };

  // Alone: what comes behind it may be counted too, or not yet.
  const compareCounts = async () => {
    const cell = counts(sequence);
    await Promise.all([device.write(cell), model.write(cell)]);
    const [heard, expected] = await Promise.all([
      takeReply(said.device, device),
      takeReply(said.model, model),
    ]);
    expectSame({ heard: [heard], expected: [expected], asked: [], batch: cell });
    sequence = (sequence + 1) % SEQUENCES;
  };

  await exchange(() => []);
  for (const write of clearing(board)) {
    await exchange((at) => [encodeRequest({ ...write, sequence: at })]);
  }
  for (const each of grid(options.grid)) {
    if (signal?.aborted) break;
    if (fills(each.length, board)) continue;
    await exchange((at) => [encodeRequest(strangeRequest(draw, { ...each, sequence: at }))]);
  }
  while (bytes < options.bytes && !signal?.aborted) {
    await exchange((at) => someCells(draw, { sequence: at, board }));
    if (batches % BATCHES_PER_COUNT === 0) await compareCounts();
  }
  await compareCounts();
  const rest = { ...wireOf(device), incoming: said.device };
  const difference = await computesWrong(rest, seed);
  if (difference !== undefined) throw new Error(`computes wrong afterwards: ${difference}`);
  return { bytes, batches, replies };
}

/** What a host sends to load a network, so that an image which happens to be good is computed. */
async function loading(board: BoardName, seed: number): Promise<Uint8Array[]> {
  const cells: Uint8Array[] = [];
  await using model = openModel(board);
  const spied: Transport = {
    ...model,
    async write(bytes) {
      cells.push(...split(bytes));
      await model.write(bytes);
    },
  };
  const device = await openDevice(spied, { nonce: 1 });
  const { network } = drawCase(createDraw(seed), device.identity, [4, 3, 2]);
  await device.loadNetwork(network);
  return cells;
}

/** What nobody wrote is random in the one, and 0 in the other. */
function* clearing(board: BoardName): Generator<{ opcode: number; payload: Uint8Array }> {
  const { bufferBytes } = identityOf(board);
  const most = wordsPerWrite(Math.min(REQUEST.maxPayloadBytes, bufferBytes / 2));
  for (const region of ['weights', 'biases'] as const) {
    for (let address = 0; address < REACHED_WORDS; address += most) {
      const words = new Int32Array(Math.min(most, REACHED_WORDS - address));
      const { payload } = writeRequest(region, { address, words });
      yield { opcode: OPCODES.write.code, payload };
    }
  }
}

function* grid({
  length,
  step,
}: FuzzOptions['grid']): Generator<{ opcode: number; length: number }> {
  for (let at = 0; at <= length; at += step) {
    for (const opcode of STRANGE_OPCODES) yield { opcode, length: at };
  }
}

/** Whether a request fits the device's buffer, but not with `identify` behind it. */
function fills(length: number, board: BoardName): boolean {
  const { bufferBytes } = identityOf(board);
  const bytes = REQUEST.headerBytes + length;
  return bytes <= bufferBytes && bytes + IDENTIFY_BYTES > bufferBytes;
}

/** As many as the buffer holds, whatever they are. */
function someCells(
  draw: Draw,
  { sequence, board }: { sequence: number; board: BoardName },
): Uint8Array[] {
  const cells: Uint8Array[] = [];
  let room = identityOf(board).bufferBytes - IDENTIFY_BYTES;
  do {
    const cell = strangeCell(draw, (sequence + cells.length) % SEQUENCES);
    room -= cell.length;
    if (room < 0) return cells;
    cells.push(cell);
  } while (draw(8) > 0);
  return cells;
}

/** Without what it has by its class. */
function wireOf(transport: Transport): Transport {
  const { incoming, clock, line } = transport;
  return {
    ...{ incoming, clock, line },
    write: (bytes, options) => transport.write(bytes, options),
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  };
}

/** Asks for the number of frames that were taken and discarded until then. */
function counts(sequence: number): Uint8Array {
  const { payload } = readRequest('registers', COUNTED);
  return encodeRequest({ opcode: OPCODES.read.code, sequence, payload });
}

function identify(sequence: number, nonce: number): Uint8Array {
  return encodeRequest({
    opcode: OPCODES.identify.code,
    sequence,
    payload: identifyRequest(nonce).payload,
  });
}

type Cells = AsyncGenerator<Uint8Array>;

/** But those that come unasked: when the device finds time for them the model does not know. */
async function takeReply(cells: Cells, transport: Transport): Promise<ReplyFrame> {
  for (;;) {
    const reply = await takeAny(cells, transport);
    if (reply.status !== STATUS.damaged.code) return reply;
  }
}

async function takeAny(cells: Cells, transport: Transport): Promise<ReplyFrame> {
  const timer = setTimeout(() => transport[Symbol.asyncDispose](), REPLY_MS);
  const { value: cell, done } = await cells.next();
  clearTimeout(timer);
  if (done) throw new Error(`silent for ${REPLY_MS / 1000} s`);
  const reply = decodeReply(cell);
  if (reply.kind === 'discarded') throw new Error(`said what is no reply: ${reply.reason}`);
  return reply;
}

async function takeUntil(
  cells: Cells,
  { transport, nonce }: { transport: Transport; nonce: number },
): Promise<ReplyFrame[]> {
  const replies: ReplyFrame[] = [];
  for (;;) {
    const reply = await takeReply(cells, transport);
    replies.push(reply);
    const isIdentity = reply.opcode === OPCODES.identify.code && reply.status === STATUS.ok.code;
    if (isIdentity && decodeIdentity(reply.payload).nonce === nonce) return replies;
  }
}

interface Exchange {
  readonly heard: readonly ReplyFrame[];
  readonly expected: readonly ReplyFrame[];
  /** Those that are frames at all; `identify` came after them. */
  readonly asked: readonly RequestFrame[];
  readonly batch: Uint8Array;
}

function expectSame({ heard, expected, asked, batch }: Exchange): void {
  const differs = expected.findIndex((reply, at) => {
    const own = heard[at];
    const request = asked[at];
    if (own === undefined) return true;
    const sameHead = own.opcode === reply.opcode && own.sequence === reply.sequence;
    if (!sameHead || own.status !== reply.status) return true;
    if (request !== undefined && holdsOther(request)) {
      return own.payload.length !== reply.payload.length;
    }
    return Buffer.compare(own.payload, reply.payload) !== 0;
  });
  if (differs < 0 && heard.length === expected.length) return;
  const told = (reply: ReplyFrame | undefined) =>
    reply && { ...reply, payload: Buffer.from(reply.payload).toString('hex') };
  throw new Error(
    `reply ${differs} of ${expected.length}: ${JSON.stringify(told(heard[differs]))}, the model says ` +
      `${JSON.stringify(told(expected[differs]))}; batch ${Buffer.from(batch).toString('hex')}`,
  );
}

/** Whether it asks for what counts cycles, or what nobody wrote. */
function holdsOther({ opcode, payload }: RequestFrame): boolean {
  const asks = opcode === OPCODES.read.code || opcode === OPCODES.checksum.code;
  if (!asks || COMPARED.includes(payload[0] as number)) return false;
  return Buffer.compare(payload, readRequest('registers', COUNTED).payload) !== 0;
}

/** @returns the first difference from the model, as text; undefined for none */
async function computesWrong(transport: Transport, seed: number): Promise<string | undefined> {
  const device = await openDevice(transport);
  const drawn = drawCase(createDraw(seed), device.identity);
  const { equal, firstDifference } = await runCase(device, drawn);
  return equal ? undefined : JSON.stringify(firstDifference);
}
