/** NumPy and PyTorch, by the Python that has them: nothing is installed here. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { z } from 'zod';
import { LIMITS, type SoftwareBench, type SoftwareRow } from '../contract/bench.ts';
import type { FloatNetwork } from '../contract/network.ts';
import type { Batch, LayerNorms } from '../golden/float64/batch.ts';

export interface PythonOptions {
  readonly repeats: number;
  /** With the project's Python first on its PATH; the user's is that of this process. */
  readonly environment: NodeJS.ProcessEnv;
}

interface PythonInputs {
  readonly network: FloatNetwork;
  readonly batch: Batch;
  /** Sizes. */
  readonly batches: readonly number[];
}

interface PythonResult extends Pick<SoftwareBench, 'missing'> {
  readonly rows: readonly (Omit<SoftwareRow, 'largestError'> & { norms: LayerNorms[] })[];
}

const SCRIPT = fileURLToPath(new URL('software.py', import.meta.url));
const FLOAT32_TOLERANCE = 1e-4;

/** Whose Python, and what to do where it lacks the package. */
const LIBRARIES = {
  numpy: { name: 'NumPy', own: true, cure: 'npm run bench -- --full installs it for itself' },
  torch: { name: 'PyTorch', own: false, cure: 'it counts where python3 on PATH has it' },
} as const;

const ONE_THREAD = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };

const output = z.object({
  version: z.string(),
  norms: z.array(z.tuple([z.number(), z.number()])),
  rows: z.array(z.object({ batch: z.number(), seconds: z.array(z.number()), calls: z.number() })),
});

/** Both libraries, on float32 copies of the network. */
export async function runPython(
  inputs: PythonInputs,
  options: PythonOptions,
): Promise<PythonResult> {
  const folder = await mkdtemp(join(tmpdir(), 'deltascope-python-'));
  try {
    await writeInputs(folder, inputs, options);
    const rows: PythonResult['rows'][number][] = [];
    const missing: PythonResult['missing'][number][] = [];
    for (const [library, { name, own, cure }] of Object.entries(LIBRARIES)) {
      const environment = own ? options.environment : process.env;
      if (!(await has(library, environment))) {
        missing.push({ name, why: `no Python here has ${library}: ${cure}` });
        continue;
      }
      const env = { ...environment, ...ONE_THREAD };
      const { stdout } = await execa('python3', [SCRIPT, library, folder], { env });
      const { version, norms, rows: timed } = output.parse(JSON.parse(stdout));
      const layers = norms.map(([normOfMean, meanOfNorms]) => ({ normOfMean, meanOfNorms }));
      const common = { name: `${name}, dense`, tolerance: FLOAT32_TOLERANCE, version };
      rows.push(...timed.map((row) => ({ ...row, ...common, norms: layers })));
    }
    return { rows, missing };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function has(library: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const { exitCode } = await execa('python3', ['-c', `import ${library}`], { env, reject: false });
  return exitCode === 0;
}

async function writeInputs(
  folder: string,
  { network, batch, batches }: PythonInputs,
  { repeats }: PythonOptions,
): Promise<void> {
  const { layers } = network;
  const shapes = layers.map(({ nIn, nOut }) => [nIn, nOut]);
  const spec = { layers: shapes, batches, repeats, seconds: LIMITS.softwareSeconds };
  await Promise.all([
    writeFile(join(folder, 'spec.json'), JSON.stringify(spec)),
    writeFile(join(folder, 'images'), batch.images),
    writeFile(join(folder, 'labels'), batch.labels),
    ...layers.flatMap(({ weights, biases }, index) => [
      writeFile(join(folder, `weights${index}`), weights),
      writeFile(join(folder, `biases${index}`), biases),
    ]),
  ]);
}
