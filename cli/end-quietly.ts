/** No stack trace, whatever happens; and `deltascope … | head` is no error. */
import { DONE, exitStatus } from './exit-status.ts';
import { describeError } from './failure.ts';

/** Once a process. */
export function endQuietly(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') console.error(describeError(error));
    process.exit(error.code === 'EPIPE' ? DONE : exitStatus(error));
  });
  process.on('uncaughtException', (error) => {
    console.error(describeError(error));
    process.exit(exitStatus(error));
  });
}
