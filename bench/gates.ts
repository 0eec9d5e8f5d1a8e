/** `--on gates:BOARD`: the netlist that place and route gets, simulated from the pins inwards. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BOARDS, type BoardName } from '../contract/boards.ts';
import { TIMEOUTS } from '../contract/protocol.ts';
import { buildJob, requireWhole } from '../fpga/build-job.ts';
import { CACHE_FOLDER, keepEntry, keyOf } from '../fpga/cache.ts';
import { BuildFailure } from '../fpga/failure.ts';
import { readNetlist } from '../fpga/netlist.ts';
import { type BuildTarget, buildTargetSchema } from '../fpga/result.ts';
import { simulationVerilog } from '../fpga/simulation.ts';
import { DeltascopeError } from '../host/error.ts';
import { findBoard } from '../host/nearest.ts';
import { buildGateSimulator } from '../host/transport/gates.ts';
import { type SimulatedOptions, startSimulated } from '../host/transport/simulated.ts';
import type { SimulatorProgress } from '../host/transport/simulator.ts';
import type { Target } from '../host/transport/target.ts';

export interface GateTargetOptions extends Pick<SimulatedOptions, 'seed' | 'statsFile' | 'stdio'> {
  /** The repository. */
  readonly root: string;
  /** With yosys and Verilator on its PATH. */
  readonly environment: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: SimulatorProgress) => void;
  /** Other sources than the device's, relative to the root. */
  readonly folders?: readonly string[] | undefined;
}

const PREFIX = 'gates:';
const VERILOG = 'netlist.v';
/** Part of the key of what it writes. */
const WRITER = 'fpga/simulation.ts';

/** Whether `--on` means a netlist. */
export function namesGates(on: string | undefined): boolean {
  return on?.startsWith(PREFIX) ?? false;
}

/**
 * Synthesises, builds and starts the netlist of a board; both are kept by content.
 * @param on `gates:BOARD`
 * @throws DeltascopeError `unknown-board`, those of a build, `simulator-build-failed` or
 *   `simulator-died`.
 */
export async function openGates(on: string, options: GateTargetOptions): Promise<Target> {
  const board = findBoard(on.slice(PREFIX.length));
  const { verilog } = await makeGateNetlist(board, options);
  const { program, verilator } = await buildGateSimulator({ ...options, board, verilog });
  const { transport, seed } = await startSimulated(program, { ...options, link: 'pins' });
  const label = `netlist of ${board}, simulated`;
  const description = { kind: 'simulated', label, board, link: 'pins', verilator, seed } as const;
  return { transport, description, timeouts: TIMEOUTS };
}

export interface GateNetlist {
  /** As yosys left it, and as Verilog for simulation; relative to the root. */
  readonly netlist: string;
  readonly verilog: string;
}

/** @throws DeltascopeError of the build, also for lost logic. */
export async function makeGateNetlist(
  board: BoardName,
  { root, environment, signal, folders }: GateTargetOptions,
): Promise<GateNetlist> {
  const target = { ...buildTargetSchema.parse({ ...BOARDS[board], name: board }), folders };
  try {
    const netlist = await synthesiseWhole(target as BuildTarget, { root, environment, signal });
    const files = [WRITER, netlist];
    const folder = `${CACHE_FOLDER}/${board}/gates-${await keyOf(root, { inputs: [], files })}`;
    await keepEntry({
      ...{ root, folder },
      make: async (scratch) => {
        const text = simulationVerilog(await readNetlist(path.join(root, netlist)), target.top);
        await writeFile(path.join(root, scratch, VERILOG), text);
      },
    });
    return { netlist, verilog: `${folder}/${VERILOG}` };
  } catch (error) {
    if (!(error instanceof BuildFailure)) throw error;
    const { code, message, hint } = error;
    throw new DeltascopeError(code, message, { cause: error, ...(hint && { hint }) });
  }
}

/** @returns the netlist's file, relative to the root */
async function synthesiseWhole(
  target: BuildTarget,
  options: Parameters<typeof buildJob>[1],
): Promise<string> {
  const request = { target, seeds: 1, until: 'synth', area: false } as const;
  for await (const event of buildJob(request, options)) {
    if (event.kind !== 'result') continue;
    requireWhole(event.result);
    return event.result.synthesis.netlist;
  }
  throw new Error('the build ended without a result');
}
