/** The boards that are attached: which there are, which are free, and which one is meant. */
import { BOARDS, type BoardName } from '../contract/boards.ts';
import { DeltascopeError } from './error.ts';
import { guess } from './nearest.ts';
import { type Probe, type ProbeOptions, probePort } from './probe.ts';
import { boardName } from './protocol/requests.ts';
import {
  BoardLock,
  describeHolder,
  type Holder,
  inUse,
  type LockOptions,
  readHolder,
} from './transport/board-lock.ts';
import { boardsOf, keyOf, listPorts, type Port } from './transport/ports.ts';

/** A USB device with one or more ports. */
export interface AttachedBoard {
  /** Its serial number, or the path of its port where it has none. */
  readonly key: string;
  /** The likeliest to be the link first. */
  readonly ports: readonly Port[];
  /** By its USB chip. */
  readonly likely: readonly BoardName[];
}

export interface ExaminedPort {
  readonly port: Port;
  readonly probe: Probe;
}

export interface Examined extends AttachedBoard {
  /** Who works with it; then nothing was asked. */
  readonly holder: Holder | undefined;
  /** Those that were asked, until one answered. */
  readonly asked: readonly ExaminedPort[];
  /** The port of the deltascope device, of whatever contract. */
  readonly answer: ExaminedPort | undefined;
}

export interface AttachedOptions extends ProbeOptions {
  readonly list?: (() => Promise<Port[] | undefined>) | undefined;
  readonly locks?: LockOptions | undefined;
}

/** The board to open. */
export interface Chosen {
  readonly key: string;
  readonly path: string;
  /** As it says itself: `iCEBreaker`. */
  readonly title: string;
}

export function groupPorts(ports: readonly Port[]): AttachedBoard[] {
  return [...new Set(ports.map(keyOf))].map((key) => {
    const own = ports.filter((port) => keyOf(port) === key);
    // Of several channels the first programs the board.
    own.sort((a, b) => (b.channel ?? 0) - (a.channel ?? 0) || (a.path < b.path ? 1 : -1));
    return { key, ports: own, likely: [...new Set(own.flatMap(boardsOf))] };
  });
}

/** Asks the ports of a board, holding its lock meanwhile. @throws DeltascopeError `interrupted` */
export async function examine(
  board: AttachedBoard,
  options: AttachedOptions = {},
): Promise<Examined> {
  try {
    await using _lock = await BoardLock.take(board.key, options.locks);
    return { ...board, holder: undefined, ...(await askPorts(board.ports, options)) };
  } catch (error) {
    const holder = await readHolder(board.key, options.locks);
    if (holder === undefined) throw error;
    return { ...board, holder, asked: [], answer: undefined };
  }
}

/** One port after the other, until a deltascope device answers. The caller holds the lock. */
export async function askPorts(
  ports: readonly Port[],
  options: ProbeOptions = {},
): Promise<Pick<Examined, 'asked' | 'answer'>> {
  const asked: ExaminedPort[] = [];
  for (const port of ports) {
    const probe = await probePort(port.path, options);
    asked.push({ port, probe });
    if (probe.state === 'deltascope' || probe.state === 'other-contract') {
      return { asked, answer: { port, probe } };
    }
  }
  return { asked, answer: undefined };
}

/**
 * The one deltascope board that is attached; undefined when there is none.
 * @returns also how many devices might be one but do not answer.
 * @throws DeltascopeError `several-boards`, or `board-in-use` when the only one is.
 */
export async function chooseBoard(
  options: AttachedOptions = {},
): Promise<{ chosen: Chosen | undefined; silent: readonly Examined[] }> {
  const ports = (await (options.list ?? listPorts)()) ?? [];
  const candidates = groupPorts(ports).filter(({ likely }) => likely.length > 0);
  const examined = await Promise.all(candidates.map((board) => examine(board, options)));
  const found = examined.filter(({ holder, answer }) => holder ?? answer);
  if (found.length > 1) throw severalBoards(found);
  const [one] = found;
  if (one?.holder) throw inUse(one.key, one.holder);
  return {
    chosen: one && choice(one),
    silent: examined.filter(({ holder, answer }) => !holder && !answer),
  };
}

/**
 * The board with this serial number.
 * @throws DeltascopeError `board-not-found`, `board-in-use`, or why none of its ports answers.
 */
export async function findBySerial(
  serialNumber: string,
  options: AttachedOptions = {},
): Promise<Chosen> {
  const board = await findAttached(serialNumber, options);
  const examined = await examine(board, options);
  if (examined.holder) throw inUse(board.key, examined.holder);
  const chosen = choice(examined);
  if (chosen === undefined) throw noAnswer(examined);
  return chosen;
}

/** @throws DeltascopeError `board-not-found`. */
export async function findAttached(
  serialNumber: string,
  { list = listPorts }: AttachedOptions = {},
): Promise<AttachedBoard> {
  const ports = await list();
  if (ports === undefined) {
    throw new DeltascopeError(
      'board-not-found',
      `Cannot look for board ${serialNumber}: serial ports cannot be listed`,
      { hint: 'npx deltascope doctor says why; or name the port itself: --on PORT' },
    );
  }
  const boards = groupPorts(ports.filter((port) => port.serialNumber !== undefined));
  const found = boards.find(({ key }) => key === serialNumber);
  if (found) return found;
  const keys = boards.map(({ key }) => key);
  throw new DeltascopeError(
    'board-not-found',
    `No board with the serial number "${serialNumber}" is attached${guess(serialNumber, keys)}`,
    { hint: keys.length > 0 ? `attached: ${keys.join(', ')}` : 'plug the board in' },
  );
}

/** Nothing answers on any port: of one that cannot be opened, why. */
export function noAnswer({ key, asked }: Examined): DeltascopeError {
  for (const { probe } of asked) {
    if (probe.state === 'unreachable') return probe.error;
  }
  const paths = asked.map(({ port }) => port.path).join(', ');
  return new DeltascopeError(
    'not-a-deltascope-device',
    `No deltascope device answers on board ${key} (${paths})`,
    { hint: 'npx deltascope doctor says why; npx deltascope flash loads the bitstream' },
  );
}

/** Each on a line, with what to type. */
export function severalBoards(
  boards: readonly (AttachedBoard & Partial<Examined>)[],
): DeltascopeError {
  const lines = boards.map((board) => {
    const state = board.holder ? `in use by ${describeHolder(board.holder)}` : 'free';
    return `--on ${nameFor(board)}   ${titleOf(board)}, ${state}`;
  });
  return new DeltascopeError(
    'several-boards',
    `${boards.length} boards are attached: say which one is meant`,
    { hint: lines.join('\n  ') },
  );
}

/** What `--on` takes. */
export function nameFor({ key, ports }: AttachedBoard): string {
  return ports[0]?.serialNumber === undefined ? key : `serial:${key}`;
}

/** As the device says, else what it is likely to be. */
export function titleOf({ answer, likely }: AttachedBoard & Partial<Examined>): string {
  const probe = answer?.probe;
  const identity = probe && 'identity' in probe ? probe.identity : undefined;
  const name = identity && boardName(identity);
  if (name !== undefined) return BOARDS[name].title;
  return likely.map((board) => BOARDS[board].title).join(' or ') || 'unknown board';
}

function choice(examined: Examined): Chosen | undefined {
  const { key, answer } = examined;
  return answer && { key, path: answer.port.path, title: titleOf(examined) };
}
