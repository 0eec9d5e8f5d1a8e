/** The arrows of the house: which room may import which. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../../tools/setup/environment.mjs';

/** What of the host's transports the model uses: the seam itself, and a wire in memory. */
const MODEL_WIRE = ['host/transport/transport.ts', 'host/transport/memory.ts'];

/** Prefixes of what the files of a room may import; `host` never imports `golden`. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  contract: ['contract/'],
  golden: ['golden/', 'contract/'],
  host: ['host/', 'contract/'],
  fpga: ['fpga/', 'contract/'],
  model: ['model/', 'golden/', 'contract/', 'host/protocol/', ...MODEL_WIRE],
  bench: ['bench/', 'host/', 'fpga/', 'golden/', 'contract/'],
  experiments: ['experiments/', 'bench/', 'host/', 'golden/', 'contract/'],
  report: ['report/', 'contract/'],
  cli: [
    'cli/',
    'report/',
    'bench/',
    'experiments/',
    'host/',
    'fpga/',
    'model/',
    'golden/',
    'contract/',
    'tools/setup/',
  ],
  tools: ['tools/', 'cli/deltascope.mjs', 'report/', 'contract/', 'golden/'],
};

/** Rooms without packages from outside: only `node:`. */
const BARE = ['contract', 'tools/setup'];

const IMPORT = /\b(?:from|import)\s*\(?\s*(['"])(?<target>[^'"]+)\1/g;

/** What is wrong with the imports of one file, `file` and targets below the root. */
function wrongImports(file: string, text: string): string[] {
  const room = file.split('/')[0] ?? '';
  const targets = [...text.matchAll(IMPORT)].map(({ groups }) => groups?.['target'] ?? '');
  return targets.flatMap((target) => {
    if (!target.startsWith('.')) {
      const bare = BARE.some((prefix) => file.startsWith(`${prefix}/`));
      return bare && !target.startsWith('node:') ? [`${file} imports the package ${target}`] : [];
    }
    const found = path.posix.join(path.posix.dirname(file), target);
    const allowed = ARROWS[room]?.some((prefix) => found.startsWith(prefix));
    return allowed ? [] : [`${file} imports ${found}`];
  });
}

function sources(room: string): string[] {
  return readdirSync(path.join(ROOT, room), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.m?ts$|\.mjs$/.test(name))
    .map((name) => path.posix.join(room, ...name.split(path.sep)));
}

const rooms = readdirSync(ROOT).filter((name) => Object.hasOwn(ARROWS, name));

test.each(rooms)('%s imports only what it may', (room) => {
  const files = sources(room);
  expect(files.length).toBeGreaterThan(0);
  const wrong = files.flatMap((file) =>
    wrongImports(file, readFileSync(path.join(ROOT, file), 'utf8')),
  );
  expect(wrong).toEqual([]);
});

describe('a wrong arrow is seen', () => {
  test.each([
    ['host/device.ts', "import { backpropagate } from '../golden/fixed/network.ts';"],
    ['host/data/idx.ts', "import type { Inputs } from '../../bench/inputs.ts';"],
    ['contract/formats.ts', "import { z } from 'zod';"],
    ['contract/formats.ts', "export * from '../host/values.ts';"],
    ['host/device.ts', "import { openModel } from '../model/open-model.ts';"],
    ['bench/run-job.ts', "import { openModel } from '../model/open-model.ts';"],
    ['golden/fixed/network.ts', "import { ModelCore } from '../../model/core.ts';"],
    ['model/core.ts', "import { layOut } from '../host/layout.ts';"],
    ['fpga/cache.ts', "import { DeltascopeError } from '../host/error.ts';"],
    ['host/flash.ts', "import { findBuilds } from '../fpga/builds.ts';"],
    ['experiments/chain.ts', "import { openModel } from '../model/open-model.ts';"],
    ['report/html.ts', "import { EXPERIMENTS } from '../experiments/catalogue.ts';"],
    ['report/terminal.ts', "import { normOfMean } from '../host/values.ts';"],
    ['bench/run-job.ts', "const { main } = await import('../cli/main.ts');"],
    ['cli/run.ts', "import { run } from '../tools/process.mjs';"],
  ])('%s: %s', (file, line) => {
    expect(wrongImports(file, line)).toHaveLength(1);
  });
});
