/** Which Verilator runs: its version is part of every simulated result. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { DeltascopeError } from '../error.ts';

/** For hints: what does without Verilator, compiler and Python. */
export const WITHOUT_SIMULATOR = 'or, without the RTL: npx deltascope run --on model';

/** Older ones reject the sources or simulate them differently. */
const OLDEST = { major: 5, minor: 36 };

/**
 * Of make, for every Verilator build: by default the hand-written sources are built at -Os, and the
 * wheel leaves the precompiled header's flag empty, so that a design of several C++ files fails.
 */
export const VERILATOR_MAKE_OPTIONS = 'OPT_FAST=-O3 OPT_GLOBAL=-O3 CFG_CXXFLAGS_PCH_I=-include';

/**
 * Version and kind of the `verilator` on the environment's PATH: `5.48.0 (wheel)`.
 * @throws DeltascopeError `simulator-build-failed` when there is none, or an old one.
 */
export async function findVerilator(environment: NodeJS.ProcessEnv): Promise<string> {
  const result = await execa('verilator', ['--version'], {
    env: environment,
    extendEnv: false,
    reject: false,
  });
  if (result.failed) {
    throw tooOld(`no Verilator that runs is on PATH (${result.shortMessage})`);
  }
  const native = /Verilator (?<major>\d+)\.(?<minor>\d+)/.exec(result.stdout)?.groups;
  if (native === undefined) {
    // The wheel's own program does not know its version.
    return (await wheelVersion(environment['VERILATOR_ROOT'])) ?? result.stdout.trim();
  }
  const major = Number(native['major']);
  const minor = Number(native['minor']);
  const version = `${native['major']}.${native['minor']}`;
  if (major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor)) {
    throw tooOld(`Verilator ${version} on PATH is too old`);
  }
  return `${version} (native)`;
}

/** From the name of the wheel's folder of metadata, beside its root. */
async function wheelVersion(root: string | undefined): Promise<string | undefined> {
  if (root === undefined) {
    return undefined;
  }
  const names = await readdir(path.dirname(root)).catch(() => []);
  const versions = names.map((name) => /^verilator-(.+)\.dist-info$/.exec(name)?.[1]);
  const version = versions.find((found) => found !== undefined);
  return version && `${version} (wheel)`;
}

function tooOld(why: string): DeltascopeError {
  return new DeltascopeError(
    'simulator-build-failed',
    `Cannot build the simulator: ${why}; needed is ${OLDEST.major}.0${OLDEST.minor} or newer`,
    { hint: `npm run setup; ${WITHOUT_SIMULATOR}` },
  );
}
