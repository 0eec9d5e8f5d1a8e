/** `--on` of the commands that measure: the host's devices, and the model and netlists, which only this room may add. */
import { namesGates, openGates } from '../bench/gates.ts';
import { DEFAULT_BOARD } from '../contract/boards.ts';
import { TIMEOUTS } from '../contract/protocol.ts';
import { findBoard } from '../host/nearest.ts';
import {
  openTarget as openDevice,
  refuseSimulatorOptions,
  type Target,
  type TargetOptions,
} from '../host/transport/target.ts';
import { openModel } from '../model/open-model.ts';
import { ROOT } from '../tools/setup/environment.mjs';

const MODEL = /^model(?::(?<board>.*))?$/;

/**
 * @param on `model` or `model:BOARD`, `gates:BOARD`, or what host/transport/target.ts takes.
 * @throws DeltascopeError `unknown-board`, `bad-option`, or what opening it throws.
 */
export async function openTarget(on: string | undefined, options: TargetOptions): Promise<Target> {
  if (on !== undefined && namesGates(on)) {
    const { seed, ...others } = options;
    refuseSimulatorOptions(on, others);
    return openGates(on, { root: ROOT, environment: process.env, ...others, seed });
  }
  const model = MODEL.exec(on ?? '');
  if (on === undefined || model === null) return openDevice(on, options);
  refuseSimulatorOptions(on, options);
  const named = model.groups?.['board'];
  const board = named === undefined ? DEFAULT_BOARD : findBoard(named);
  const label = `model, bit-exact to the RTL in CI; not hardware (as ${board})`;
  return {
    transport: openModel(board),
    description: { kind: 'model', label, board },
    timeouts: TIMEOUTS,
  };
}
