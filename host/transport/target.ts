/** `--on`: which device is meant, opened. */
import { fileURLToPath } from 'node:url';
import { BOARDS, type BoardName, DEFAULT_BOARD } from '../../contract/boards.ts';
import { TIMEOUTS } from '../../contract/protocol.ts';
import { DeltascopeError } from '../error.ts';
import { openSerial } from './serial.ts';
import { type SimulatedOptions, startSimulated } from './simulated.ts';
import { buildSimulator, type LinkKind, type SimulatorProgress } from './simulator.ts';
import type { Transport } from './transport.ts';

/** What of `SimulatedOptions` is given concerns a simulated board only. */
export interface TargetOptions extends SimulatedOptions {
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
  | { readonly kind: 'serial'; readonly label: string; readonly port: string };

export interface Target {
  readonly transport: Transport;
  readonly description: TargetDescription;
  /** For `openDevice`; in simulated time where the board is simulated. */
  readonly timeouts: { replyMs: number; retries: number; identifyMs: number };
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const SIMULATED = /^sim(?::(?<board>[^/]*)(?:\/(?<lanes>.*))?)?$/;
const LANES = [4, 8, 16, 32];

/**
 * @param on `sim`, `sim:BOARD`, `sim:BOARD/LANES` or the path of a port; undefined: the default
 *   board, simulated.
 * @throws DeltascopeError `unknown-board`, `bad-option`, or what opening it throws.
 */
export async function openTarget(
  on: string | undefined,
  options: TargetOptions = {},
): Promise<Target> {
  const simulated = on === undefined ? undefined : SIMULATED.exec(on);
  if (on === undefined || simulated) {
    const { board: named, lanes: count } = simulated?.groups ?? {};
    const board = named === undefined ? DEFAULT_BOARD : findBoard(named);
    const lanes = count === undefined ? undefined : parseLanes(count);
    const label = labelOf(board, { lanes, ...options });
    const note = on === undefined ? ' (no board found)' : '';
    return openSimulated(board, { ...options, lanes, label: `${label}${note}` });
  }
  if (Object.hasOwn(BOARDS, on)) {
    throw new DeltascopeError('bad-option', `"${on}" is a board, not a port`, {
      hint: `--on sim:${on}, or --on PORT for a real one`,
    });
  }
  const transport = await openSerial(on);
  const description = { kind: 'serial', label: `serial ${on}`, port: on } as const;
  return { transport, description, timeouts: TIMEOUTS };
}

async function openSimulated(
  board: BoardName,
  options: TargetOptions & { label: string; lanes: number | undefined },
): Promise<Target> {
  const { root = ROOT, environment = process.env, label, lanes, link = 'bytes', trace } = options;
  const { signal, onProgress } = options;
  const traced = trace !== undefined;
  const simulator = await buildSimulator({
    ...{ board, root, environment, lanes, link, traced, signal, onProgress },
  });
  const stdio = options.stdio ?? process.platform === 'win32';
  const { transport, seed } = await startSimulated(simulator.program, { ...options, stdio });
  const { verilator } = simulator;
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

/** @throws DeltascopeError `unknown-board` with the nearest name. */
function findBoard(name: string): BoardName {
  if (Object.hasOwn(BOARDS, name)) {
    return name as BoardName;
  }
  const names = Object.keys(BOARDS);
  const [nearest] = [...names].sort((a, b) => distance(name, a) - distance(name, b));
  const close = nearest !== undefined && distance(name, nearest) <= nearest.length / 2;
  const guess = close ? `; did you mean "${nearest}"?` : '';
  throw new DeltascopeError('unknown-board', `Unknown board "${name}"${guess}`, {
    hint: `boards: ${names.join(', ')}`,
  });
}

/** Edits (Levenshtein) from one name to the other. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, a] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, b] of [...to].entries()) {
      const substitute = (row[j] ?? 0) + (a === b ? 0 : 1);
      next.push(Math.min(substitute, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
