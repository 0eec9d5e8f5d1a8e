/** A `bench` result as the report shows it: a section for each board. */
import type { BenchResult, DeviceBench } from '../contract/bench.ts';
import type { DeviceCheck, ResultTable } from '../contract/experiment.ts';
import { batchesOf, networkName, ranking, speedsOf } from './bench-figures.ts';
import { energyTable } from './energy.ts';
import { roofline, rooflinePoints } from './roofline.ts';
import { deviceProvenance, machineText, type Section, toolProvenance } from './section.ts';

/** It claims nothing; the software is in the section of the first board. */
export function benchSections(result: BenchResult): Section[] {
  const boards = [...new Set(result.devices.map(({ run }) => run.device.board))];
  return boards.flatMap((board, index) => {
    const devices = result.devices.filter(({ run }) => run.device.board === board);
    const [first] = devices;
    if (first === undefined) return [];
    const picture = roofline(devices);
    const energy = energyTable({ devices, software: result.software });
    const software = index === 0 ? softwareTables(result) : [];
    return [
      {
        title: `Throughput of the ${board}`,
        question: 'How fast is it in each mode, and what holds it back?',
        device: first.run.device,
        conditions: [
          `${first.run.data.images} images of ${first.run.data.name}`,
          `nielsen, seed ${first.run.seed}`,
          result.full ? 'full form' : 'standard form',
        ],
        claims: [],
        deviceVerdict: devices.every(agrees) ? 'agrees' : 'disagrees',
        checks: devices.map(checkOf),
        tables: [speedTable(devices), cyclesTable(devices), energy, ...software],
        pictures: picture === undefined ? [] : [picture],
        provenance: [
          ['made', result.time],
          ['on', machineText(result.environment)],
          ['commit', result.environment.commit ?? 'not under git'],
          ...deviceProvenance(first.run.device),
          ...toolProvenance(first.run),
        ],
        commandLine: result.commandLine,
      },
    ];
  });
}

function agrees({ run, modes }: DeviceBench): boolean {
  return run.fixed.equal && modes.every(({ fixed }) => fixed.equal);
}

function checkOf(device: DeviceBench): DeviceCheck {
  const { run, modes } = device;
  const values = modes.reduce((sum, { fixed }) => sum + fixed.valuesCompared, 0);
  const equal = agrees(device);
  return {
    name: `values of ${networkName(device)} in all modes: ${run.fixed.valuesCompared + values}`,
    against: 'fixed',
    distance: equal ? 0 : 1,
    bound: 0,
    unit: equal ? 'none differs' : 'one or more differ',
    agrees: equal,
  };
}

/** Device, link and host apart. */
export function speedTable(devices: readonly DeviceBench[]): ResultTable {
  return {
    title: 'Images per second, medians',
    columns: [
      ...['network', 'mode', 'images', 'what'].map((name) => ({ name, unit: null })),
      { name: 'images per second', unit: null },
      { name: 'spread', unit: '%' },
      { name: 'origin', unit: null },
    ],
    rows: devices.flatMap((device) =>
      device.modes.flatMap(({ mode, batches }) =>
        batches.flatMap((batch) =>
          speedsOf(device, batch).map(({ name, figure, origin }) => [
            ...[networkName(device), mode, batch.images, name],
            figure?.median ?? null,
            figure === null ? null : 100 * figure.spread,
            origin,
          ]),
        ),
      ),
    ),
  };
}

/** Mean of the largest batch. */
export function cyclesTable(devices: readonly DeviceBench[]): ResultTable {
  const points = rooflinePoints(devices);
  return {
    title: 'Cycles of an image',
    columns: [
      ...['network', 'mode', 'forward', 'backward', 'align', 'step', 'all'].map((name) => ({
        ...{ name, unit: null },
      })),
      { name: 'rows of both passes, the bound', unit: null },
      { name: 'all ÷ bound', unit: null },
      { name: 'multipliers busy', unit: '%' },
      { name: 'with skipped zeros', unit: '%' },
      { name: 'link goodput', unit: '%' },
      { name: 'bottleneck', unit: null },
    ],
    rows: devices.flatMap((device) =>
      device.modes.map(({ mode, cycles, utilisation, goodput }) => [
        ...[networkName(device), mode],
        ...[cycles.forward, cycles.backward, cycles.align, cycles.step, cycles.all, cycles.bound],
        cycles.all / cycles.bound,
        100 * utilisation.effective,
        100 * utilisation.dense,
        goodput === null ? null : 100 * goodput,
        points.find((one) => one.mode === mode && one.layers === device.run.request.layers)
          ?.bottleneck ?? null,
      ]),
    ),
  };
}

/** What a core of that machine does, and each board among it. */
export function softwareTables({ software, devices }: BenchResult): ResultTable[] {
  return software.map(({ layers, rows }) => {
    const batches = batchesOf(rows);
    const same = devices.filter(({ run }) => `${run.request.layers}` === `${layers}`);
    return {
      title: `Software and devices, [${layers.join(',')}]: images per second`,
      columns: [
        { name: 'what', unit: null },
        ...batches.map((batch) => ({ name: `batch of ${batch}`, unit: null })),
        { name: 'origin', unit: null },
      ],
      rows: ranking(same, rows, batches).map(({ name, figures, origin }) => [
        name,
        ...figures.map((figure) => figure?.median ?? null),
        origin,
      ]),
    };
  });
}
