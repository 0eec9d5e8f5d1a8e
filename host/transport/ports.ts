/** The serial ports that are attached. */
import { access, constants } from 'node:fs/promises';
import { execa } from 'execa';
import { SerialPort } from 'serialport';

export interface Port {
  readonly path: string;
  /** As the USB device calls its maker. */
  readonly manufacturer: string | undefined;
  /** USB ids, hexadecimal: `0403:6010`. */
  readonly usb: string | undefined;
  readonly serialNumber: string | undefined;
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
    ports.map(async ({ path, manufacturer, vendorId, productId, serialNumber }) => ({
      path,
      manufacturer,
      usb: productId === undefined ? vendorId : `${vendorId}:${productId}`,
      serialNumber,
      accessible: await mayOpen(path),
    })),
  );
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
