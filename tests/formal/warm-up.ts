/** Before the proofs: yosys compiles itself once, not twice at the same time. */
import { warmUp } from '../bridge/sby.ts';

export async function setup(): Promise<void> {
  process.stdout.write(`${await warmUp()} with sby\n`);
}
