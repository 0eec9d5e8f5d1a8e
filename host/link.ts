/**
 * The one matcher of requests and replies: sequence numbers, window, resends, time-outs. The rule
 * of the device (docs/protocol.md) makes go-back-N safe: what it executed it does not execute
 * again, and a read that is asked again is read again.
 */
import { OPCODES, REPLY, REQUEST, STATUS, TIMEOUTS } from '../contract/protocol.ts';
import { interrupted } from './abort.ts';
import type { Clock } from './clock.ts';
import { Flight } from './flight.ts';
import { refusalError, timeoutError } from './link-errors.ts';
import { Patience, type SilenceSoFar } from './patience.ts';
import { encodeRequest, type Frame, type ReplyFrame } from './protocol/frames.ts';
import type { Request } from './protocol/requests.ts';
import type { Transport } from './transport/transport.ts';

/** Half of the sequence numbers, oldest to newest: the device can tell one behind from one ahead. */
const MAX_OUTSTANDING = 128;

export interface LinkTimeouts {
  readonly replyMs: number;
  readonly retries: number;
}

export interface LinkStatistics {
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** Requests put on the wire, resends included. */
  readonly framesSent: number;
  /** Good replies, late ones included. */
  readonly framesReceived: number;
  readonly resends: number;
  /** Replies to nothing that was outstanding. */
  readonly staleReplies: number;
  readonly discardedFrames: number;
  readonly discardedBytes: number;
}

export interface LinkOptions {
  /** Whom messages name: `serial /dev/ttyUSB1`. */
  readonly label: string;
  /** Of the first request. */
  readonly sequence: number;
  /** What the device buffers, counted as it counts: header and payload of each request. */
  readonly bufferBytes: number;
  readonly clock: Clock;
  /** Ends the link. */
  readonly signal?: AbortSignal | undefined;
  readonly timeouts?: LinkTimeouts;
}

interface Asked {
  readonly request: Request;
  readonly resolve: (payload: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

interface Pending extends Asked {
  readonly sequence: number;
  readonly frame: Uint8Array;
  settled: boolean;
}

export class Link {
  readonly #counters = {
    bytesSent: 0,
    bytesReceived: 0,
    framesSent: 0,
    framesReceived: 0,
    resends: 0,
    staleReplies: 0,
    discardedFrames: 0,
    discardedBytes: 0,
  };
  readonly #transport: Transport;
  readonly #options: LinkOptions;
  #sequence: number;
  /** Sent and not answered, in the order of their numbers. */
  #pending: Pending[] = [];
  /** Of them, those to send again. */
  #lost: Pending[] = [];
  readonly #flight = new Flight<Pending>();
  /** Not yet sent. */
  #waiting: Asked[] = [];
  #sending = false;
  readonly #patience: Patience;
  #failure: Error | undefined;
  readonly #interrupt = () => this.fail(interrupted());

  constructor(transport: Transport, options: LinkOptions) {
    this.#transport = transport;
    this.#options = options;
    const { replyMs, retries } = options.timeouts ?? TIMEOUTS;
    this.#patience = new Patience({
      ...{ clock: options.clock, replyMs, retries },
      isWaiting: () => this.#pending.length > 0,
      askAgain: () => this.#resendAll(),
      giveUp: (silence) => this.#giveUp(silence),
    });
    this.#sequence = options.sequence & 0xff;
    if (options.signal?.aborted) {
      this.#interrupt();
    } else {
      options.signal?.addEventListener('abort', this.#interrupt, { once: true });
    }
  }

  get statistics(): LinkStatistics {
    return { ...this.#counters };
  }

  /**
   * Sends once the window has room, in the order of the calls.
   * @returns the payload of the reply.
   * @throws DeltascopeError of the link, or `device-refused`; RangeError when it can never be sent.
   */
  request(request: Request): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      if (this.#failure) {
        reject(this.#failure);
      } else if (bytesOf(request) > this.#options.bufferBytes) {
        reject(new RangeError(`${request.about}: never fits the device's buffer`));
      } else {
        this.#waiting.push({ request, resolve, reject });
        this.#wakeSender();
      }
    });
  }

  /** What the decoder found next. */
  accept(frame: Frame): void {
    if (frame.kind === 'discarded') {
      this.#counters.bytesReceived += frame.bytes.length;
      this.#counters.discardedFrames++;
      this.#counters.discardedBytes += frame.bytes.length;
      this.#patience.noteDiscarded(frame.bytes.length);
      return;
    }
    this.#counters.bytesReceived += REPLY.wireBytes;
    this.#counters.framesReceived++;
    this.#patience.noteReply();
    const landed = this.#flight.landUpTo((sent) => answers(frame, sent));
    const pending = this.#pending.find((sent) => answers(frame, sent));
    if (pending === undefined) {
      this.#counters.staleReplies++;
    } else if (frame.status !== STATUS.outOfOrder.code) {
      this.#settle(pending, frame);
    }
    for (const sent of landed) {
      // Answers come in order: one that is missing by now is lost, or was refused as out of order.
      if (!sent.settled && !this.#flight.has(sent) && !this.#lost.includes(sent)) {
        this.#lost.push(sent);
      }
    }
    this.#wakeSender();
  }

  /** Ends the link: everything outstanding, and everything asked later, is refused with `error`. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.#patience.stop();
    this.#options.signal?.removeEventListener('abort', this.#interrupt);
    for (const { reject } of [...this.#pending.splice(0), ...this.#waiting.splice(0)]) {
      reject(this.#failure);
    }
  }

  /**
   * What is asked in one turn of the event loop shares a write; while the device has plenty to do
   * the next one waits until it is worth it.
   */
  #wakeSender(): void {
    const idle = this.#lost.length === 0 && this.#waiting.length === 0;
    const { bytes, size } = this.#flight;
    const plenty = bytes > this.#options.bufferBytes / 2 || size > MAX_OUTSTANDING / 2;
    if (this.#sending || idle || plenty || this.#failure) {
      return;
    }
    this.#sending = true;
    queueMicrotask(() => this.#send().catch((error: Error) => this.fail(error)));
  }

  async #send(): Promise<void> {
    try {
      for (let bytes = this.#nextBytes(); bytes.length > 0; bytes = this.#nextBytes()) {
        this.#counters.bytesSent += bytes.length;
        await this.#transport.write(bytes);
      }
    } finally {
      this.#sending = false;
    }
  }

  /** All that the device has room for: first what was lost, then what waits. */
  #nextBytes(): Uint8Array {
    const frames: Uint8Array[] = [];
    for (let next = this.#lost[0]; next && this.#hasRoomFor(next); next = this.#lost[0]) {
      this.#lost.shift();
      if (!next.settled && !this.#failure) {
        // What the wire made of the last attempt ends at the zero.
        if (frames.length === 0) frames.push(Uint8Array.of(0));
        this.#counters.resends++;
        frames.push(this.#launch(next));
      }
    }
    while (this.#lost.length === 0 && !this.#failure) {
      const [next] = this.#waiting;
      if (next === undefined || !this.#hasNumberFree() || !this.#hasRoomFor(next)) break;
      this.#waiting.shift();
      frames.push(this.#launch(this.#start(next)));
    }
    return frames.length === 1 ? (frames[0] as Uint8Array) : Buffer.concat(frames);
  }

  /** However many are answered: the device must not take the oldest for one ahead. */
  #hasNumberFree(): boolean {
    const [oldest] = this.#pending;
    return !oldest || ((this.#sequence - oldest.sequence) & 0xff) < MAX_OUTSTANDING;
  }

  #hasRoomFor({ request }: Asked): boolean {
    return this.#flight.bytes + bytesOf(request) <= this.#options.bufferBytes;
  }

  #start({ request, resolve, reject }: Asked): Pending {
    const sequence = this.#sequence;
    this.#sequence = (sequence + 1) & 0xff;
    const { code: opcode } = OPCODES[request.opcode];
    const frame = encodeRequest({ opcode, sequence, payload: request.payload });
    const pending = { request, sequence, frame, resolve, reject, settled: false };
    this.#pending.push(pending);
    if (this.#pending.length === 1) {
      this.#patience.noteProgress();
    }
    return pending;
  }

  #launch(pending: Pending): Uint8Array {
    this.#flight.add(pending, bytesOf(pending.request));
    this.#counters.framesSent++;
    return pending.frame;
  }

  #settle(pending: Pending, { status, payload }: ReplyFrame): void {
    pending.settled = true;
    this.#pending.splice(this.#pending.indexOf(pending), 1);
    this.#patience.noteProgress();
    if (status === STATUS.ok.code || status === STATUS.duplicate.code) {
      pending.resolve(payload);
    } else {
      pending.reject(refusalError(this.#options.label, { request: pending.request, status }));
    }
  }

  #resendAll(): void {
    this.#flight.clear();
    this.#lost = [...this.#pending];
    this.#wakeSender();
  }

  #giveUp(silence: SilenceSoFar): void {
    const [oldest] = this.#pending;
    if (oldest) {
      const { request, sequence } = oldest;
      this.fail(timeoutError({ label: this.#options.label, request, sequence, ...silence }));
    }
  }
}

/** What a request occupies in the device's buffer. */
function bytesOf({ payload }: Request): number {
  return REQUEST.headerBytes + payload.length;
}

function answers({ sequence, opcode }: ReplyFrame, sent: Pending): boolean {
  return sent.sequence === sequence && OPCODES[sent.request.opcode].code === opcode;
}
