/** The program that simulates a board's netlist, behind the same pins as the board itself. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { BOARDS } from '../../contract/boards.ts';
import {
  buildProgram,
  commonFlags,
  type ProgramDescription,
  type ProgramOptions,
  type Simulator,
} from './simulator.ts';

export interface GateOptions extends ProgramOptions {
  /** The netlist as Verilog, relative to the root; its module is the board's top. */
  readonly verilog: string;
}

const CELLS_FOLDER = 'sim/cells';

/**
 * At -O1 the compiler takes a third of the time that it takes at -O3, and the program, a long list
 * of small expressions, runs as fast.
 */
const MAKE_OPTIONS = 'OPT_FAST=-O1 OPT_GLOBAL=-O3 CFG_CXXFLAGS_PCH_I=-include';
/** In statements: smaller pieces compile in less memory, and side by side. */
const SPLIT = ['--output-split', '20000', '--output-split-cfuncs', '5000'];

/** Built now unless this very one is there. @throws DeltascopeError `simulator-build-failed`. */
export async function buildGateSimulator(options: GateOptions): Promise<Simulator> {
  return buildProgram(() => describe(options), options);
}

async function describe({ board, root, verilog }: GateOptions): Promise<ProgramDescription> {
  const { family, top, clockHz } = BOARDS[board];
  const folder = `${CELLS_FOLDER}/${family}`;
  const cells = (await readdir(path.join(root, folder))).sort().map((name) => `${folder}/${name}`);
  return {
    name: `gates-${board}`,
    sources: [verilog, ...cells],
    headers: [],
    flags: [
      ...commonFlags(board, ` -DDS_CLOCK_HZ=${clockHz}`),
      ...['--top-module', top, '--prefix', 'Vgates', ...SPLIT],
      ...['-MAKEFLAGS', MAKE_OPTIONS],
    ],
  };
}
