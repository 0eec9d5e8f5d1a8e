/** A host that works with the port it is given until it is killed; says a line once it begins. */
import { openDevice } from '../../host/device.ts';
import { openSerial } from '../../host/transport/serial.ts';

const WORDS = 2000;

const port = await openSerial(process.argv[2] ?? '');
await using device = await openDevice(port, { label: 'the port' });
process.stdout.write('at work\n');
for (let turn = 0; ; turn++) {
  const words = Int32Array.from({ length: WORDS }, (_, at) => at ^ turn);
  await Promise.all([device.write('weights', 0, words), device.read('weights', 0, WORDS)]);
}
