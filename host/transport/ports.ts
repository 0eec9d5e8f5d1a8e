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
export async function listPorts(environment: NodeJS.ProcessEnv): Promise<Port[] | undefined> {
  if (process.platform === 'linux' && !(await hasUdevadm(environment))) {
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

async function hasUdevadm(environment: NodeJS.ProcessEnv): Promise<boolean> {
  // The list starts it from this process's own PATH.
  const PATH = process.env['PATH'] ?? environment['PATH'];
  const { failed } = await execa('udevadm', ['--version'], { env: { PATH }, reject: false });
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
