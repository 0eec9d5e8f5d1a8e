/** An error as the user reads it: what is wrong, and what to type next. No stack trace. */
import { DeltascopeError } from '../host/error.ts';

export function describeError(error: unknown): string {
  if (error instanceof DeltascopeError) {
    return [`error: ${error.message}`, ...(error.hint ? [`  ${error.hint}`] : [])].join('\n');
  }
  if (process.env['DELTASCOPE_DEBUG'] && error instanceof Error) return String(error.stack);
  return [
    `error: ${error instanceof Error ? error.message : String(error)}`,
    '  This is a fault of deltascope itself. Please report it with the command line and what',
    '  the same command prints after DELTASCOPE_DEBUG=1.',
  ].join('\n');
}
