/** An error as the user reads it: what is wrong, and what to type next. No stack trace. */
import { DeltascopeError } from '../host/error.ts';

export function describeError(error: unknown): string {
  if (error instanceof DeltascopeError) {
    return [`error: ${error.message}`, ...(error.hint ? [`  ${error.hint}`] : [])].join('\n');
  }
  const message = error instanceof Error ? error.message : String(error);
  const where = error instanceof Error ? error.stack?.split('\n')[1]?.trim() : undefined;
  return [
    `error: ${message}`,
    `  This is a fault of deltascope itself${where ? ` (${where})` : ''}.`,
    '  Please report it with the command line.',
  ].join('\n');
}
