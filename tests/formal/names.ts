/** The proofs there are: a file tests/formal/NAME.sby each. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../tools/setup/environment.mjs';

export function proofNames(): string[] {
  return readdirSync(path.join(ROOT, 'tests', 'formal'))
    .filter((name) => name.endsWith('.sby'))
    .map((name) => path.basename(name, '.sby'));
}
