/** Finds the device on a wire and the fastest rate that both ends can hold. */
import { BAUD, DEVICE_TIMEOUTS, REGISTERS, REPLY } from '../contract/protocol.ts';
import { divisorFor, usableRates } from './baud.ts';
import { type Clock, sleep } from './clock.ts';
import { DeltascopeError } from './error.ts';
import { type HandshakeTimeouts, shakeHands } from './handshake.ts';
import { Link, type LinkTimeouts } from './link.ts';
import { echoRequest, type Identity, writeRequest } from './protocol/requests.ts';
import { RateKeeper } from './rate-keeper.ts';
import { Receiver } from './receiver.ts';
import type { Line, Transport } from './transport/transport.ts';

export interface ConnectionOptions {
  readonly label: string;
  /** Of the first handshake; each later one has its own. */
  readonly nonce: number;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  readonly timeouts?: (LinkTimeouts & HandshakeTimeouts) | undefined;
}

export interface Connection {
  readonly identity: Identity;
  readonly link: Link;
  /** On a line with a rate. */
  readonly keeper?: RateKeeper;
}

/** A handshake at a rate that is only tried: all of it before the device gives the rate up. */
const TRIAL: HandshakeTimeouts = { identifyMs: 100, retries: 2 };
/** When the device may hold any rate. */
const SEARCH: HandshakeTimeouts = { identifyMs: 250, retries: 1 };
/** Of a trial's echoes, and how many of them may need a resend. */
const ECHOES = 16;
const MAX_RESENDS = 2;
/** Longer than the device takes to give a rate up. */
const REVERT_MS = 1.2 * DEVICE_TIMEOUTS.baudRevertMs;

/**
 * Identifies the device and, on a line with a rate, climbs from the safe rate to the fastest that
 * carries patterns without errors. An earlier session may have left the device at any of them.
 * @throws DeltascopeError of the handshake.
 */
export async function openConnection(
  transport: Transport,
  options: ConnectionOptions,
): Promise<Connection> {
  const wire = new Wire(transport, options);
  if (transport.line === undefined) {
    return wire.connect(options.timeouts);
  }
  const { line } = transport;
  const { identity, link } = await new Climb(wire, { line, ...options }).run();
  const keeper = new RateKeeper(link, { line, identity });
  link.keepRate(keeper);
  return { identity, link, keeper };
}

/** One handshake after the other on the same wire, each with a link of its own. */
class Wire {
  readonly #transport: Transport;
  readonly #options: ConnectionOptions;
  #receiver: Receiver | undefined;
  #nonce: number;

  constructor(transport: Transport, options: ConnectionOptions) {
    this.#transport = transport;
    this.#options = options;
    this.#nonce = options.nonce;
  }

  async connect(timeouts: HandshakeTimeouts | undefined): Promise<Connection> {
    const { label, clock, signal } = this.#options;
    const nonce = this.#nonce;
    this.#nonce = (nonce + 0x9e3779b9) >>> 0;
    const handshake = shakeHands(this.#transport, { label, nonce, clock, signal, timeouts });
    this.#receiver ??= new Receiver(this.#transport, handshake);
    this.#receiver.deliverTo(handshake);
    const identity = await handshake.identity;
    const link = new Link(this.#transport, {
      ...{ label, clock, signal, sequence: nonce + 1, bufferBytes: identity.bufferBytes },
      line: this.#transport.line,
      ...(this.#options.timeouts && { timeouts: this.#options.timeouts }),
    });
    this.#receiver.deliverTo(link);
    return { identity, link };
  }

  /** Undefined when nobody answers. */
  async tryToConnect(timeouts: HandshakeTimeouts): Promise<Connection | undefined> {
    try {
      return await this.connect(timeouts);
    } catch (error) {
      if (error instanceof DeltascopeError && error.code === 'not-a-deltascope-device') {
        return undefined;
      }
      throw error;
    }
  }
}

class Climb {
  readonly #wire: Wire;
  readonly #line: Line;
  readonly #options: ConnectionOptions;

  constructor(wire: Wire, { line, ...options }: ConnectionOptions & { line: Line }) {
    this.#wire = wire;
    this.#line = line;
    this.#options = options;
  }

  async run(): Promise<Connection> {
    let good = await this.#search();
    for (const rate of usableRates(good.identity).filter((rate) => rate > this.#line.baud)) {
      const before = this.#line.baud;
      const next = await this.#switchTo(rate, good);
      if (next === undefined || !(await isClean(next.link))) {
        return this.#stepDown(before, next);
      }
      good = next;
    }
    return good;
  }

  /** At the safe rate, else at any that an earlier session may have chosen. */
  async #search(): Promise<Connection> {
    for (const rate of [BAUD.safe, ...BAUD.steps.filter((step) => step !== BAUD.safe).reverse()]) {
      const settable = await this.#line.setBaud(rate).then(
        () => true,
        () => false,
      );
      const found = settable && (await this.#wire.tryToConnect(SEARCH));
      if (found) {
        return found;
      }
    }
    await this.#line.setBaud(BAUD.safe);
    return this.#wire.connect(this.#options.timeouts);
  }

  /** Both ends to another rate. Undefined when they do not find each other there. */
  async #switchTo(rate: number, { link, identity }: Connection): Promise<Connection | undefined> {
    const words = [divisorFor(identity.clockHz, rate)];
    const { address } = REGISTERS.baudDivisor;
    await link.request(writeRequest('registers', { address, words }));
    link.fail(new DeltascopeError('internal', 'The link goes on at another rate'));
    try {
      await this.#line.setBaud(rate);
    } catch {
      // This end cannot: the device gives it up by itself.
      return undefined;
    }
    return this.#wire.tryToConnect(TRIAL);
  }

  /** @param marginal what answers at the rate that is not good enough, if anything does */
  async #stepDown(rate: number, marginal: Connection | undefined): Promise<Connection> {
    const down = marginal && (await this.#switchTo(rate, marginal).catch(() => undefined));
    if (down) {
      return down;
    }
    await sleep(this.#options.clock, REVERT_MS).done;
    const found = await this.#search();
    if (this.#line.baud >= rate) {
      return found;
    }
    return (await this.#switchTo(rate, found)) ?? this.#search();
  }
}

/** Patterns there and back: long runs of one level, every edge, every byte. */
async function isClean(link: Link): Promise<boolean> {
  const before = link.statistics;
  const patterns = Array.from({ length: ECHOES }, (_, index) => pattern(index));
  try {
    const echoes = await Promise.all(patterns.map((bytes) => link.request(echoRequest(bytes))));
    const after = link.statistics;
    const resends = after.resends - before.resends;
    const damaged = after.discardedFrames - before.discardedFrames;
    const same = echoes.every((echo, index) => Buffer.compare(echo, pattern(index)) === 0);
    return same && Math.max(resends, damaged) <= MAX_RESENDS;
  } catch {
    return false;
  }
}

function pattern(number: number): Uint8Array {
  const fills = [0x00, 0xff, 0x55, 0xaa, 0x0f, 0x01, 0x80, 0x7e];
  const fill = fills[number];
  return Uint8Array.from({ length: REPLY.payloadBytes }, (_, at) =>
    fill === undefined ? (at + 1) * (2 * number + 1) * 37 : fill,
  );
}
