/** Small random networks through a netlist's UART pins, against `golden/fixed`. */
import { readFile } from 'node:fs/promises';
import { openGates } from '../../bench/gates.ts';
import type { BoardName } from '../../contract/boards.ts';
import { openDevice } from '../../host/device.ts';
import type { Capacity } from '../../host/layout.ts';
import { projectEnvironment, ROOT } from '../../tools/setup/environment.mjs';
import { type Case, createDraw, type Draw, drawCase } from '../system/random-network.ts';
import { runCase } from '../system/run-case.ts';

const SEED = Number(process.env['DELTASCOPE_SEED'] ?? 20_261_121);

/** Few values, as each costs thousands of cycles on the line: both costs, activations and sources of δ. */
const KINDS = [
  { widths: () => [7, 5, 3], cost: 'quadratic', injected: false, linear: true },
  { widths: () => [9, 8, 4], cost: 'cross-entropy', injected: true, linear: true },
  { widths: () => [1, 1, 1, 1], cost: 'quadratic', injected: true, linear: false },
  // A second group of lanes, of which all but one are padding.
  {
    widths: (lanes: number) => [3, lanes + 1, 2],
    cost: 'cross-entropy',
    injected: false,
    linear: false,
  },
] as const;

const IMAGES = 2;

/** Draws until the case is of the kind, and has weights and inputs. */
function drawKind(draw: Draw, capacity: Capacity, kind: (typeof KINDS)[number]): Case {
  const some = (values: Iterable<number>) => [...values].some((value) => value !== 0);
  for (;;) {
    const drawn = drawCase(draw, capacity, kind.widths(capacity.lanes));
    const { network, inputs, labels, injection } = drawn;
    const isLinear = network.layers.some(({ activation }) => activation === 'identity');
    const fits =
      network.cost === kind.cost &&
      (injection !== undefined) === kind.injected &&
      isLinear === kind.linear &&
      inputs.length >= IMAGES &&
      inputs.slice(0, IMAGES).every(some) &&
      network.layers.every(({ weights }) => some(weights));
    if (fits) return { ...drawn, inputs: inputs.slice(0, IMAGES), labels: labels.slice(0, IMAGES) };
  }
}

export interface GateRun {
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
  let firstDifference: string | undefined;
  let valuesCompared = 0;
  {
    await using device = await openDevice(transport, { label, timeouts });
    const draw = createDraw(SEED);
    for (const kind of KINDS) {
      const compared = await runCase(device, drawKind(draw, device.identity, kind));
      valuesCompared += compared.valuesCompared;
      if (compared.firstDifference !== null) {
        firstDifference ??= `[${kind.widths(device.identity.lanes)}]: ${JSON.stringify(compared.firstDifference)}`;
      }
    }
  }
  const statistics = JSON.parse(await readFile(statsFile, 'utf8'));
  return { firstDifference, valuesCompared, fillSeed, label, ...statistics };
}
