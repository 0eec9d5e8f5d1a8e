import { rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { boardsOf, findPort, listPorts, type Port, usbOf } from '../../../host/transport/ports.ts';
import { type FakeUsb, startFakeUsb } from '../fake-usb.ts';

let usb: FakeUsb;
const before = process.env['PATH'];
beforeEach(async () => {
  usb = await startFakeUsb();
  process.env['PATH'] = `${usb.bin}:${before}`;
});
afterEach(async () => {
  process.env['PATH'] = before;
  await rm(usb.folder, { recursive: true });
});

describe('listPorts', () => {
  it('has USB ids, serial number and channel, and no ports that are not USB', async () => {
    await usb.attach([
      { path: '/dev/null', usb: '0403:6010', serialNumber: 'A1', channel: 1 },
      { path: '/dev/ttyS0' },
    ]);
    expect(await listPorts()).toEqual([
      {
        path: '/dev/null',
        manufacturer: 'Maker of boards',
        usb: '0403:6010',
        serialNumber: 'A1',
        channel: 1,
        accessible: true,
      },
    ]);
  });

  it('marks a port that cannot be opened, and knows no channel where there is one only', async () => {
    await usb.attach([{ path: '/dev/ttyNONE', usb: '0403:6015', serialNumber: 'D1' }]);
    const [port] = (await listPorts()) ?? [];
    expect(port).toMatchObject({ accessible: false, channel: undefined });
  });
});

const port = (change: Partial<Port>): Port => ({
  path: '/dev/ttyUSB0',
  manufacturer: undefined,
  usb: '0403:6010',
  serialNumber: undefined,
  channel: undefined,
  accessible: true,
  ...change,
});

describe('boardsOf', () => {
  it('is every board with that USB chip', () => {
    expect(boardsOf(port({}))).toEqual(['icebreaker']);
    expect(boardsOf(port({ usb: '0403:6015' }))).toEqual(['ulx3s-25f', 'ulx3s-85f']);
    expect(boardsOf(port({ usb: '2341:0043' }))).toEqual([]);
    expect(usbOf({ usb: { vendor: 0x0403, product: 0x6010 } })).toBe('0403:6010');
  });
});

describe('findPort', () => {
  it('follows links', async () => {
    const link = path.join(usb.folder, 'by-id');
    await symlink('/dev/null', link);
    const ports = [port({ path: '/dev/ttyUSB9' }), port({ path: '/dev/null' })];
    expect(await findPort('/dev/ttyUSB9', ports)).toBe(ports[0]);
    expect(await findPort(link, ports)).toBe(ports[1]);
    expect(await findPort('/dev/ttyUSB8', ports)).toBeUndefined();
  });
});
