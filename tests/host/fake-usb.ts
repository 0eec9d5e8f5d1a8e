/**
 * USB serial ports that are pseudo-terminals: an `udevadm` that lists them, so that everything
 * above it is real.
 */
import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface FakePort {
  readonly path: string;
  /** Undefined: no USB device. */
  readonly usb?: string;
  readonly serialNumber?: string;
  readonly channel?: number;
}

export interface FakeUsb {
  readonly folder: string;
  /** To be put first on PATH. */
  readonly bin: string;
  /** Instead of those that were attached before. */
  attach(ports: readonly FakePort[]): Promise<void>;
  /** Another program on PATH. */
  addProgram(name: string, script: string): Promise<void>;
}

export async function startFakeUsb(): Promise<FakeUsb> {
  const folder = await mkdtemp(path.join(tmpdir(), 'deltascope-usb-'));
  const bin = path.join(folder, 'bin');
  const list = path.join(folder, 'ports');
  await mkdir(bin);
  const addProgram = async (name: string, script: string) => {
    await writeFile(path.join(bin, name), `#!/bin/sh\n${script}\n`);
    await chmod(path.join(bin, name), 0o755);
  };
  const attach = (ports: readonly FakePort[]) => writeFile(list, ports.map(udevText).join('\n'));
  await addProgram('udevadm', `[ "$1" = info ] && exec cat ${list}; echo 252`);
  await attach([]);
  return { folder, bin, attach, addProgram };
}

/** As `udevadm info -e` prints it. */
function udevText({ path: device, usb, serialNumber, channel }: FakePort, index: number): string {
  const [vendor, product] = usb?.split(':') ?? [];
  const link = `usb-Board_${serialNumber}-if${String(channel ?? 0).padStart(2, '0')}-port0`;
  return [
    `P: /devices/fake/ttyUSB${index}`,
    `N: ttyUSB${index}`,
    `E: DEVNAME=${device}`,
    ...(usb ? [`E: ID_VENDOR_ID=${vendor}`, `E: ID_MODEL_ID=${product}`] : []),
    ...(usb ? ['E: ID_VENDOR_ENC=Maker\\x20of\\x20boards'] : []),
    ...(serialNumber ? [`E: ID_SERIAL_SHORT=${serialNumber}`] : []),
    ...(channel === undefined ? [] : [`E: DEVLINKS=/dev/serial/by-id/${link}`]),
    '',
  ].join('\n');
}
