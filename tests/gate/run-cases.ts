/** Small random networks through a netlist's UART pins, against `golden/fixed`. */
import { readFile } from 'node:fs/promises';
import { compareWithFixed } from '../../bench/compare-fixed.ts';
import { openGates } from '../../bench/gates.ts';
import type { BoardName } from '../../contract/boards.ts';
import { type Device, openDevice } from '../../host/device.ts';
import { measure } from '../../host/measure.ts';
import { projectEnvironment, ROOT } from '../../tools/setup/environment.mjs';
import { type Case, createDraw, drawCase } from '../system/random-network.ts';

const SEED = Number(process.env['DELTASCOPE_SEED'] ?? 20_261_121);

/** n_0 … n_L; at most 300 weights each, at the edges of a group of lanes among others. */
const SHAPES = [
  [7, 5, 3],
  [12, 9, 8, 4],
  [1, 1, 1, 1],
  [3, 33, 2],
  [20, 4, 4, 10],
  [16, 1, 17],
] as const;

export interface GateRun {
  readonly cases: readonly Case[];
  /** Undefined when all were equal; then every value was compared. */
  readonly firstDifference: string | undefined;
  readonly valuesCompared: number;
  /** Where memories and registers started from. */
  readonly fillSeed: number;
  readonly label: string;
  readonly cycles: number;
  readonly cpuSeconds: number;
}

/**
 * @param folders other sources than the device's
 * @throws DeltascopeError when the netlist cannot be built, or talks nonsense
 */
export async function runCases(
  board: BoardName,
  { statsFile, folders }: { statsFile: string; folders?: readonly string[] },
): Promise<GateRun> {
  const environment = projectEnvironment();
  const target = await openGates(`gates:${board}`, { root: ROOT, environment, statsFile, folders });
  const { description, timeouts, transport } = target;
  if (description.kind !== 'simulated') throw new Error('a netlist is simulated');
  const { label, seed: fillSeed } = description;
  process.stdout.write(`${label}: filled from seed ${fillSeed}, networks from seed ${SEED}\n`);
  const cases: Case[] = [];
  let firstDifference: string | undefined;
  let valuesCompared = 0;
  {
    await using device = await openDevice(transport, { label, timeouts });
    const draw = createDraw(SEED);
    for (const widths of SHAPES) {
      const drawn = drawCase(draw, device.identity, [...widths]);
      const compared = await runCase(device, drawn);
      cases.push(drawn);
      valuesCompared += compared.valuesCompared;
      if (compared.firstDifference !== null) {
        firstDifference ??= `[${widths}]: ${JSON.stringify(compared.firstDifference)}`;
      }
    }
  }
  const statistics = JSON.parse(await readFile(statsFile, 'utf8'));
  return { cases, firstDifference, valuesCompared, fillSeed, label, ...statistics };
}

async function runCase(device: Device, { network, inputs, labels, injection }: Case) {
  await device.loadNetwork(network, { injection });
  const images = inputs.map((codes, index) => ({
    codes: Int16Array.from(codes),
    label: labels[index] as number,
  }));
  const measurement = await measure(device, images, { observe: true });
  const unitFlags = await device.readUnitFlags();
  return compareWithFixed(network, { inputs, labels, injection }, { ...measurement, unitFlags });
}
