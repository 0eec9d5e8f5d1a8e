/** The serial ports that are attached, and the boards they may belong to. */
import { access, constants, realpath } from 'node:fs/promises';
import { execa } from 'execa';
import { SerialPort } from 'serialport';
import { BOARDS, type Board, type BoardName } from '../../contract/boards.ts';

export interface Port {
  readonly path: string;
  /** As the USB device calls its maker. */
  readonly manufacturer: string | undefined;
  /** USB ids, hexadecimal: `0403:6010`. */
  readonly usb: string | undefined;
  readonly serialNumber: string | undefined;
  /** Of a USB device with several ports: from 0. */
  readonly channel: number | undefined;
  /** This user may open it. */
  readonly accessible: boolean;
}

/**
 * Ports of USB devices. Undefined where they cannot be listed: on Linux `SerialPort.list` ends the
 * whole process when there is no `udevadm`.
 */
export async function listPorts(): Promise<Port[] | undefined> {
  if (process.platform === 'linux' && !(await hasUdevadm())) {
    return undefined;
  }
  const ports = (await SerialPort.list()).filter(({ vendorId }) => vendorId !== undefined);
  return Promise.all(
    ports.map(async ({ path, manufacturer, vendorId, productId, serialNumber, pnpId }) => ({
      path,
      manufacturer,
      usb: [vendorId, productId]
        .filter((id) => id !== undefined)
        .join(':')
        .toLowerCase(),
      serialNumber,
      channel: channelOf(pnpId),
      accessible: await mayOpen(path),
    })),
  );
}

/** Boards that have this USB chip; other devices may have it too. */
export function boardsOf({ usb }: Port): BoardName[] {
  return (Object.keys(BOARDS) as BoardName[]).filter((name) => usbOf(BOARDS[name]) === usb);
}

/** Hexadecimal, as in `Port`. */
export function usbOf({ usb: { vendor, product } }: Pick<Board, 'usb'>): string {
  return [vendor, product].map((id) => id.toString(16).padStart(4, '0')).join(':');
}

/** What a board is known by, whichever of its ports is used. */
export function keyOf({ serialNumber, path }: Pick<Port, 'serialNumber' | 'path'>): string {
  return serialNumber ?? path;
}

/** The port that `path`, perhaps a link, leads to. */
export async function findPort(path: string, ports: readonly Port[]): Promise<Port | undefined> {
  const real = await realpath(path).catch(() => path);
  return ports.find((port) => port.path === path || port.path === real);
}

/** Linux names it in the link below /dev/serial/by-id: `usb-…-if01-port0`. */
function channelOf(pnpId: string | undefined): number | undefined {
  const digits = /-if([0-9a-f]{2})\b/i.exec(pnpId ?? '')?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
}

async function hasUdevadm(): Promise<boolean> {
  const { failed } = await execa('udevadm', ['--version'], { reject: false });
  return !failed;
}

async function mayOpen(path: string): Promise<boolean> {
  if (process.platform === 'win32') {
    return true;
  }
  return access(path, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
}
