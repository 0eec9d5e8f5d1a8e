/** `--on`: which device is meant, opened. */
import { fileURLToPath } from 'node:url';
import { BOARDS, type BoardName, DEFAULT_BOARD } from '../../contract/boards.ts';
import { TIMEOUTS } from '../../contract/protocol.ts';
import { type AttachedOptions, type Chosen, chooseBoard, findBySerial } from '../attached.ts';
import { DeltascopeError } from '../error.ts';
import { findBoard } from '../nearest.ts';
import { openLocked } from './exclusive.ts';
import { findPort, keyOf, listPorts } from './ports.ts';
import { type SimulatedOptions, startSimulated } from './simulated.ts';
import { buildSimulator, type LinkKind, type SimulatorProgress } from './simulator.ts';
import type { Transport } from './transport.ts';

/** What of `SimulatedOptions` is given concerns a simulated board only. */
export interface TargetOptions extends SimulatedOptions, Pick<AttachedOptions, 'list' | 'locks'> {
  /** The repository, where the simulator is built. */
  readonly root?: string;
  /** Of the tools that build it. */
  readonly environment?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: SimulatorProgress) => void;
}

/** What was measured, for the first line of every output and for the result file. */
export type TargetDescription =
  | {
      readonly kind: 'simulated';
      readonly label: string;
      readonly board: BoardName;
      /** When other than the board's own. */
      readonly lanes?: number;
      readonly link: LinkKind;
      readonly verilator: string;
      readonly seed: number;
    }
  | {
      /** Of model/, which the command line puts in place of a device. */
      readonly kind: 'model';
      readonly label: string;
      readonly board: BoardName;
    }
  | {
      readonly kind: 'serial';
      readonly label: string;
      readonly port: string;
      /** Serial number of the board, or its port where it has none. */
      readonly key: string;
    };

export interface Target {
  readonly transport: Transport;
  readonly description: TargetDescription;
  /** For `openDevice`; in simulated time where the board is simulated. */
  readonly timeouts: { replyMs: number; retries: number; identifyMs: number };
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const SIMULATED = /^sim(?::(?<board>[^/]*)(?:\/(?<lanes>.*))?)?$/;
const LANES = [4, 8, 16, 32];
const SERIAL = 'serial:';
const ATTACHED = 'board';

/**
 * @param on `sim`, `sim:BOARD`, `sim:BOARD/LANES`, `serial:NUMBER`, the path of a port, or `board`:
 *   the one that is attached. Undefined: that one, and when there is none the default board,
 *   simulated.
 * @throws DeltascopeError `unknown-board`, `bad-option`, `board-not-found`, `several-boards`,
 *   `board-in-use`, or what opening it throws.
 */
export async function openTarget(
  on: string | undefined,
  options: TargetOptions = {},
): Promise<Target> {
  const simulated = SIMULATED.exec(on ?? '');
  if (simulated) {
    const { board: named, lanes: count } = simulated.groups ?? {};
    const board = named === undefined ? DEFAULT_BOARD : findBoard(named);
    const lanes = count === undefined ? undefined : parseLanes(count);
    return openSimulated(board, { ...options, lanes, note: '' });
  }
  if (on === undefined && forSimulation(options) !== undefined) {
    return openSimulated(DEFAULT_BOARD, { ...options, lanes: undefined, note: '' });
  }
  if (on === undefined || on === ATTACHED) {
    const { chosen, silent } = await chooseBoard(options);
    if (chosen) return openBoard(chosen, options);
    if (on === ATTACHED) throw noBoard(silent.length);
    const note = silent.length > 0 ? 'no board answers' : 'no board found';
    return openSimulated(DEFAULT_BOARD, { ...options, lanes: undefined, note: ` (${note})` });
  }
  if (Object.hasOwn(BOARDS, on)) {
    throw new DeltascopeError('bad-option', `"${on}" is a board, not a port`, {
      hint: `--on sim:${on}, or --on PORT for a real one`,
    });
  }
  refuseSimulatorOptions(on, options);
  if (on.startsWith(SERIAL)) {
    return openBoard(await findBySerial(on.slice(SERIAL.length), options), options);
  }
  return openPort(on, options);
}

/** @throws DeltascopeError `bad-option` naming an option that only a simulated board has. */
export function refuseSimulatorOptions(on: string, options: TargetOptions): void {
  const option = forSimulation(options);
  if (option !== undefined) {
    throw new DeltascopeError('bad-option', `${option} is for simulated boards, not for "${on}"`, {
      hint: '--on sim',
    });
  }
}

/** The first that is given of the options that no real board has. */
function forSimulation({ trace, link, seed }: TargetOptions): string | undefined {
  if (trace !== undefined) return '--trace';
  if (link !== undefined) return '--link';
  return seed === undefined ? undefined : '--fill-seed';
}

function noBoard(silent: number): DeltascopeError {
  const some =
    silent === 1
      ? 'The board that is attached does not answer'
      : `None of the ${silent} boards that are attached answers`;
  const why = silent === 0 ? 'No board is attached' : some;
  return new DeltascopeError('board-not-found', why, { hint: 'npx deltascope doctor says more' });
}

async function openBoard({ key, path, title }: Chosen, { locks }: TargetOptions): Promise<Target> {
  const name = key === path ? title : `${title} ${key}`;
  const transport = await openLocked(path, { key, ...locks });
  const description = { kind: 'serial', label: `${name} on ${path}`, port: path, key } as const;
  return { transport, description, timeouts: TIMEOUTS };
}

async function openPort(path: string, { list = listPorts, locks }: TargetOptions): Promise<Target> {
  const port = await findPort(path, (await list()) ?? []);
  const key = port === undefined ? path : keyOf(port);
  const transport = await openLocked(path, { key, ...locks });
  const description = { kind: 'serial', label: `serial ${path}`, port: path, key } as const;
  return { transport, description, timeouts: TIMEOUTS };
}

async function openSimulated(
  board: BoardName,
  options: TargetOptions & { note: string; lanes: number | undefined },
): Promise<Target> {
  const { root = ROOT, environment = process.env, lanes, link = 'bytes', trace } = options;
  const { signal, onProgress } = options;
  const traced = trace !== undefined;
  const simulator = await buildSimulator({
    ...{ board, root, environment, lanes, link, traced, signal, onProgress },
  });
  const stdio = options.stdio ?? process.platform === 'win32';
  const { transport, seed } = await startSimulated(simulator.program, { ...options, stdio });
  const { verilator } = simulator;
  const label = `${labelOf(board, options)}${options.note}`;
  const description = { kind: 'simulated', label, board, link, verilator, seed } as const;
  return {
    transport,
    description: { ...description, ...(lanes !== undefined && { lanes }) },
    timeouts: TIMEOUTS,
  };
}

/** What is simulated, and what of it is not as on the board. */
function labelOf(
  board: BoardName,
  { lanes, link, faults = {} }: TargetOptions & { lanes: number | undefined },
): string {
  const faulty = Object.values(faults).some((rate) => rate > 0);
  const details = [
    lanes !== undefined && `${lanes} lanes`,
    link === 'pins' && 'UART pins',
    faulty && 'faulty link',
  ].filter(Boolean);
  return `simulated ${board}${details.length > 0 ? ` with ${details.join(', ')}` : ''}`;
}

/** @throws DeltascopeError `bad-option`. */
function parseLanes(text: string): number {
  const lanes = Number(text);
  if (!LANES.includes(lanes) || text !== String(lanes)) {
    throw new DeltascopeError('bad-option', `A board has no "${text}" lanes`, {
      hint: `lanes: ${LANES.join(', ')}`,
    });
  }
  return lanes;
}
