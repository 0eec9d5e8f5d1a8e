/** `--on`: which device is meant, opened. */
import { fileURLToPath } from 'node:url';
import { BOARDS, type BoardName, DEFAULT_BOARD } from '../../contract/boards.ts';
import { TIMEOUTS } from '../../contract/protocol.ts';
import { DeltascopeError } from '../error.ts';
import { openSerial } from './serial.ts';
import { startSimulated } from './simulated.ts';
import { buildSimulator, type SimulatorProgress } from './simulator.ts';
import type { Transport } from './transport.ts';

export interface TargetOptions {
  /** The repository, where the simulator is built. */
  readonly root?: string;
  /** Of the tools that build it. */
  readonly environment?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  /** Of the simulated board's random fill. */
  readonly seed?: number | undefined;
  /** File for the simulated board's cycles and CPU seconds. */
  readonly statsFile?: string | undefined;
  readonly baud?: number;
  readonly onProgress?: (progress: SimulatorProgress) => void;
}

/** What was measured, for the first line of every output and for the result file. */
export type TargetDescription =
  | {
      readonly kind: 'simulated';
      readonly label: string;
      readonly board: BoardName;
      readonly verilator: string;
      readonly seed: number;
    }
  | { readonly kind: 'serial'; readonly label: string; readonly port: string };

export interface Target {
  readonly transport: Transport;
  readonly description: TargetDescription;
  /** For `openDevice`: simulated time passes more slowly. */
  readonly timeouts: { replyMs: number; retries: number; identifyMs: number };
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const SIMULATED_TIMEOUTS = { ...TIMEOUTS, replyMs: 10 * TIMEOUTS.replyMs };
const SIMULATED = /^sim(?::(?<board>.*))?$/;

/**
 * @param on `sim`, `sim:BOARD` or the path of a port; undefined: the default board, simulated.
 * @throws DeltascopeError `unknown-board`, or what opening it throws.
 */
export async function openTarget(
  on: string | undefined,
  options: TargetOptions = {},
): Promise<Target> {
  const simulated = on === undefined ? undefined : SIMULATED.exec(on);
  if (on === undefined || simulated) {
    const named = simulated?.groups?.['board'];
    const board = named === undefined ? DEFAULT_BOARD : findBoard(named);
    const label = `simulated ${board}${on === undefined ? ' (no board found)' : ''}`;
    return openSimulated(board, { ...options, label });
  }
  if (Object.hasOwn(BOARDS, on)) {
    throw new DeltascopeError('bad-option', `"${on}" is a board, not a port`, {
      hint: `--on sim:${on}, or --on PORT for a real one`,
    });
  }
  const transport = await openSerial(on, options);
  const description = { kind: 'serial', label: `serial ${on}`, port: on } as const;
  return { transport, description, timeouts: TIMEOUTS };
}

async function openSimulated(
  board: BoardName,
  options: TargetOptions & { label: string },
): Promise<Target> {
  const { root = ROOT, environment = process.env, signal, onProgress, label } = options;
  const simulator = await buildSimulator({ board, root, environment, signal, onProgress });
  const { transport, seed } = await startSimulated(simulator.program, options);
  const { verilator } = simulator;
  const description = { kind: 'simulated', label, board, verilator, seed } as const;
  return { transport, description, timeouts: SIMULATED_TIMEOUTS };
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
