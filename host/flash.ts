/** The job behind `deltascope flash`: a bitstream into a board, and proof that it answers. */
import { access } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { BOARDS, type BoardName } from '../contract/boards.ts';
import { interrupted } from './abort.ts';
import {
  type AttachedBoard,
  type AttachedOptions,
  askPorts,
  type Examined,
  findAttached,
  groupPorts,
  noAnswer,
  severalBoards,
  titleOf,
} from './attached.ts';
import { DeltascopeError } from './error.ts';
import { type LoadProgress, loadBitstream } from './programmer.ts';
import type { Identity } from './protocol/requests.ts';
import { BoardLock } from './transport/board-lock.ts';
import { findPort, keyOf, listPorts, type Port, usbOf } from './transport/ports.ts';

export interface FlashRequest {
  readonly board: BoardName;
  readonly bitstream: string;
  readonly persist: boolean;
  /** `serial:NUMBER` or a port; undefined: the only board of that kind. */
  readonly on?: string | undefined;
}

export type FlashProgress =
  | { readonly kind: 'board'; readonly label: string }
  | ({ readonly kind: 'load' } & LoadProgress)
  | { readonly kind: 'confirm' };

export interface FlashOptions extends AttachedOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly onProgress?: ((progress: FlashProgress) => void) | undefined;
  /** For the ports to come back and the device to answer. */
  readonly confirmMs?: number | undefined;
}

export interface FlashResult {
  readonly kind: 'flash';
  readonly board: BoardName;
  readonly bitstream: string;
  readonly persistent: boolean;
  readonly key: string;
  readonly port: string;
  readonly baud: number;
  readonly identity: Identity;
  readonly seconds: number;
}

const CONFIRM_MS = 8000;
const LOOK_AGAIN_MS = 250;
const SERIAL = /^serial:(?<serialNumber>.+)$/;

/**
 * @throws DeltascopeError `no-bitstream`, `board-not-found`, `several-boards`, `wrong-board`,
 *   `board-in-use`, of the programmer, or `not-a-deltascope-device` when it does not answer after.
 */
export async function flash(request: FlashRequest, options: FlashOptions): Promise<FlashResult> {
  const { board, bitstream, persist } = request;
  const { environment, signal, onProgress } = options;
  const started = performance.now();
  await access(bitstream).catch((cause) => {
    throw new DeltascopeError('no-bitstream', `There is no bitstream "${bitstream}"`, {
      hint: `npx deltascope build --board ${board}`,
      cause,
    });
  });
  const target = await locate(request, options);
  const [{ serialNumber } = { serialNumber: undefined }] = target.ports;
  await using _lock = await BoardLock.take(target.key, options.locks);
  onProgress?.({ kind: 'board', label: `${BOARDS[board].title} ${target.key}` });
  // A bitstream of ours that answers says which board it is, which the USB chip may not.
  requireBoard(board, { ...target, holder: undefined, ...(await askPorts(target.ports, options)) });
  await loadBitstream({
    ...{ board, bitstream, persist, serialNumber, environment, signal },
    onProgress: (progress) => onProgress?.({ kind: 'load', ...progress }),
  });
  onProgress?.({ kind: 'confirm' });
  const { port, probe } = await confirm(board, { key: target.key, ...options });
  const seconds = (performance.now() - started) / 1000;
  return {
    ...{ kind: 'flash', board, bitstream, persistent: persist, key: target.key },
    ...{ port: port.path, baud: probe.baud, identity: probe.identity, seconds },
  };
}

/** The board that is meant, by its USB chip. */
async function locate({ board, on }: FlashRequest, options: FlashOptions): Promise<AttachedBoard> {
  const { list = listPorts } = options;
  const serialNumber = SERIAL.exec(on ?? '')?.groups?.['serialNumber'];
  if (serialNumber !== undefined) {
    return requireChip(board, await findAttached(serialNumber, options));
  }
  const ports = await list();
  if (ports === undefined) {
    throw new DeltascopeError('board-not-found', 'Serial ports cannot be listed', {
      hint: 'npx deltascope doctor says why',
    });
  }
  if (on !== undefined) {
    const port = await findPort(on, ports);
    const found = port && groupPorts(ports).find(({ key }) => key === keyOf(port));
    if (found) return requireChip(board, found);
    throw new DeltascopeError('port-not-found', `"${on}" is no port of a board`, {
      hint: 'npx deltascope doctor lists the ports that are attached',
    });
  }
  const attached = groupPorts(ports).filter(({ likely }) => likely.length > 0);
  const fitting = attached.filter(({ likely }) => likely.includes(board));
  const [first, ...others] = fitting;
  if (others.length > 0) throw severalBoards(fitting);
  if (first) return first;
  const [other] = attached;
  if (other) return requireChip(board, other);
  throw new DeltascopeError('board-not-found', `No ${BOARDS[board].title} is attached`, {
    hint: 'plug it in; npx deltascope doctor lists what is attached',
  });
}

function requireChip(board: BoardName, found: AttachedBoard): AttachedBoard {
  const chip = usbOf(BOARDS[board]);
  if (found.ports.some(({ usb }) => usb === chip)) return found;
  throw wrongBoard(board, found);
}

/** Of what answers: the part, which alone decides whether the bitstream fits. */
function requireBoard(board: BoardName, examined: Examined): void {
  const probe = examined.answer?.probe;
  if (probe?.state === 'deltascope' && probe.identity.board !== BOARDS[board].id) {
    throw wrongBoard(board, examined);
  }
}

function wrongBoard(board: BoardName, found: AttachedBoard & Partial<Examined>): DeltascopeError {
  const { title } = BOARDS[board];
  return new DeltascopeError('wrong-board', `${found.key} is ${titleOf(found)}, not ${title}`, {
    hint: `attach the ${title}, or name the board that is there: npx deltascope boards`,
  });
}

interface Confirmed {
  readonly port: Port;
  readonly probe: Extract<Examined['asked'][number]['probe'], { state: 'deltascope' }>;
}

/** The ports of a board vanish while it is programmed, and come back. */
async function confirm(
  board: BoardName,
  { key, list = listPorts, confirmMs = CONFIRM_MS, ...options }: FlashOptions & { key: string },
): Promise<Confirmed> {
  const deadline = performance.now() + confirmMs;
  for (;;) {
    const found = groupPorts((await list()) ?? []).find((attached) => attached.key === key);
    const asked = found && (await askPorts(found.ports, options));
    const examined = found && asked && { ...found, holder: undefined, ...asked };
    if (examined?.answer) {
      const { port, probe } = examined.answer;
      requireBoard(board, examined);
      if (probe.state === 'deltascope') return { port, probe };
      if (probe.state === 'other-contract') throw probe.error;
    }
    if (options.signal?.aborted) throw interrupted();
    if (performance.now() > deadline) {
      throw examined ? noAnswer(examined) : vanished(key);
    }
    await delay(LOOK_AGAIN_MS);
  }
}

function vanished(key: string): DeltascopeError {
  return new DeltascopeError('board-not-found', `Board ${key} has vanished since it was loaded`, {
    hint: 'replug the board, then: npx deltascope doctor',
  });
}
