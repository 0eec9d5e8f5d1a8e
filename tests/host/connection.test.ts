import { describe, expect, it } from 'vitest';
import { BAUD } from '../../contract/protocol.ts';
import { usableRates } from '../../host/baud.ts';
import { openDevice } from '../../host/device.ts';
import { createLine, type LineOptions } from './fake-line.ts';

const FAST = { clockHz: 36_000_000, baud: 3_000_000 };
const TIMEOUTS = { replyMs: 100, retries: 9, identifyMs: 100 };

async function open(options: Partial<LineOptions> = {}) {
  const line = createLine({ identity: FAST, ...options });
  const device = await openDevice(line.host, { timeouts: TIMEOUTS });
  await device.write('biases', 0, [5]);
  expect(await device.read('biases', 0, 1)).toEqual(Int32Array.of(5));
  return { ...line, device };
}

describe('usableRates', () => {
  it('are those of the contract that the clock divides to within 2 %, up to the board’s', () => {
    expect(usableRates({ clockHz: 36_000_000, baud: 3_000_000 })).toEqual([
      115_200, 1_000_000, 3_000_000,
    ]);
    expect(usableRates({ clockHz: 36_000_000, baud: 12_000_000 })).toEqual([...BAUD.steps]);
    // 3 Mbaud from 16 MHz: 5 cycles a bit is 6.7 % off.
    expect(usableRates({ clockHz: 16_000_000, baud: 3_000_000 })).toEqual([115_200, 1_000_000]);
  });
});

describe('openDevice on a line with a rate', () => {
  it('climbs step by step to the board’s highest', async () => {
    const { tried, device, deviceBaud } = await open();
    expect(tried).toEqual([115_200, 1_000_000, 3_000_000]);
    expect(device.baud).toBe(3_000_000);
    expect(deviceBaud()).toBe(3_000_000);
    expect(device.statistics).toMatchObject({ resends: 0, discardedBytes: 0 });
  });

  it('steps down from a rate at which nothing comes through', async () => {
    const { tried, device, deviceBaud } = await open({ broken: [3_000_000] });
    // Waits for the device to give up, so that it is there at the safe rate at once.
    expect(tried).toEqual([115_200, 1_000_000, 3_000_000, 115_200, 1_000_000]);
    expect(device.baud).toBe(1_000_000);
    expect(deviceBaud()).toBe(1_000_000);
  });

  it('steps down from a rate at which too much is damaged', async () => {
    const { device, deviceBaud } = await open({ noisy: [3_000_000] });
    expect(device.baud).toBe(1_000_000);
    expect(deviceBaud()).toBe(1_000_000);
  });

  it('leaves out a rate that its own port refuses', async () => {
    const { device } = await open({ refused: [3_000_000] });
    expect(device.baud).toBe(1_000_000);
  });

  it('stays at the safe rate where no other works', async () => {
    const { device } = await open({ broken: [1_000_000, 3_000_000] });
    expect(device.baud).toBe(115_200);
  });

  it('finds a device that an earlier session has left at another rate', async () => {
    const { device } = await open({ deviceBaud: 3_000_000 });
    expect(device.baud).toBe(3_000_000);
  });

  it('says that nobody answers, at the safe rate', async () => {
    const { host, fake, tried } = createLine({ identity: FAST });
    fake.mute = true;
    await expect(openDevice(host, { timeouts: TIMEOUTS })).rejects.toMatchObject({
      code: 'not-a-deltascope-device',
    });
    expect(tried.at(-1)).toBe(115_200);
    expect(new Set(tried)).toEqual(new Set(BAUD.steps));
  });
});
