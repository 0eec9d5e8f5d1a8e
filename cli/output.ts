/** `--out`: the result and what was observed, as files. */
import { access, constants, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeNpy } from '../host/data/npy.ts';
import { DeltascopeError } from '../host/error.ts';
import type { Measurement } from '../host/measure.ts';
import { activationValue, deltaValue, zValue } from '../host/values.ts';

/** Makes the directory before anything is measured. @throws DeltascopeError output-not-writable. */
export async function prepareOutput(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
    await access(directory, constants.W_OK);
  } catch (cause) {
    throw notWritable(directory, cause);
  }
}

/** `result.json`. @throws DeltascopeError output-not-writable. */
export async function writeResult(directory: string, result: unknown): Promise<void> {
  await write(directory, 'result.json', `${JSON.stringify(result, null, 2)}\n`);
}

/**
 * `z_ℓ.npy`, `a_ℓ.npy`, `delta_ℓ.npy` for layers 1 … L: images × neurons, float64, the values of
 * the codes the device sent.
 */
export async function writeObservations(directory: string, run: Measurement): Promise<void> {
  for (const index of run.layers.keys()) {
    const rows = { z: [] as number[][], a: [] as number[][], delta: [] as number[][] };
    for (const { observation, layers } of run.images) {
      const observed = observation?.[index];
      const exponent = layers[index]?.deltaExponent;
      if (observed === undefined || exponent === undefined) return;
      rows.z.push(Array.from(observed.z, zValue));
      rows.a.push(Array.from(observed.activations, activationValue));
      rows.delta.push(Array.from(observed.deltas, (m) => deltaValue(m, exponent)));
    }
    for (const [name, values] of Object.entries(rows)) {
      const shape = [values.length, values[0]?.length ?? 0] as const;
      const bytes = writeNpy(Float64Array.from(values.flat()), shape);
      await write(directory, `${name}_${index + 1}.npy`, bytes);
    }
  }
}

async function write(directory: string, name: string, data: string | Uint8Array): Promise<void> {
  try {
    await writeFile(join(directory, name), data);
  } catch (cause) {
    throw notWritable(join(directory, name), cause);
  }
}

function notWritable(path: string, cause: unknown): DeltascopeError {
  const why = (cause as NodeJS.ErrnoException).code ?? String(cause);
  return new DeltascopeError('output-not-writable', `Cannot write "${path}": ${why}`, {
    hint: 'Name a directory you may write to: --out results/mine',
    cause,
  });
}
