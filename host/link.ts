/**
 * The one matcher of requests and replies: sequence numbers, window, resends, time-outs. The rule
 * of the device (docs/protocol.md) makes go-back-N safe: what it executed it does not execute
 * again, and a read that is asked again is read again.
 */
import { OPCODES, REPLY, STATUS, TIMEOUTS } from '../contract/protocol.ts';
import { interrupted } from './abort.ts';
import { refusalError, timeoutError } from './link-errors.ts';
import {
  encodeRequest,
  type Frame,
  type ReplyFrame,
  type RequestFrame,
} from './protocol/frames.ts';
import type { Request } from './protocol/requests.ts';
import type { Transport } from './transport/transport.ts';

/** Half of the sequence numbers: the device can then tell one behind from one ahead. */
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
  /** Bytes on the wire that the device buffers. */
  readonly bufferBytes: number;
  readonly now: () => number;
  /** Ends the link. */
  readonly signal?: AbortSignal | undefined;
  readonly timeouts?: LinkTimeouts;
}

interface Asked {
  readonly request: Request;
  readonly resolve: (payload: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

/** Waits for room in the window; `bytes` at most on the wire. */
interface Waiting extends Asked {
  readonly bytes: number;
}

interface Pending extends Asked {
  readonly sequence: number;
  readonly bytes: Uint8Array;
  /** Number of its newest transmission among all of the link; 0 until it is handed to the wire. */
  transmission: number;
  /** Transmissions that have had no reply yet. */
  unanswered: number;
  /** In the queue of the wire, not yet handed on. */
  queued: boolean;
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
  readonly #timeouts: LinkTimeouts;
  #sequence: number;
  #pending: Pending[] = [];
  #waiting: Waiting[] = [];
  #pendingBytes = 0;
  #transmissions = 0;
  /** Since the last progress: times everything was sent, when, and what arrived. */
  #attempts = 1;
  #since = 0;
  #arrived = { replies: 0, discardedBytes: 0 };
  #timer: NodeJS.Timeout | undefined;
  #writes: Promise<void> = Promise.resolve();
  #failure: Error | undefined;
  readonly #interrupt = () => this.fail(interrupted());

  constructor(transport: Transport, options: LinkOptions) {
    this.#transport = transport;
    this.#options = options;
    this.#timeouts = options.timeouts ?? TIMEOUTS;
    this.#sequence = options.sequence & 0xff;
    if (options.signal?.aborted) {
      this.#interrupt();
    }
    options.signal?.addEventListener('abort', this.#interrupt, { once: true });
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
      // Another sequence number may cost COBS one byte more.
      const bytes = encodeRequest(frameOf(request, 0)).length + 1;
      if (this.#failure) {
        reject(this.#failure);
      } else if (bytes > this.#options.bufferBytes) {
        reject(new RangeError(`${request.about}: ${bytes} bytes never fit the device's buffer`));
      } else {
        this.#waiting.push({ request, bytes, resolve, reject });
        this.#admit();
      }
    });
  }

  /** What the decoder found next. */
  accept(frame: Frame): void {
    if (frame.kind === 'discarded') {
      this.#counters.bytesReceived += frame.bytes.length;
      this.#counters.discardedFrames++;
      this.#counters.discardedBytes += frame.bytes.length;
      this.#arrived.discardedBytes += frame.bytes.length;
      return;
    }
    this.#counters.bytesReceived += REPLY.wireBytes;
    this.#counters.framesReceived++;
    this.#arrived.replies++;
    const pending = this.#pending.find(({ sequence }) => sequence === frame.sequence);
    if (pending === undefined || OPCODES[pending.request.opcode].code !== frame.opcode) {
      this.#counters.staleReplies++;
      return;
    }
    pending.unanswered = Math.max(0, pending.unanswered - 1);
    if (frame.status === STATUS.outOfOrder.code) {
      // Replies to older transmissions repeat what the resend under way is about to mend.
      if (pending.unanswered === 0) {
        this.#resend(this.#pending);
      }
      return;
    }
    this.#settle(pending, frame);
  }

  /** Ends the link: everything outstanding, and everything asked later, is refused with `error`. */
  fail(error: Error): void {
    this.#failure ??= error;
    clearTimeout(this.#timer);
    this.#options.signal?.removeEventListener('abort', this.#interrupt);
    for (const { reject } of [...this.#pending.splice(0), ...this.#waiting.splice(0)]) {
      reject(this.#failure);
    }
  }

  /** Starts every request in line that the window has room for. */
  #admit(): void {
    let next = this.#waiting[0];
    while (
      next &&
      this.#pending.length < MAX_OUTSTANDING &&
      this.#pendingBytes + next.bytes <= this.#options.bufferBytes
    ) {
      this.#waiting.shift();
      this.#start(next);
      next = this.#waiting[0];
    }
  }

  #start({ request, resolve, reject }: Asked): void {
    const sequence = this.#sequence;
    this.#sequence = (sequence + 1) & 0xff;
    const bytes = encodeRequest(frameOf(request, sequence));
    const state = { transmission: 0, unanswered: 0, queued: false };
    const pending = { request, sequence, bytes, resolve, reject, ...state };
    this.#pending.push(pending);
    this.#pendingBytes += bytes.length;
    if (this.#pending.length === 1) {
      this.#noteProgress();
      this.#armTimer();
    }
    this.#transmit(pending);
  }

  #transmit(pending: Pending): void {
    pending.queued = true;
    this.#writes = this.#writes.then(async () => {
      pending.queued = false;
      if (this.#failure || !this.#pending.includes(pending)) {
        return;
      }
      pending.transmission = ++this.#transmissions;
      pending.unanswered++;
      this.#counters.framesSent++;
      this.#counters.bytesSent += pending.bytes.length;
      await this.#transport.write(pending.bytes).catch((error: Error) => this.fail(error));
    });
  }

  /** Again, in their order; what still waits for the wire goes once. */
  #resend(requests: readonly Pending[]): void {
    for (const pending of requests) {
      if (!pending.queued && pending.transmission > 0) {
        this.#counters.resends++;
        this.#transmit(pending);
      }
    }
  }

  #settle(pending: Pending, frame: ReplyFrame): void {
    const at = this.#pending.indexOf(pending);
    this.#pending.splice(at, 1);
    this.#pendingBytes -= pending.bytes.length;
    this.#noteProgress();
    // Replies come in order: one missing before this one is lost.
    const lost = this.#pending.slice(0, at);
    this.#resend(lost.filter(({ transmission }) => transmission < pending.transmission));
    if (frame.status === STATUS.ok.code || frame.status === STATUS.duplicate.code) {
      pending.resolve(frame.payload);
    } else {
      const { status } = frame;
      pending.reject(refusalError(this.#options.label, { request: pending.request, status }));
    }
    this.#admit();
    this.#armTimer();
  }

  #noteProgress(): void {
    this.#attempts = 1;
    this.#since = this.#options.now();
    this.#arrived = { replies: 0, discardedBytes: 0 };
  }

  #armTimer(): void {
    clearTimeout(this.#timer);
    if (this.#pending.length > 0 && !this.#failure) {
      this.#timer = setTimeout(() => this.#checkTimeout(), this.#timeouts.replyMs);
    }
  }

  #checkTimeout(): void {
    const [oldest] = this.#pending;
    if (oldest === undefined) {
      return;
    }
    if (this.#attempts > this.#timeouts.retries) {
      const { label, now } = this.#options;
      const waitedMs = now() - this.#since;
      const { request, sequence } = oldest;
      const attempts = this.#attempts;
      this.fail(timeoutError({ label, request, sequence, waitedMs, attempts, ...this.#arrived }));
      return;
    }
    this.#attempts++;
    for (const pending of this.#pending) {
      pending.unanswered = 0;
    }
    this.#resend(this.#pending);
    this.#armTimer();
  }
}

function frameOf({ opcode, payload }: Request, sequence: number): RequestFrame {
  return { opcode: OPCODES[opcode].code, sequence, payload };
}
