/** yosys's JSON netlist, as far as a build looks into it. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/** A net by its number, or a constant. */
const bit = z.union([z.number(), z.string()]);

const directionSchema = z.enum(['input', 'output', 'inout']);

const portSchema = z.object({ direction: directionSchema, bits: z.array(bit) });

const cellSchema = z.object({
  type: z.string(),
  parameters: z.record(z.string(), z.unknown()).default({}),
  attributes: z.record(z.string(), z.unknown()).default({}),
  port_directions: z.record(z.string(), directionSchema).optional(),
  connections: z.record(z.string(), z.array(bit)).default({}),
});

const netlistSchema = z.object({
  modules: z.record(
    z.string(),
    z.object({
      attributes: z.record(z.string(), z.unknown()).default({}),
      ports: z.record(z.string(), portSchema).optional(),
      cells: z.record(z.string(), cellSchema).default({}),
    }),
  ),
});

export type Netlist = z.infer<typeof netlistSchema>;

export type Bit = z.infer<typeof bit>;

export type Port = z.infer<typeof portSchema>;

export type Cell = z.infer<typeof cellSchema>;

/** Cell counts by type. */
export type CellCounts = Readonly<Record<string, number>>;

/** Module of each instance by its path: `u_core.u_norm` → `ds_norm`. */
export type Scopes = Readonly<Record<string, string>>;

/** @throws ZodError when the file is no netlist. */
export async function readNetlist(file: string): Promise<Netlist> {
  return netlistSchema.parse(JSON.parse(await readFile(file, 'utf8')));
}

/** Of `top`; `$scopeinfo` and the like are no cells. */
export function countCells(netlist: Netlist, top: string): CellCounts {
  const counts: Record<string, number> = {};
  for (const { type } of Object.values(netlist.modules[top]?.cells ?? {})) {
    if (!type.startsWith('$')) counts[type] = (counts[type] ?? 0) + 1;
  }
  return counts;
}

/** `n` cells of the kind. */
export function sumCells(counts: CellCounts, kind: RegExp): number {
  return Object.entries(counts).reduce((sum, [type, n]) => (kind.test(type) ? sum + n : sum), 0);
}

/** What flattening left to say which instance was of which module. */
export function scopesOf(netlist: Netlist, top: string): Scopes {
  const cells = Object.entries(netlist.modules[top]?.cells ?? {});
  return Object.fromEntries(
    cells
      .filter(
        ([, { type, parameters }]) => type === '$scopeinfo' && parameters['TYPE'] === 'module',
      )
      .map(([path, { attributes }]) => [
        path,
        moduleName(String(attributes['module_hdlname'] ?? attributes['module'])),
      ]),
  );
}

/** Cells of `top` whose clock inputs are all constant. */
export function unclockedCells(
  netlist: Netlist,
  { top, clockPorts }: { top: string; clockPorts: Readonly<Record<string, readonly string[]>> },
): string[] {
  return Object.entries(netlist.modules[top]?.cells ?? {})
    .filter(([, { type, connections }]) =>
      clockPorts[type]?.every((port) => typeof connections[port]?.[0] !== 'number'),
    )
    .map(([name, { type }]) => `${name} (${type})`);
}

/** The module in the source: `ds_mul` of `$paramod$0a1b…\ds_mul` and `$paramod\ds_mul\A=1`. */
export function moduleName(derived: string): string {
  return derived.startsWith('$paramod') ? (derived.split('\\')[1] ?? derived) : derived;
}
