/** A port for one program at a time: who is refused learns who has it, or how to get access. */
import { DeltascopeError } from '../error.ts';
import { BoardLock, type LockOptions } from './board-lock.ts';
import { mendAccess } from './port-access.ts';
import { findPortUsers, nameProgram } from './port-users.ts';
import { openSerial } from './serial.ts';
import type { Transport } from './transport.ts';

/** Opens `path` without a lock. @throws DeltascopeError as `openSerial`, with names. */
export async function openNamed(path: string): Promise<Transport> {
  try {
    return await openSerial(path);
  } catch (error) {
    if (!(error instanceof DeltascopeError)) throw error;
    throw await explain(path, error);
  }
}

/**
 * Opens `path` and holds the lock of its board until it is closed.
 * @param key of the board
 * @throws DeltascopeError `board-in-use`, or of `openNamed`.
 */
export async function openLocked(
  path: string,
  { key, ...options }: LockOptions & { readonly key: string },
): Promise<Transport> {
  const lock = await BoardLock.take(key, options);
  try {
    const port = await openNamed(path);
    return {
      incoming: port.incoming,
      line: port.line,
      write: (bytes, writeOptions) => port.write(bytes, writeOptions),
      async [Symbol.asyncDispose]() {
        await port[Symbol.asyncDispose]();
        await lock[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await lock[Symbol.asyncDispose]();
    throw error;
  }
}

async function explain(path: string, error: DeltascopeError): Promise<DeltascopeError> {
  if (error.code === 'permission-denied') {
    return new DeltascopeError(error.code, error.message, {
      hint: await mendAccess(path),
      cause: error,
    });
  }
  const users = error.code === 'port-busy' ? await findPortUsers(path) : [];
  if (users.length === 0) return error;
  const names = users.map(nameProgram).join(', ');
  return new DeltascopeError(error.code, `Cannot open serial port "${path}": in use by ${names}`, {
    hint: `close that program (kill ${users.map(({ pid }) => pid).join(' ')}), then try again`,
    cause: error,
  });
}
