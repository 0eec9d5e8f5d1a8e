/** The model as the device of an experiment: every bit of the RTL, at once and without tools. */
import { openDevice } from '../../host/device.ts';
import { openModel } from '../../model/open-model.ts';

export async function openModelDevice() {
  const device = await openDevice(openModel('ulx3s-85f'));
  return {
    device,
    description: { kind: 'model', label: 'model', board: 'ulx3s-85f' },
    [Symbol.asyncDispose]: () => device[Symbol.asyncDispose](),
  } as const;
}
