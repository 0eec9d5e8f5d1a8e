/** What the shell is told: 0 done, 1 failed, 2 a wrong command line, 130 interrupted. */
import { CommanderError } from 'commander';
import { DeltascopeError, type ErrorCode } from '../host/error.ts';

export const DONE = 0;

const FAILED = 1;
const USAGE = 2;
const INTERRUPTED = 130;

/** Errors about what was typed, whatever found them. */
const USAGE_CODES: readonly ErrorCode[] = ['bad-option', 'bad-layers', 'unknown-board'];

export function exitStatus(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? DONE : USAGE;
  if (!(error instanceof DeltascopeError)) return FAILED;
  if (error.code === 'interrupted') return INTERRUPTED;
  return USAGE_CODES.includes(error.code) ? USAGE : FAILED;
}
