/** Strange bytes to the host's decoder: every byte is in a frame, and a good reply after them is read. */
import { REPLY } from '../../contract/protocol.ts';
import { Decoder, type Frame } from '../../host/protocol/frames.ts';
import { encodeReply } from '../../model/frames.ts';
import { createDraw, type Draw } from './random-network.ts';
import { strangeCell } from './strange-bytes.ts';

export interface HostFuzzResult {
  readonly bytes: number;
  readonly replies: number;
  readonly discarded: number;
}

const BYTE = 256;
const MOST_CHUNK_BYTES = 600;

/** @throws Error when bytes are lost, or a good reply behind a zero is not read. */
export function fuzzHost({ seed, bytes: wanted }: { seed: number; bytes: number }): HostFuzzResult {
  const draw = createDraw(seed);
  const decoder = new Decoder();
  const result = { bytes: 0, replies: 0, discarded: 0 };
  while (result.bytes < wanted) {
    const good = replyOf(draw);
    const batch = Buffer.concat([
      ...Array.from({ length: draw(6) }, () => strange(draw)),
      good.cell,
    ]);
    const frames = pushInChunks(decoder, batch, draw);
    const held = frames.reduce((sum, frame) => sum + bytesOf(frame), 0);
    if (held !== batch.length) {
      throw new Error(`${held} bytes of ${batch.length} are in frames: ${batch.toString('hex')}`);
    }
    const last = frames.at(-1);
    if (last?.kind !== 'reply' || Buffer.compare(last.payload, good.payload) !== 0) {
      throw new Error(`the last reply was not read: ${batch.toString('hex')}`);
    }
    result.bytes += batch.length;
    result.replies += frames.filter(({ kind }) => kind === 'reply').length;
    result.discarded += frames.filter(({ kind }) => kind === 'discarded').length;
  }
  return result;
}

function replyOf(draw: Draw): { payload: Uint8Array; cell: Uint8Array } {
  const payload = Uint8Array.from({ length: draw(REPLY.payloadBytes + 1) }, () => draw(BYTE));
  const head = { opcode: 1 + draw(6), sequence: draw(BYTE), status: draw(7) };
  return { payload, cell: encodeReply({ ...head, payload }) };
}

/** A reply that was damaged, or what a device never says. */
function strange(draw: Draw): Uint8Array {
  const { cell } = replyOf(draw);
  const at = draw(cell.length);
  switch (draw(5)) {
    case 0:
      return strangeCell(draw, 0);
    case 1:
      return Uint8Array.of(...cell.slice(0, at), ...cell.slice(at + 1), 0);
    case 2:
      cell[at] = draw(BYTE);
      return Uint8Array.of(...cell, 0);
    case 3:
      return Uint8Array.of(...cell.slice(at), ...cell);
    default:
      return cell;
  }
}

function pushInChunks(decoder: Decoder, batch: Uint8Array, draw: Draw): Frame[] {
  const frames: Frame[] = [];
  for (let at = 0, end = 0; at < batch.length; at = end) {
    end = at + 1 + draw(MOST_CHUNK_BYTES);
    frames.push(...decoder.push(batch.subarray(at, end)));
  }
  return frames;
}

function bytesOf(frame: Frame): number {
  return frame.kind === 'reply' ? REPLY.wireBytes : frame.bytes.length;
}
