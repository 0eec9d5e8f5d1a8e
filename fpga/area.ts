/**
 * How much of the chip each module takes: the design is synthesised with its modules apart and
 * packed, not placed; cells are then counted by the instance in their name.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { type Entry, keepEntry, keyOf } from './cache.ts';
import { BuildFailure } from './failure.ts';
import { FAMILIES, type FamilyName } from './families.ts';
import { moduleName, type Netlist, readNetlist, type Scopes } from './netlist.ts';
import { type BuildTarget, type ModuleArea, moduleAreaSchema } from './result.ts';
import { firstError, runTool } from './run-tool.ts';
import { NETLIST, type SynthesisOptions, synthesise } from './synthesise.ts';
import { scopeOf } from './timing.ts';
import type { Tool } from './tools.ts';

type AreaField = Exclude<keyof ModuleArea, 'module' | 'instances'>;

/** Packed cells that count for a field. */
const PACKED: Readonly<Record<FamilyName, Readonly<Partial<Record<string, AreaField>>>>> = {
  ice40: {
    ICESTORM_LC: 'logic',
    ICESTORM_RAM: 'blockRams',
    ICESTORM_SPRAM: 'weightMemories',
    ICESTORM_DSP: 'multipliers',
  },
  ecp5: {
    TRELLIS_COMB: 'logic',
    TRELLIS_FF: 'flipFlops',
    DP16KD: 'blockRams',
    MULT18X18D: 'multipliers',
  },
};

const areaSchema = z.array(moduleAreaSchema);
const AREA = 'area.json';
const PACKED_NETLIST = 'packed.json';

export type AreaOptions = SynthesisOptions & { readonly nextpnr: Tool };

/** Every module of `target`, the biggest first. @throws BuildFailure `build-failed` */
export async function measureArea(
  target: BuildTarget,
  options: AreaOptions,
): Promise<Entry & { readonly area: ModuleArea[] }> {
  const { root, environment, cache, nextpnr, signal } = options;
  const { folder: synthesis } = await synthesise(target, { ...options, apart: true });
  const { constraints, device } = target;
  const { constraintsFlag } = FAMILIES[target.family];
  const pins = [constraintsFlag, constraints];
  const flags = [`--${device}`, '--package', target.package, ...pins, '--pack-only'];
  const inputs = [nextpnr.version, path.basename(synthesis), flags];
  const folder = `${cache}/area-${await keyOf(root, { inputs, files: [constraints] })}`;
  const entry = await keepEntry({
    ...{ root, folder },
    make: async (scratch) => {
      const packed = `${scratch}/${PACKED_NETLIST}`;
      const { text, ok } = await runTool(nextpnr.program, {
        args: [...flags, '--json', `${synthesis}/${NETLIST}`, '--write', packed],
        ...{ root, environment, signal },
      });
      if (!ok) throw new BuildFailure('build-failed', `nextpnr: ${firstError(text)}`);
      const area = areaByModule({
        ...{ target, netlist: await readNetlist(path.join(root, synthesis, NETLIST)) },
        packed: await readNetlist(path.join(root, packed)),
      });
      await writeFile(path.join(root, scratch, AREA), JSON.stringify(area));
    },
  });
  const text = await readFile(path.join(root, entry.folder, AREA), 'utf8');
  return { ...entry, area: areaSchema.parse(JSON.parse(text)) };
}

/** Counts the cells of `packed` (one flat module) by the modules of `netlist`. */
export function areaByModule({
  target,
  netlist,
  packed,
}: {
  readonly target: Pick<BuildTarget, 'family' | 'top'>;
  readonly netlist: Netlist;
  readonly packed: Netlist;
}): ModuleArea[] {
  const { family, top } = target;
  const scopes = instancesOf(netlist, top);
  const areas = new Map<string, { -readonly [Key in keyof ModuleArea]: ModuleArea[Key] }>();
  for (const module of [top, ...Object.values(scopes)]) {
    const area = areas.get(module) ?? { module, instances: 0, ...EMPTY };
    area.instances += 1;
    areas.set(module, area);
  }
  // nextpnr names the one module its own way.
  const [flat] = Object.values(packed.modules);
  for (const [name, cell] of Object.entries(flat?.cells ?? {})) {
    const area = areas.get(scopes[scopeOf(name, scopes)] ?? top);
    const field = PACKED[family][cell.type];
    if (area === undefined || field === undefined) continue;
    area[field] += 1;
    if (cell.type === 'ICESTORM_LC' && isSet(cell.parameters['DFF_ENABLE'])) area.flipFlops += 1;
  }
  return [...areas.values()].sort((a, b) => b.logic - a.logic || b.blockRams - a.blockRams);
}

const EMPTY = { logic: 0, flipFlops: 0, blockRams: 0, weightMemories: 0, multipliers: 0 };

/** Module of every instance below `top`, by its path. */
function instancesOf(netlist: Netlist, top: string): Scopes {
  const found: Record<string, string> = {};
  const walk = (module: string, prefix: string) => {
    for (const [name, { type }] of Object.entries(netlist.modules[module]?.cells ?? {})) {
      if (isLeaf(netlist, type)) continue;
      found[`${prefix}${name}`] = moduleName(type);
      walk(type, `${prefix}${name}.`);
    }
  };
  walk(top, '');
  return found;
}

/** Cells of the family's library are modules too, marked as boxes. */
function isLeaf(netlist: Netlist, type: string): boolean {
  const attributes = netlist.modules[type]?.attributes;
  return attributes === undefined || 'blackbox' in attributes || 'whitebox' in attributes;
}

/** A parameter is binary text. */
function isSet(value: unknown): boolean {
  return Number.parseInt(String(value), 2) === 1;
}
