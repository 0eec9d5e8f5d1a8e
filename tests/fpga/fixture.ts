/** A small design as a build target; the real boards take minutes. */
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { BuildTarget } from '../../fpga/result.ts';
import { ROOT } from '../../tools/setup/environment.mjs';

const FOLDER = 'tests/fpga/fixtures';

export const FIXTURE: BuildTarget = {
  name: 'fixture',
  family: 'ice40',
  device: 'up5k',
  package: 'sg48',
  constraints: `${FOLDER}/fixture.pcf`,
  top: 'fixture_top',
  clockHz: 36_000_000,
  intended: { multipliers: 1, blockRams: 1, weightMemories: 0 },
  folders: [FOLDER],
};

/** The same for the other family. */
export const ECP5_FIXTURE: BuildTarget = {
  name: 'fixture-ecp5',
  family: 'ecp5',
  device: '25k',
  package: 'CABGA381',
  constraints: `${FOLDER}/fixture.lpf`,
  top: 'fixture_ecp5',
  clockHz: 75_000_000,
  intended: { multipliers: 0, blockRams: 1, weightMemories: 0 },
  folders: [FOLDER],
};

/** The tools see paths below the repository only. */
export class Cache implements AsyncDisposable {
  readonly folder = `build/test/fpga-${randomBytes(4).toString('hex')}`;
  readonly path = path.join(ROOT, this.folder);

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}
