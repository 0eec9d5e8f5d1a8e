/** Who is there: the first exchange on a wire, which may still hold bytes of an earlier session. */
import { CONTRACT_CRC } from '../contract/fingerprint.ts';
import { OPCODES, PROTOCOL_VERSION, STATUS, TIMEOUTS } from '../contract/protocol.ts';
import { untilAborted } from './abort.ts';
import { type Clock, sleep } from './clock.ts';
import { DeltascopeError } from './error.ts';
import { encodeRequest, type Frame } from './protocol/frames.ts';
import { boardName, decodeIdentity, type Identity, identifyRequest } from './protocol/requests.ts';
import type { Listener } from './receiver.ts';
import type { Transport } from './transport/transport.ts';

export interface HandshakeOptions {
  readonly label: string;
  /** 32 bits; its low byte is the sequence number. Random, so that no old reply repeats it. */
  readonly nonce: number;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  readonly timeouts?: HandshakeTimeouts | undefined;
}

/** The request is repeated after `identifyMs`, `retries` times. */
export interface HandshakeTimeouts {
  readonly identifyMs: number;
  readonly retries: number;
}

export interface Handshake extends Listener {
  /** The identity, checked against the contract. @throws DeltascopeError */
  readonly identity: Promise<Identity>;
}

/** Asks until the reply with this nonce arrives; everything else on the wire is stale. */
export function shakeHands(transport: Transport, options: HandshakeOptions): Handshake {
  const arrived = { replies: 0, bytes: 0 };
  let answer = (_identity: Identity) => {};
  let fail = (_error: Error) => {};
  const answered = new Promise<Identity>((resolve, reject) => {
    answer = resolve;
    fail = reject;
  });
  // It may fail while nobody waits for it: between two attempts, or after the last.
  answered.catch(() => {});
  const accept = (frame: Frame) => {
    if (frame.kind === 'discarded') {
      arrived.bytes += frame.bytes.length;
      return;
    }
    arrived.replies++;
    if (frame.opcode === OPCODES.identify.code && frame.status === STATUS.ok.code) {
      const { nonce, identity } = decodeIdentity(frame.payload);
      if (nonce === options.nonce) {
        answer(identity);
      }
    }
  };
  const identity = askForIdentity(transport, { options, answered, arrived });
  return { accept, fail, identity };
}

async function askForIdentity(
  transport: Transport,
  exchange: {
    options: HandshakeOptions;
    answered: Promise<Identity>;
    arrived: { replies: number; bytes: number };
  },
): Promise<Identity> {
  const { options, answered, arrived } = exchange;
  const { clock } = options;
  const { identifyMs, retries } = options.timeouts ?? TIMEOUTS;
  const { payload } = identifyRequest(options.nonce);
  const sequence = options.nonce & 0xff;
  const request = encodeRequest({ opcode: OPCODES.identify.code, sequence, payload });
  // The zero ends what an earlier session may have left half sent.
  const bytes = Uint8Array.of(0, ...request);
  for (let attempt = 0; attempt <= retries; attempt++) {
    const identity = await untilAborted(
      askOnce(transport, { bytes, answered, clock, waitMs: identifyMs }),
      options.signal,
    );
    if (identity) {
      return checkIdentity(identity, options.label);
    }
  }
  const seconds = ((retries + 1) * identifyMs) / 1000;
  const seen =
    arrived.replies + arrived.bytes === 0
      ? 'nothing came back'
      : `${arrived.replies} other replies and ${arrived.bytes} bytes that are none came back`;
  throw new DeltascopeError(
    'not-a-deltascope-device',
    `No deltascope device answers on ${options.label}: ${seen} in ${seconds} s`,
    { hint: 'check the port and the bitstream: npx deltascope doctor' },
  );
}

interface Question {
  readonly bytes: Uint8Array;
  readonly answered: Promise<Identity>;
  readonly clock: Clock;
  readonly waitMs: number;
}

/** A write that does not get through (nobody reads at the other end) is no answer either. */
async function askOnce(
  transport: Transport,
  { bytes, answered, clock, waitMs }: Question,
): Promise<Identity | undefined> {
  const timeout = sleep(clock, waitMs);
  const written = transport.write(bytes);
  try {
    await Promise.race([written, timeout.done]);
    return await Promise.race([answered, timeout.done]);
  } finally {
    timeout.stop();
    written.catch(() => {});
  }
}

/** The version is judged first: the rest of another version's identity means something else. */
function checkIdentity(identity: Identity, label: string): Identity {
  const { protocolVersion, contractCrc } = identity;
  if (protocolVersion === PROTOCOL_VERSION && contractCrc === CONTRACT_CRC) {
    return identity;
  }
  const rebuild = `load a ${boardName(identity) ?? 'device'} built from this very tree`;
  if (protocolVersion === PROTOCOL_VERSION) {
    throw new DeltascopeError(
      'contract-mismatch',
      `${label} was built from another contract: CRC ${hex(contractCrc)}, here ${hex(CONTRACT_CRC)}`,
      { hint: rebuild },
    );
  }
  const deviceIsOlder = protocolVersion < PROTOCOL_VERSION;
  throw new DeltascopeError(
    'contract-mismatch',
    `${label} speaks protocol version ${protocolVersion}, this program ${PROTOCOL_VERSION}: ` +
      `the ${deviceIsOlder ? 'device' : 'program'} is older`,
    { hint: deviceIsOlder ? rebuild : 'update deltascope, then run the same command again' },
  );
}

function hex(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}
