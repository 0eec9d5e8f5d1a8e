/** The project's Verilator as tests call it: which one it is, and lint of one module as top. */
import path from 'node:path';
import { execa } from 'execa';
import { projectEnvironment, ROOT, verilatorRoot } from '../../tools/setup/environment.mjs';

export interface LintOptions {
  toplevel: string;
  /** Files, relative to the repository's root. */
  sources: string[];
  /** Waivers (`.vlt`) and cells of a vendor, which other tools than Verilator know themselves. */
  declarations?: string[];
  includeDirs?: string[];
  parameters?: Record<string, number>;
}

const WARNING = /^%(?:Warning|Error)/;

/** The words that select files, parameters and top, the same for lint and build. */
export function designArguments(options: LintOptions): string[] {
  const { toplevel, sources, declarations = [], includeDirs = [], parameters = {} } = options;
  return [
    ...['--top-module', toplevel],
    ...includeDirs.map((folder) => `-I${path.resolve(ROOT, folder)}`),
    ...Object.entries(parameters).map(([name, value]) => `-G${name}=${value}`),
    ...[...declarations, ...sources].map((source) => path.resolve(ROOT, source)),
  ];
}

/**
 * Lints `toplevel` with `-Wall`.
 * @returns the warnings and errors, one string each with its source excerpt; empty when clean
 * @throws when Verilator fails without naming a reason
 */
export async function lint(options: LintOptions): Promise<string[]> {
  const words = ['--lint-only', '-Wall', '-Wno-fatal', ...designArguments(options)];
  const { all, exitCode } = await execa('verilator', words, {
    cwd: ROOT,
    env: projectEnvironment(),
    all: true,
    reject: false,
  });
  const warnings = splitWarnings(all);
  if (exitCode !== 0 && warnings.length === 0) {
    throw new Error(`verilator ended with ${exitCode ?? 'no status'} and said:\n${all}`);
  }
  return warnings;
}

/** Names the tool in build keys and reports. The wheel's program knows only its build's date. */
export async function verilatorVersion(): Promise<string> {
  const { stdout } = await execa('verilator', ['--version'], { env: projectEnvironment() });
  return `${stdout.trim()} (${verilatorRoot() ? 'wheel' : 'native'})`;
}

function splitWarnings(text: string): string[] {
  const warnings: string[] = [];
  for (const line of text.split('\n')) {
    if (WARNING.test(line)) {
      if (!/Exiting due to \d+/.test(line)) warnings.push(line);
    } else if (warnings.length > 0) {
      warnings.push(`${warnings.pop()}\n${line}`);
    }
  }
  return warnings.map((warning) => warning.replace(`${ROOT}/`, '').trimEnd());
}
