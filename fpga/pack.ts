/** Routed design to bitstream, with the report of the whole build beside it. */
import { createHash } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Entry, keepEntry, keyOf } from './cache.ts';
import { BuildFailure } from './failure.ts';
import { FAMILIES } from './families.ts';
import { ROUTED } from './place-route.ts';
import type { BuildResult, BuildTarget } from './result.ts';
import { firstError, runTool } from './run-tool.ts';
import type { Tool } from './tools.ts';

export interface PackOptions {
  readonly root: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Of this target's entries, relative to the root. */
  readonly cache: string;
  readonly packer: Tool;
  /** Folders of all placements, named by their content's hash, and of the one that is packed. */
  readonly placements: readonly string[];
  readonly best: string;
  /** Its clocks are met. */
  readonly met: boolean;
  readonly signal: AbortSignal;
  /** The report, once the bitstream is known. */
  readonly report: (bitstream: NonNullable<BuildResult['bitstream']>) => BuildResult;
}

export interface Packed extends Entry {
  readonly result: BuildResult;
}

export const RESULT = 'result.json';
export const BITSTREAM_ENTRY = /^bitstream-[0-9a-f]{12}$/;

/** @throws BuildFailure `build-failed` with the packer's error */
export async function pack(target: BuildTarget, options: PackOptions): Promise<Packed> {
  const { root, environment, cache, packer, placements, best, met, signal, report } = options;
  const { packer: packing, bitstreamEnding } = FAMILIES[target.family];
  const inputs = [packer.version, packing, placements.map((folder) => path.basename(folder)), best];
  const folder = `${cache}/bitstream-${await keyOf(root, { inputs, files: [] })}`;
  // What must not be flashed by accident says so in its name.
  const name = `${target.name}${met ? '' : '-timing-failed'}.${bitstreamEnding}`;
  const entry = await keepEntry({
    ...{ root, folder },
    make: async (scratch) => {
      const { text, ok, seconds } = await runTool(packer.program, {
        args: [...packing.flags, `${best}/${ROUTED}`, `${scratch}/${name}`],
        ...{ root, environment, signal },
      });
      if (!ok) throw new BuildFailure('build-failed', `${packer.program}: ${firstError(text)}`);
      const bytes = await readFile(path.join(root, scratch, name));
      const result = report({
        file: `${folder}/${name}`,
        bytes: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
        seconds,
        cached: false,
      });
      await writeFile(path.join(root, scratch, RESULT), `${JSON.stringify(result, null, 2)}\n`);
    },
  });
  const bitstream = await readBitstream(root, { entry, name });
  return { ...entry, result: report(bitstream) };
}

async function readBitstream(
  root: string,
  { entry, name }: { entry: Entry; name: string },
): Promise<NonNullable<BuildResult['bitstream']>> {
  const { bitstream } = JSON.parse(await readFile(path.join(root, entry.folder, RESULT), 'utf8'));
  const file = `${entry.folder}/${name}`;
  await stat(path.join(root, file));
  return { ...bitstream, file, cached: entry.cached };
}
