/** `--out`: the result and what was observed, as files. */
import { access, constants, mkdir, rmdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { writeNpy } from '../host/data/npy.ts';
import { DeltascopeError } from '../host/error.ts';
import type { Measurement } from '../host/measure.ts';
import { activationValue, deltaValue, zValue } from '../host/values.ts';

/** A directory that is there before anything is measured, and gone again if nothing is written. */
export class OutputDirectory implements AsyncDisposable {
  readonly path: string;
  /** Those that were not there before, outermost first. */
  readonly #made: readonly string[];
  #empty = true;

  private constructor(directory: string, made: readonly string[]) {
    this.path = directory;
    this.#made = made;
  }

  /** @throws DeltascopeError output-not-writable. */
  static async create(directory: string): Promise<OutputDirectory> {
    try {
      const made = await makeDirectories(path.resolve(directory));
      await access(directory, constants.W_OK);
      return new OutputDirectory(directory, made);
    } catch (cause) {
      throw notWritable(directory, cause);
    }
  }

  /** `result.json`. @throws DeltascopeError output-not-writable. */
  async writeResult(result: unknown): Promise<void> {
    await this.#write('result.json', `${JSON.stringify(result, null, 2)}\n`);
  }

  /** @throws DeltascopeError output-not-writable. */
  async writeText(name: string, text: string): Promise<void> {
    await this.#write(name, text);
  }

  /**
   * `z_ℓ.npy`, `a_ℓ.npy`, `delta_ℓ.npy` for layers 1 … L: images × neurons, float64, the values of
   * the codes the device sent.
   */
  async writeObservations({ images }: Pick<Measurement, 'images'>): Promise<void> {
    for (const index of images[0]?.layers.keys() ?? []) {
      const rows = { z: [] as number[][], a: [] as number[][], delta: [] as number[][] };
      for (const image of images) {
        const observed = image.observation?.[index];
        const exponent = image.layers[index]?.deltaExponent;
        if (observed === undefined || exponent === undefined) return;
        rows.z.push(Array.from(observed.z, zValue));
        rows.a.push(Array.from(observed.activations, (code) => activationValue(code, observed)));
        rows.delta.push(Array.from(observed.deltas, (m) => deltaValue(m, exponent)));
      }
      for (const [name, values] of Object.entries(rows)) {
        const shape = [values.length, values[0]?.length ?? 0] as const;
        const bytes = writeNpy(Float64Array.from(values.flat()), shape);
        await this.#write(`${name}_${index + 1}.npy`, bytes);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#empty) return;
    // Somebody else may have put something there: then it stays.
    for (const directory of this.#made.toReversed()) await rmdir(directory).catch(() => {});
  }

  async #write(name: string, data: string | Uint8Array): Promise<void> {
    const file = path.join(this.path, name);
    try {
      await writeFile(file, data);
      this.#empty = false;
    } catch (cause) {
      throw notWritable(file, cause);
    }
  }
}

/** Not with `recursive`: in /proc, Node 20 then tries for ever. */
async function makeDirectories(directory: string): Promise<string[]> {
  if (await isDirectory(directory)) return [];
  const made = await makeDirectories(path.dirname(directory));
  await mkdir(directory);
  return [...made, directory];
}

async function isDirectory(file: string): Promise<boolean> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && file !== path.dirname(file)) return undefined;
    throw error;
  });
  if (found === undefined || found.isDirectory()) return found !== undefined;
  throw new Error(`"${file}" is not a directory`);
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'part of the path is a file, not a directory',
  ENOENT: 'no directory can be made there',
};

function notWritable(file: string, cause: unknown): DeltascopeError {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  return new DeltascopeError(
    'output-not-writable',
    `Cannot write "${file}": ${REASONS[code] ?? message}`,
    { hint: 'Name a directory you may write to: --out results/mine', cause },
  );
}
