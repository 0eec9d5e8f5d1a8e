/** What an aborted signal means here: the error `interrupted`, at once. */
import { DeltascopeError } from './error.ts';

/** The error of a caller whose signal was aborted. */
export function interrupted(): DeltascopeError {
  return new DeltascopeError('interrupted', 'Interrupted before the device had finished');
}

/** `promise`, or the error `interrupted` when the signal comes first. */
export async function untilAborted<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) {
    return promise;
  }
  if (signal.aborted) {
    throw interrupted();
  }
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(interrupted());
    signal.addEventListener('abort', abort, { once: true });
  });
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', abort));
}
