/** What is behind a port: a deltascope device, of this contract or another, or something else. */
import { randomInt } from 'node:crypto';
import { OPCODES, PROTOCOL_VERSION } from '../contract/protocol.ts';
import { WALL_CLOCK } from './clock.ts';
import { type Connection, openConnection } from './connection.ts';
import { DeltascopeError } from './error.ts';
import { Decoder } from './protocol/frames.ts';
import { decodeIdentity, type Identity } from './protocol/requests.ts';
import { openNamed } from './transport/exclusive.ts';
import { findPortUsers, type Program } from './transport/port-users.ts';
import type { Transport } from './transport/transport.ts';

export type Probe =
  | { readonly state: 'deltascope'; readonly identity: Identity; readonly baud: number }
  | {
      readonly state: 'other-contract';
      readonly identity: Identity | undefined;
      /** Undefined when both speak the same protocol version. */
      readonly older: 'device' | 'program' | undefined;
      readonly error: DeltascopeError;
    }
  /** Bytes came that are no reply. */
  | { readonly state: 'other-device'; readonly bytes: number; readonly users: readonly Program[] }
  | { readonly state: 'silent'; readonly users: readonly Program[] }
  | { readonly state: 'unreachable'; readonly error: DeltascopeError };

export interface ProbeOptions {
  readonly open?: ((path: string) => Promise<Transport>) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Done with the device while it is connected. */
  readonly whenConnected?: ((connection: Connection) => Promise<void>) | undefined;
}

/** After a search through all rates, which has its own: short. */
const TIMEOUTS = { identifyMs: 100, retries: 0, replyMs: 500 };

/** Opens `path`, asks, and closes it; about 2 s when nothing answers. @throws `interrupted` */
export async function probePort(path: string, options: ProbeOptions = {}): Promise<Probe> {
  const { open = openNamed, signal, whenConnected } = options;
  let heard: Heard | undefined;
  try {
    await using transport = await open(path);
    heard = listenIn(transport);
    const { identity, link } = await openConnection(heard.transport, {
      label: `serial ${path}`,
      nonce: randomInt(2 ** 32),
      clock: transport.clock ?? WALL_CLOCK,
      signal,
      timeouts: TIMEOUTS,
    });
    try {
      await whenConnected?.({ identity, link });
    } finally {
      link.fail(new DeltascopeError('interrupted', 'The device was closed'));
    }
    return { state: 'deltascope', identity, baud: transport.line?.baud ?? identity.baud };
  } catch (error) {
    if (!(error instanceof DeltascopeError) || error.code === 'interrupted') throw error;
    return judge(path, { error, heard });
  }
}

async function judge(
  path: string,
  { error, heard }: { error: DeltascopeError; heard: Heard | undefined },
): Promise<Probe> {
  if (error.code === 'contract-mismatch') {
    const identity = heard?.identity();
    return { state: 'other-contract', identity, older: olderOf(identity), error };
  }
  if (error.code !== 'not-a-deltascope-device') return { state: 'unreachable', error };
  const bytes = heard?.bytes() ?? 0;
  const users = await findPortUsers(path);
  return bytes === 0 ? { state: 'silent', users } : { state: 'other-device', bytes, users };
}

function olderOf(identity: Identity | undefined): 'device' | 'program' | undefined {
  if (identity === undefined || identity.protocolVersion === PROTOCOL_VERSION) return undefined;
  return identity.protocolVersion < PROTOCOL_VERSION ? 'device' : 'program';
}

interface Heard {
  readonly transport: Transport;
  bytes(): number;
  /** The last that was sent, of whatever contract. */
  identity(): Identity | undefined;
}

/** The same transport, and what came over it. */
function listenIn(transport: Transport): Heard {
  let bytes = 0;
  let identity: Identity | undefined;
  const decoder = new Decoder();
  const { incoming, clock, line } = transport;
  async function* listen(): AsyncGenerator<Uint8Array> {
    for await (const chunk of incoming) {
      bytes += chunk.length;
      for (const frame of decoder.push(chunk)) {
        if (frame.kind === 'reply' && frame.opcode === OPCODES.identify.code) {
          ({ identity } = decodeIdentity(frame.payload));
        }
      }
      yield chunk;
    }
  }
  return {
    transport: {
      ...{ incoming: listen(), clock, line },
      write: transport.write.bind(transport),
      [Symbol.asyncDispose]: async () => {},
    },
    bytes: () => bytes,
    identity: () => identity,
  };
}
