/**
 * The one matcher of requests and replies: sequence numbers, window, resends, time-outs. The rule
 * of the device (docs/protocol.md) makes go-back-N safe: what it executed it does not execute
 * again, and a read that is asked again is read again.
 */
import { BITS_PER_BYTE_ON_WIRE } from '../contract/boards.ts';
import { OPCODES, REGISTERS, REPLY, REQUEST, STATUS, TIMEOUTS } from '../contract/protocol.ts';
import { interrupted } from './abort.ts';
import type { Clock } from './clock.ts';
import { Flight } from './flight.ts';
import { refusalError, resetError, timeoutError } from './link-errors.ts';
import { Patience, type SilenceSoFar } from './patience.ts';
import { encodeRequest, type Frame, type ReplyFrame } from './protocol/frames.ts';
import { decodeWords, type Request, readRequest } from './protocol/requests.ts';
import { type FrameCounts, SessionCheck } from './session-check.ts';
import { TailProbe } from './tail-probe.ts';
import type { Line, Transport } from './transport/transport.ts';
import { Window } from './window.ts';

/** Half of the sequence numbers, oldest to newest: the device can tell one behind from one ahead. */
const MAX_OUTSTANDING = 128;

/** Statuses of replies that say which number the device expects. */
const SAYS_EXPECTED: ReadonlySet<number> = new Set([STATUS.outOfOrder.code, STATUS.damaged.code]);

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
  /** Where bits take time. */
  readonly line?: Line | undefined;
  readonly clock: Clock;
  /** Ends the link. */
  readonly signal?: AbortSignal | undefined;
  readonly timeouts?: LinkTimeouts;
}

/** Who changes the rate of the line while the link is in use. */
export interface RateWatcher {
  /** Before a silent device, which was asked so often, is asked again. */
  onSilence(attempts: number): Promise<void>;
  /** @param lost frames of either direction that were damaged, since the last call */
  onAnswer(lost: number): void;
}

interface Asked {
  readonly request: Request;
  readonly resolve: (payload: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

interface Pending extends Asked {
  readonly sequence: number;
  readonly frame: Uint8Array;
  /** When the line will have carried its first transmission; undefined from the second on. */
  carriedAt: number | undefined;
  settled: boolean;
}

/** Requests, of a count of 16 bits. */
const LOOK_EVERY = 2 ** 14;

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
  /** How many of them may be sent now. */
  #mayStart = Number.POSITIVE_INFINITY;
  #onQuiet: (() => void) | undefined;
  #sending = false;
  readonly #window: Window;
  readonly #session = new SessionCheck();
  /** Requests since the device was last asked for its count of frames. */
  #sinceLook = 0;
  #answered = 0;
  #rateWatcher: RateWatcher | undefined;
  /** Damaged frames of which it does not know yet. */
  #damaged = 0;
  readonly #patience: Patience;
  readonly #tailProbe: TailProbe;
  #failure: Error | undefined;
  readonly #interrupt = () => this.fail(interrupted());

  constructor(transport: Transport, options: LinkOptions) {
    this.#transport = transport;
    this.#options = options;
    const { replyMs, retries } = options.timeouts ?? TIMEOUTS;
    this.#window = new Window(options.bufferBytes, options.line);
    const { clock } = options;
    const isWaiting = () => this.#pending.length > 0;
    this.#tailProbe = new TailProbe({
      ...{ clock, replyMs },
      isDoubtful: () => isWaiting() && this.#counters.resends > 0,
      probe: () => this.#probe(),
    });
    this.#patience = new Patience({
      ...{ clock, replyMs, retries, isWaiting },
      askAgain: (attempts) => this.#askAgain(attempts),
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
    this.#sinceLook++;
    if (this.#session.hasBegun && this.#sinceLook > LOOK_EVERY) {
      // What is wrong then is the failure of the link.
      this.confirmSession().catch(() => {});
    }
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

  /** Tells `watcher` of silence and damage from now on. */
  keepRate(watcher: RateWatcher): void {
    this.#rateWatcher = watcher;
  }

  /** Sends nothing new from now on. Resolves when all that was sent is answered, or the link fails. */
  hold(): Promise<void> {
    this.#mayStart = 0;
    return new Promise((resolve) => {
      if (this.#pending.length === 0) resolve();
      else this.#onQuiet = resolve;
    });
  }

  /** As `request`, before all that waits while the link is held. */
  requestHeld(request: Request): Promise<Uint8Array> {
    const answer = this.request(request);
    const asked = this.#waiting.pop();
    if (asked) {
      this.#waiting.unshift(asked);
      this.#mayStart = 1;
      this.#wakeSender();
    }
    return answer;
  }

  release(): void {
    this.#mayStart = Number.POSITIVE_INFINITY;
    this.#window.reset();
    this.#tailProbe.reset();
    this.#wakeSender();
  }

  /**
   * Asks the device how many frames it has taken since its reset. The first time nothing else may
   * be under way.
   * @throws DeltascopeError `device-reset` when it was reset since the first time.
   */
  async confirmSession(): Promise<void> {
    const { address } = REGISTERS.framesAccepted;
    const asked = this.#frameCounts;
    this.#sinceLook = 0;
    const payload = await this.request(readRequest('registers', { address, count: 1 }));
    const counter = decodeWords(payload, 1)?.[0] ?? 0;
    if (!this.#session.look(counter, { asked, now: this.#frameCounts })) {
      this.fail(resetError(this.#options.label));
      throw this.#failure;
    }
  }

  get #frameCounts(): FrameCounts {
    return { sent: this.#counters.framesSent, answered: this.#answered };
  }

  /** What the decoder found next. */
  accept(frame: Frame): void {
    if (frame.kind === 'discarded') {
      this.#noteDiscarded(frame.bytes.length);
      return;
    }
    this.#counters.bytesReceived += REPLY.wireBytes;
    this.#counters.framesReceived++;
    this.#patience.noteReply();
    const isRefused = SAYS_EXPECTED.has(frame.status);
    if (isRefused && !this.#mayExpect(frame.payload[0])) {
      this.fail(resetError(this.#options.label));
      return;
    }
    const isMeant = subjectOf(frame);
    const landed = this.#flight.landUpTo(isMeant);
    const pending = this.#pending.find(isMeant);
    if (pending === undefined) {
      this.#counters.staleReplies++;
    } else if (!isRefused) {
      this.#settle(pending, frame);
    }
    this.#noteLanded(landed, frame);
    this.#rateWatcher?.onAnswer(this.#damaged);
    this.#damaged = 0;
    this.#wakeSender();
  }

  #noteDiscarded(bytes: number): void {
    this.#counters.bytesReceived += bytes;
    this.#counters.discardedFrames++;
    this.#counters.discardedBytes += bytes;
    this.#patience.noteDiscarded(bytes);
    this.#damaged++;
  }

  /** Answers come in order: what is not answered by now is lost, or was refused as out of order. */
  #noteLanded(landed: readonly Pending[], frame: ReplyFrame): void {
    const missing = landed.filter(({ settled }) => !settled);
    if (missing.some((sent) => frame.status === STATUS.damaged.code || !answers(frame, sent))) {
      // What was more than its buffer holds says nothing about the line.
      if (!this.#window.isDaring) this.#damaged++;
      this.#window.noteLoss();
    }
    for (const sent of missing) {
      if (!this.#flight.has(sent) && !this.#lost.includes(sent)) this.#lost.push(sent);
    }
  }

  /** Whether a device that has not been reset may expect this number. */
  #mayExpect(expected = this.#sequence): boolean {
    const [oldest] = this.#pending;
    const first = oldest?.sequence ?? this.#sequence;
    return ahead(expected, first) <= ahead(this.#sequence, first);
  }

  /** Ends the link: everything outstanding, and everything asked later, is refused with `error`. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.#patience.stop();
    this.#tailProbe.stop();
    this.#options.signal?.removeEventListener('abort', this.#interrupt);
    for (const { reject } of [...this.#pending.splice(0), ...this.#waiting.splice(0)]) {
      reject(this.#failure);
    }
    this.#onQuiet?.();
  }

  /**
   * What is asked in one turn of the event loop shares a write; while the device has plenty to do
   * the next one waits until it is worth it.
   */
  #wakeSender(): void {
    const idle = this.#lost.length === 0 && this.#waiting.length === 0;
    const { bytes, size } = this.#flight;
    const enough = this.#window.bytes - Math.min(this.#window.bytes, this.#options.bufferBytes) / 2;
    const plenty = bytes > enough || size > MAX_OUTSTANDING / 2;
    if (this.#sending || idle || plenty || this.#failure) {
      return;
    }
    this.#startSending();
  }

  #startSending(first?: Uint8Array): void {
    this.#sending = true;
    queueMicrotask(() => this.#send(first).catch((error: Error) => this.fail(error)));
  }

  async #send(first = this.#nextBytes()): Promise<void> {
    try {
      for (let bytes = first; bytes.length > 0; bytes = this.#nextBytes()) {
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
        this.#noteResend(next);
        frames.push(this.#launch(next));
      }
    }
    while (this.#lost.length === 0 && this.#mayStart > 0 && !this.#failure) {
      const [next] = this.#waiting;
      if (next === undefined || !this.#hasNumberFree() || !this.#hasRoomFor(next)) break;
      this.#waiting.shift();
      this.#mayStart--;
      frames.push(this.#launch(this.#start(next)));
    }
    return frames.length === 1 ? (frames[0] as Uint8Array) : Buffer.concat(frames);
  }

  /** However many are answered: the device must not take the oldest for one ahead. */
  #hasNumberFree(): boolean {
    const [oldest] = this.#pending;
    return !oldest || ahead(this.#sequence, oldest.sequence) < MAX_OUTSTANDING;
  }

  /** More than the device's buffer only while requests take the line longer than their replies. */
  #hasRoomFor({ request }: Asked): boolean {
    const bytes = this.#flight.bytes + bytesOf(request);
    const isOutgoing = bytes >= REPLY.wireBytes * (this.#flight.size + 1);
    const most = Math.min(this.#window.bytes, isOutgoing ? Infinity : this.#options.bufferBytes);
    if (bytes <= most || this.#flight.size === 0) return true;
    this.#window.noteFull();
    return false;
  }

  #start({ request, resolve, reject }: Asked): Pending {
    const sequence = this.#sequence;
    this.#sequence = (sequence + 1) & 0xff;
    const { code: opcode } = OPCODES[request.opcode];
    const carriedAt = this.#options.clock.now() + this.#carryMs(bytesOf(request));
    const frame = encodeRequest({ opcode, sequence, payload: request.payload });
    const pending = { request, sequence, frame, resolve, reject, carriedAt, settled: false };
    this.#pending.push(pending);
    if (this.#pending.length === 1) {
      this.#patience.noteProgress();
    }
    return pending;
  }

  #launch(pending: Pending): Uint8Array {
    this.#flight.add(pending, bytesOf(pending.request));
    this.#counters.framesSent++;
    this.#tailProbe.noteSent(this.#carryMs());
    return pending.frame;
  }

  /** What the line takes for all that is under way, and for so many bytes `more`. */
  #carryMs(more = 0): number {
    const { line } = this.#options;
    if (line === undefined) return 0;
    return (1000 * BITS_PER_BYTE_ON_WIRE * (this.#flight.bytes + more)) / line.baud;
  }

  #noteResend(pending: Pending): void {
    pending.carriedAt = undefined;
    this.#counters.resends++;
  }

  /**
   * Sends again what was sent last, as a tail loss probe (RFC 8985): its answer says whether what was
   * before it arrived. A device that is only slow answers that in order, and nothing else is sent
   * again. A checksum would be worked out twice; and while the link is held the rate may change.
   */
  #probe(): void {
    const { newest } = this.#flight;
    const isHeld = this.#mayStart !== Number.POSITIVE_INFINITY;
    if (this.#sending || isHeld || !newest || newest.settled) return;
    if (newest.request.opcode === 'checksum') return;
    this.#noteResend(newest);
    this.#counters.framesSent++;
    this.#startSending(Buffer.concat([Uint8Array.of(0), newest.frame]));
  }

  #settle(pending: Pending, { status, payload }: ReplyFrame): void {
    pending.settled = true;
    this.#pending.splice(this.#pending.indexOf(pending), 1);
    this.#answered++;
    this.#window.noteAnswer(pending.frame.length, this.#options.clock.now());
    this.#patience.noteProgress();
    this.#tailProbe.noteAnswer(pending.carriedAt, this.#carryMs());
    if (this.#pending.length === 0) this.#onQuiet?.();
    if (status === STATUS.ok.code || status === STATUS.duplicate.code) {
      pending.resolve(payload);
    } else {
      pending.reject(refusalError(this.#options.label, { request: pending.request, status }));
    }
  }

  #askAgain(attempts: number): void {
    if (this.#rateWatcher === undefined) {
      this.#resendAll();
    } else {
      this.#rateWatcher.onSilence(attempts).then(
        () => this.#resendAll(),
        (error: Error) => this.fail(error),
      );
    }
  }

  #resendAll(): void {
    this.#window.reset();
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

/** Which requests a reply may be about: the oldest of them is the one. */
function subjectOf(frame: ReplyFrame): (sent: Pending) => boolean {
  // The oldest that was not executed is the damaged one, were it not for noise.
  if (frame.status === STATUS.damaged.code) {
    return ({ sequence }) => ahead(sequence, frame.payload[0]) < MAX_OUTSTANDING;
  }
  return (sent) => answers(frame, sent);
}

/** How far a sequence number is ahead of another, modulo 256. */
function ahead(sequence: number, of = 0): number {
  return (sequence - of) & 0xff;
}

function answers({ sequence, opcode }: ReplyFrame, sent: Pending): boolean {
  return sent.sequence === sequence && OPCODES[sent.request.opcode].code === opcode;
}
