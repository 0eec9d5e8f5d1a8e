/** What the host takes for its end of the link, behind a port of answering-device.ts. */
import { once } from 'node:events';
import path from 'node:path';
import { execa } from 'execa';
import { cpuSeconds, statisticsSince } from '../../bench/with-device.ts';
import { BITS_PER_BYTE_ON_WIRE } from '../../contract/boards.ts';
import type { HostFigures } from '../../contract/reliability.ts';
import { openDevice } from '../../host/device.ts';
import { openSerial } from '../../host/transport/serial.ts';
import { projectEnvironment, ROOT } from '../../tools/setup/environment.mjs';
import { prepareTraffic } from './traffic.ts';

const FOLDER = path.join(ROOT, 'tests', 'campaign');

/** A port behind which a process of its own answers. */
async function startAnswering() {
  const device = path.join(FOLDER, 'answering-device.ts');
  const program = [process.execPath, '--import', 'tsx', device];
  const child = execa('python', [path.join(FOLDER, 'on_pty.py'), ...program], {
    ...{ env: projectEnvironment(), stdin: 'ignore', stdout: 'ignore' },
    ...{ buffer: false, reject: false },
  });
  const [said] = (await once(child.stderr, 'data')) as [Buffer];
  return {
    path: said.toString().trim(),
    async [Symbol.asyncDispose]() {
      child.kill();
      await child;
    },
  };
}

export async function measureHost(
  traffic: HostFigures['traffic'],
  { times }: { times: number },
): Promise<HostFigures> {
  await using port = await startAnswering();
  await using device = await openDevice(await openSerial(port.path));
  const { send } = await prepareTraffic(traffic, device);
  const { baud, statistics } = device;
  const began = { cpu: process.cpuUsage(), wall: performance.now() };
  await send(times);
  const wallSeconds = (performance.now() - began.wall) / 1000;
  const cpu = cpuSeconds(process.cpuUsage(began.cpu));
  const { bytesSent, bytesReceived } = statisticsSince(device.statistics, statistics);
  return {
    ...{ baud, traffic, bytes: bytesSent + bytesReceived, cpuSeconds: cpu, wallSeconds },
    lineSeconds: (bytesSent * BITS_PER_BYTE_ON_WIRE) / baud,
  };
}
