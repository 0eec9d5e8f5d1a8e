/** What an image costs in energy, as a bound: no power was measured, so none is quoted. */
import type { BenchResult, DeviceBench, SoftwareBench } from '../contract/bench.ts';
import type { Cell, ResultTable } from '../contract/experiment.ts';
import { networkName, softwareSpeed, speedsOf } from './bench-figures.ts';

/**
 * Watts. A bus-powered device may draw 5 unit loads of 100 mA at 5 V (USB 2.0 specification,
 * section 7.2.1), and every board here is fed by its port: FPGA, USB chip, regulators and LEDs.
 */
const USB_PORT_WATTS = 2.5;

/**
 * Mode measure, largest batch. Joules of an image are at most the port's watts by the images per
 * second, of the device alone and through its link. Beside them the fastest software, and the watts at
 * which a core takes as much for an image as the bound of the device alone.
 */
export function energyTable({
  devices,
  software,
}: Pick<BenchResult, 'devices' | 'software'>): ResultTable {
  return {
    title: `Energy of an image, at most: ${USB_PORT_WATTS} W, all that a USB port may give`,
    columns: [
      { name: 'board', unit: null },
      { name: 'network', unit: null },
      { name: 'device alone', unit: 'µJ' },
      { name: 'through its link', unit: 'µJ' },
      { name: 'fastest software', unit: null },
      { name: 'takes as much at', unit: 'W' },
    ],
    rows: devices.flatMap((device) => energyRow(device, software)),
  };
}

function energyRow(device: DeviceBench, software: readonly SoftwareBench[]): Cell[][] {
  const { layers } = device.run.request;
  const batch = device.modes.find(({ mode }) => mode === 'measure')?.batches.at(-1);
  if (batch === undefined) return [];
  const [alone, link] = speedsOf(device, batch).map(({ figure }) => figure?.median);
  if (alone === undefined || link === undefined) return [];
  const fastest = software
    .filter((one) => `${one.layers}` === `${layers}`)
    .flatMap(({ rows }) => rows)
    .map((row) => ({ name: row.name, rate: softwareSpeed(row).median }))
    .sort((a, b) => b.rate - a.rate)[0];
  const microjoules = (rate: number) => (1e6 * USB_PORT_WATTS) / rate;
  return [
    [
      device.run.device.board,
      networkName(device),
      microjoules(alone),
      microjoules(Math.min(alone, link)),
      fastest?.name ?? null,
      fastest === undefined ? null : (USB_PORT_WATTS * fastest.rate) / alone,
    ],
  ];
}
