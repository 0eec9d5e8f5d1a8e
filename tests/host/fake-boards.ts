/** Attached boards for tests: ports in a list, and what answers when one is opened. */
import { DeltascopeError } from '../../host/error.ts';
import type { Identity } from '../../host/protocol/requests.ts';
import { createLoop } from '../../host/transport/memory.ts';
import type { Port } from '../../host/transport/ports.ts';
import type { Transport } from '../../host/transport/transport.ts';
import { FakeDevice } from './fake-device.ts';

export const ICEBREAKER_CHIP = '0403:6010';
export const ULX3S_CHIP = '0403:6015';

/** Behind a port: a device with that identity, a program that babbles, nobody, or an error. */
export type Behind = Partial<Identity> | 'babble' | 'nobody' | DeltascopeError;

export interface FakeBoards {
  readonly list: () => Promise<Port[]>;
  readonly open: (path: string) => Promise<Transport>;
  /** Paths, in the order in which they were opened. */
  readonly opened: string[];
  /** The devices that answered, by path. */
  readonly devices: Map<string, FakeDevice>;
}

export function createBoards(
  ports: readonly (Partial<Port> & { path: string; behind?: Behind })[],
): FakeBoards {
  const opened: string[] = [];
  const devices = new Map<string, FakeDevice>();
  const list = async () =>
    ports.map(
      ({ behind: _behind, ...port }): Port => ({
        manufacturer: undefined,
        usb: ICEBREAKER_CHIP,
        serialNumber: undefined,
        channel: undefined,
        accessible: true,
        ...port,
      }),
    );
  const open = async (path: string) => {
    opened.push(path);
    const behind = ports.find((port) => port.path === path)?.behind ?? 'nobody';
    if (behind instanceof DeltascopeError) throw behind;
    const [host, board] = createLoop();
    if (behind === 'babble') answer(board);
    if (typeof behind === 'object') {
      const device = new FakeDevice(board, behind);
      devices.set(path, device);
      device.serve();
    }
    return host;
  };
  return { list, open, opened, devices };
}

/** What a terminal says to what it does not understand. */
async function answer(board: Transport): Promise<void> {
  for await (const _ of board.incoming) {
    await board.write(Buffer.from('what?\r\n')).catch(() => {});
  }
}
