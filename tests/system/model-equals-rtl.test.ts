/**
 * One stream of requests to the model and to the simulated board: the same replies, byte for byte.
 * Only what counts clock cycles differs, since the model has none.
 */
import { describe, expect, test } from 'vitest';
import {
  IMAGE,
  OPCODES,
  RECORD_HEADER,
  RECORD_HEADER_WORDS,
  REGIONS,
  REGISTERS,
  REPLY,
  STATUS,
  UNIT_MEMORY,
} from '../../contract/protocol.ts';
import { openDevice } from '../../host/device.ts';
import { measure } from '../../host/measure.ts';
import { decodeCobs } from '../../host/protocol/cobs.ts';
import { decodeReply, encodeRequest, type RequestFrame } from '../../host/protocol/frames.ts';
import { recordWords } from '../../host/protocol/records.ts';
import { readRequest, writeRequest } from '../../host/protocol/requests.ts';
import { openTarget } from '../../host/transport/target.ts';
import type { Transport } from '../../host/transport/transport.ts';
import { decodeRequest } from '../../model/frames.ts';
import { identityOf, openModel } from '../../model/open-model.ts';
import { projectEnvironment } from '../../tools/setup/environment.mjs';
import { cellsFrom, split } from './cells.ts';
import { createDraw, drawCase } from './random-network.ts';

const SEED = 20_261_121;
const NONCE = 0x0badcafe;
/** Widths of the networks of the session. */
const SHAPES = [[20, 7, 5, 3], [3, 1], [33, 9, 4], Array<number>(30).fill(2)];
const REPLY_MS = 30_000;

interface Step {
  readonly cell: Uint8Array;
  /** Of the network that the device holds then. */
  readonly layers: number;
  /** No frame: of the reply, opcode and sequence mean nothing. */
  readonly isDamaged?: boolean;
}

/** What a host asks in a session of several networks, δ injected for some, everything observed. */
async function recordSession(board: 'icebreaker' | 'ulx3s-25f'): Promise<Step[]> {
  const steps: Step[] = [];
  const model = openModel(board);
  let layers = 1;
  const spied: Transport = {
    ...model,
    async write(bytes) {
      for (const cell of split(bytes)) steps.push({ cell, layers });
      await model.write(bytes);
    },
  };
  const draw = createDraw(SEED);
  await using device = await openDevice(spied, { nonce: NONCE });
  // What nobody writes is random in the one, and 0 in the other.
  const { neurons } = device.identity;
  const parts = Object.keys(UNIT_MEMORY).length;
  await device.write('units', 0, new Int32Array(2 * neurons * parts));
  for (const shape of SHAPES) {
    const { network, inputs, labels, injection } = drawCase(draw, device.identity, shape);
    layers = network.layers.length;
    await device.loadNetwork(network, { injection });
    const images = inputs.map((codes, index) => ({
      codes: Int16Array.from(codes),
      label: labels[index] as number,
    }));
    await measure(device, images, { observe: true });
    // Again without: z and a stay those of before.
    await measure(device, [...images, ...images]);
    await device.observe();
    await device.readUnitFlags();
  }
  return steps;
}

/** Requests that no host should make, and repeated ones, after the recorded ones. */
function misbehave({ cell, layers }: Step): Step[] {
  let sequence = (requestOf(cell).sequence + 1) % 256;
  const make = (opcode: keyof typeof OPCODES | number, payload: ArrayLike<number>, at = sequence) =>
    encodeRequest({
      opcode: typeof opcode === 'number' ? opcode : OPCODES[opcode].code,
      sequence: at,
      payload: Uint8Array.from(payload),
    });
  const steps: Step[] = [];
  const say = (bytes: Uint8Array) => steps.push({ cell: bytes, layers });
  const next = (opcode: keyof typeof OPCODES | number, payload: ArrayLike<number>) => {
    const bytes = make(opcode, payload);
    sequence = (sequence + 1) % 256;
    say(bytes);
    return bytes;
  };
  const write = (region: keyof typeof REGIONS, address: number, words: number[]) =>
    writeRequest(region, { address, words }).payload;
  const register = (name: keyof typeof REGISTERS) =>
    readRequest('registers', { address: REGISTERS[name].address, count: 1 }).payload;
  const { weights, slopes, registers } = REGIONS;
  const run = (...bytes: number[]) => next('run', bytes);
  const count = () => next('read', register('images'));

  next(0x55, [1, 2]);
  next('write', [1, 2, 3]);
  next('write', [slopes.code, 0, 0, 0, 1, 2, 3, 4]);
  const refused = next('write', [99, 0, 0, 0, 1, 2, 3, 4]);
  say(refused);
  next('write', [weights.code, 0, 0, 0, 1, 2, 3]);
  say(next('write', [weights.code, 0, 0, 0]));
  next('read', [99, 0, 0, 0, 1]);
  next('read', [weights.code, 0, 0, 0, 14]);
  next('read', [weights.code, 0, 0, 0]);
  say(next('read', [weights.code, 0, 0, 0, 0]));
  next('checksum', [weights.code, 0, 0, 0, 5, 0, 0]);
  next('checksum', [weights.code, 0, 0, 0, 5, 0, 0, 1]);
  next('checksum', [weights.code, 1, 0, 0, 0, 0, 0, 0]);
  say(next('checksum', [weights.code, 1, 0, 0, 5, 0, 0, 0]));
  next('echo', []);
  say(
    next(
      'echo',
      Uint8Array.from({ length: REPLY.payloadBytes }, (_, i) => 5 * i),
    ),
  );
  next('echo', new Uint8Array(REPLY.payloadBytes + 1));
  say(make('echo', [7], (sequence + 3) % 256));
  say(make('run', [], (sequence + 127) % 256));
  say(make(0x55, [], (sequence + 128) % 256));
  say(make('run', [], (sequence + 128) % 256));

  const { continuedFlag, openFlag, wideFlag } = IMAGE;
  next('write', write('registers', REGISTERS.beginBatch.address, [1]));
  next('run', []);
  count();
  // A whole one, then one whose run overruns its bytes, then one that is never reached.
  run(...[0, 0, 4, 0, 0, 2, 9, 8], ...[1, 0, 3, 0, 0, 2, 9], ...[1, 0, 0, 0]);
  count();
  say(run(1, 0, 3, 0, 2, 1, 7));
  count();
  run(1, 0, 3, 0, 2, 1, 7, 1);
  run(1, 0, 3, 0, 3, 1, 7);
  run(1, 0, 2, 0, 250, 0);
  run(1, wideFlag, 3, 0, 0, 1, 7);
  run(1, 0, 1, 0, 0);
  run(1, 0, 9, 0, 0, 1, 7);
  run(0, continuedFlag, 3, 0, 0, 1, 7);
  run(0, openFlag, 3, 0, 0, 1, 7);
  count();
  run(1, wideFlag | continuedFlag, 4, 0, 0, 1, 0, 0x80);
  count();
  run(0, openFlag, 3, 0, 0, 1, 7);
  run(0, 0, 3, 0, 1, 1, 7);
  run(0, continuedFlag, 0, 0);
  count();
  const records = { address: 2 * neurons * UNIT_MEMORY.records.part, count: 13 };
  next('read', readRequest('units', records).payload);
  next('read', readRequest('units', { ...records, address: records.address + 13 }).payload);

  const damaged = make('echo', [1, 2, 3]);
  damaged[5] = 77;
  steps.push({ cell: damaged, layers, isDamaged: true });
  const short = encodeRequest({ opcode: 6, sequence, payload: new Uint8Array(4).fill(9) });
  steps.push({ cell: Uint8Array.of(...short.slice(0, 3), 0), layers, isDamaged: true });
  next('read', register('framesAccepted'));
  next('read', register('framesDiscarded'));
  next('identify', [1, 2, 3]);
  next('identify', [1, 2, 3, 4]);
  // Forgotten: what was refused before is now a duplicate.
  say(refused);
  next('write', write('registers', registers.code, [layers]));
  return steps;
}

const { neurons } = identityOf('icebreaker');

function requestOf(cell: Uint8Array): RequestFrame {
  return decodeRequest(cell) ?? expect.fail('a step is no request');
}

/** Header, payload and padding of the reply to each step, one after the other. */
async function replay(transport: Transport, steps: readonly Step[]): Promise<Uint8Array[]> {
  await using _ = transport;
  const cells = cellsFrom(transport);
  const replies: Uint8Array[] = [];
  for (const { cell } of steps) {
    await transport.write(cell);
    const timer = setTimeout(() => transport[Symbol.asyncDispose](), REPLY_MS);
    const { value: reply, done } = await cells.next();
    clearTimeout(timer);
    if (done) expect.fail(`no reply to ${Buffer.from(cell).toString('hex')}`);
    expect(decodeReply(reply).kind).toBe('reply');
    const bytes = decodeCobs(reply) ?? expect.fail('not COBS');
    replies.push(bytes.slice(0, REPLY.decodedBytes - REPLY.crcBytes));
  }
  return replies;
}

/** A reply without the words of a record that count cycles, or that nobody writes. */
function withoutCycles({ cell, layers, isDamaged }: Step, reply: Uint8Array): Uint8Array {
  if (isDamaged) return reply.slice().fill(0, 0, 2);
  const { opcode, payload } = requestOf(cell);
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  if (opcode !== OPCODES.read.code || payload[0] !== REGIONS.units.code) return reply;
  const first = (view.getUint32(0, true) >>> 8) - 2 * neurons * UNIT_MEMORY.records.part;
  const masked = reply.slice();
  const words = new DataView(masked.buffer);
  for (let index = 0; index < (payload[4] ?? 0) && first + index >= 0; index++) {
    const word = (first + index) % recordWords(layers);
    const at = REPLY.headerBytes + 4 * index;
    const kept = KEPT_BITS.get(word) ?? (word < RECORD_HEADER_WORDS ? 0 : 0xffffffff);
    words.setUint32(at, words.getUint32(at, true) & kept, true);
  }
  return masked;
}

/** Of the words of a record's header: what is no cycle. */
const KEPT_BITS = new Map<number, number>(
  [RECORD_HEADER.rows, RECORD_HEADER.nonZeroInputs].map(({ word, lsb, width }) => [
    word,
    (2 ** width - 1) * 2 ** lsb,
  ]),
);

describe.each(['icebreaker', 'ulx3s-25f'] as const)('model of %s', (board) => {
  test('replies as the simulated board does', async () => {
    expect(identityOf(board).neurons).toBe(neurons);
    const session = await recordSession(board);
    const steps = [...session, ...misbehave(session.at(-1) as Step)];
    const { transport } = await openTarget(`sim:${board}`, {
      environment: projectEnvironment(),
      seed: 17,
    });
    const [rtl, model] = await Promise.all([
      replay(transport, steps),
      replay(openModel(board), steps),
    ]);
    expect(rtl.length).toBe(steps.length);
    for (const [index, step] of steps.entries()) {
      const [expected, found] = [rtl, model].map((replies) =>
        Buffer.from(withoutCycles(step, replies[index] as Uint8Array)).toString('hex'),
      );
      const about = `${index} ${Buffer.from(step.cell).toString('hex').slice(0, 80)}`;
      expect(`${about}: ${found}`).toBe(`${about}: ${expected}`);
    }
    // Every status was among the replies.
    expect(new Set(rtl.map((reply) => reply[2])).size).toBe(Object.keys(STATUS).length);
  });
});
