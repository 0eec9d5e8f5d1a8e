/** Simulated boards for the system tests: started, used and ended. */
import { afterAll } from 'vitest';
import { type Device, openDevice } from '../../host/device.ts';
import { openTarget } from '../../host/transport/target.ts';
import { projectEnvironment } from '../../tools/setup/environment.mjs';

/** Opens a simulated board, `NAME` or `NAME/LANES`; `seed` fills its memories and registers. */
export async function openSimulated(board: string, seed: number): Promise<Device> {
  const target = await openTarget(`sim:${board}`, { environment: projectEnvironment(), seed });
  const { description, timeouts, transport } = target;
  return openDevice(transport, { label: description.label, timeouts });
}

/** One board for the tests of a file, opened at its first use and closed after the last. */
export function sharedBoard(board: string, seed: number): () => Promise<Device> {
  let opened: Promise<Device> | undefined;
  afterAll(async () => (await opened)?.[Symbol.asyncDispose]());
  return () => {
    opened ??= openSimulated(board, seed);
    return opened;
  };
}
