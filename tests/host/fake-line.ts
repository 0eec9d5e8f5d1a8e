/** A serial line with a rate at both ends: bytes arrive as sent only when the rates agree. */
import { BAUD, DEVICE_TIMEOUTS } from '../../contract/protocol.ts';
import type { Identity } from '../../host/protocol/requests.ts';
import { createLoop } from '../../host/transport/memory.ts';
import type { Line, Transport } from '../../host/transport/transport.ts';
import { FakeDevice } from './fake-device.ts';
import { lossy, perFrame } from './lossy.ts';

export interface LineOptions {
  readonly identity: Partial<Identity>;
  /** Of the device at the start. */
  readonly deviceBaud?: number;
  /** Rates at which bytes do not come through at all. */
  readonly broken?: readonly number[];
  /** Rates at which one frame in three is damaged. */
  readonly noisy?: readonly number[];
  /** Rates that the host's port refuses. */
  readonly refused?: readonly number[];
}

export interface FakeLine {
  readonly fake: FakeDevice;
  readonly host: Transport & { readonly line: Line };
  /** Rates that the host has set, in order. */
  readonly tried: number[];
  deviceBaud(): number;
}

export function createLine(options: LineOptions): FakeLine {
  const { broken = [], noisy = [], refused = [], identity } = options;
  const [host, board] = createLoop();
  const tried: number[] = [];
  let hostBaud: number = BAUD.safe;
  let deviceBaud: number = options.deviceBaud ?? BAUD.safe;
  let revert: NodeJS.Timeout | undefined;
  const carry = (wire: Transport, seed: number): Transport => {
    const bad = lossy(wire, { seed, rate: 1 / 3 });
    const garbled = perFrame(wire, (frame) => [frame.map((byte) => byte ^ 0x5a)]);
    return {
      ...wire,
      write: (bytes) => {
        // The zero of a slower host is a break.
        const isBreak = wire === host && hostBaud < deviceBaud / 2 && bytes.includes(0);
        if (isBreak) deviceBaud = BAUD.safe;
        const same =
          !isBreak && Math.abs(hostBaud / deviceBaud - 1) < 0.03 && !broken.includes(hostBaud);
        return (same ? (noisy.includes(hostBaud) ? bad : wire) : garbled).write(bytes);
      },
    };
  };
  const fake: FakeDevice = new FakeDevice(carry(board, 1), {
    ...identity,
    line: {
      goodFrame: () => clearTimeout(revert),
      setDivisor: (divisor) => {
        deviceBaud = fake.identity.clockHz / divisor;
        clearTimeout(revert);
        revert = setTimeout(() => {
          deviceBaud = BAUD.safe;
        }, DEVICE_TIMEOUTS.baudRevertMs);
      },
    },
  });
  fake.serve();
  const line: Line = {
    get baud() {
      return hostBaud;
    },
    async setBaud(baud) {
      if (refused.includes(baud)) throw new Error('the driver has no such rate');
      tried.push(baud);
      hostBaud = baud;
    },
  };
  return { fake, host: { ...carry(host, 2), line }, tried, deviceBaud: () => deviceBaud };
}
