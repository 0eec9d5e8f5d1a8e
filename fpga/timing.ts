/** What nextpnr's report says: clocks, utilisation, and where the slowest path runs. */
import { z } from 'zod';
import type { Scopes } from './netlist.ts';

const end = z.object({ cell: z.string(), port: z.string() });

const reportSchema = z.object({
  fmax: z.record(z.string(), z.object({ achieved: z.number(), constraint: z.number() })),
  utilization: z.record(z.string(), z.object({ used: z.number(), available: z.number() })),
  critical_paths: z.array(
    z.object({
      from: z.string(),
      to: z.string(),
      path: z.array(z.object({ delay: z.number(), type: z.string(), from: end, to: end })),
    }),
  ),
});

export type Report = z.infer<typeof reportSchema>;

export interface ClockResult {
  readonly name: string;
  readonly fmaxHz: number;
  readonly constraintHz: number;
}

/** A stretch of the critical path inside one instance. */
export interface PathStep {
  /** The module in the source. */
  readonly module: string;
  /** Empty for the top. */
  readonly instance: string;
  readonly logicNs: number;
  /** On the way into this stretch's cells. */
  readonly routingNs: number;
  /** LUTs, carries and the like that it passes. */
  readonly cells: number;
}

export interface CriticalPath {
  readonly ns: number;
  readonly logicNs: number;
  readonly routingNs: number;
  readonly steps: PathStep[];
}

/** @throws ZodError when it is no report of nextpnr. */
export function parseReport(text: string): Report {
  return reportSchema.parse(JSON.parse(text));
}

/** Clocks that have paths of their own, the slowest against its constraint first. */
export function clocksOf(report: Report): ClockResult[] {
  const MHZ = 1e6;
  return Object.entries(report.fmax)
    .map(([name, { achieved, constraint }]) => ({
      name,
      fmaxHz: achieved * MHZ,
      constraintHz: constraint * MHZ,
    }))
    .sort((a, b) => a.fmaxHz / a.constraintHz - b.fmaxHz / b.constraintHz);
}

/** Relative difference up to which a clock is the board's: PLLs have whole dividers. */
const SAME_CLOCK = 0.01;

/** The board's clock, the slowest if there are several of that frequency; undefined if none is. */
export function boardClock(
  clocks: readonly ClockResult[],
  clockHz: number,
): ClockResult | undefined {
  return clocks.find(({ constraintHz }) => Math.abs(constraintHz / clockHz - 1) < SAME_CLOCK);
}

/** The path that limits `clock`; undefined when it has none. */
export function criticalPath(
  report: Report,
  { clock, scopes, top }: { clock: string; scopes: Scopes; top: string },
): CriticalPath | undefined {
  const edge = (text: string) => text.replace(/^(?:pos|neg)edge /, '');
  const found = report.critical_paths.find(
    ({ from, to }) => edge(from) === clock && edge(to) === clock,
  );
  if (found === undefined) return undefined;
  const steps: { -readonly [Key in keyof PathStep]: PathStep[Key] }[] = [];
  for (const { delay, type, to } of found.path) {
    const instance = scopeOf(to.cell, scopes);
    let step = steps.at(-1);
    if (step === undefined || step.instance !== instance) {
      const module = scopes[instance] ?? top;
      step = { module, instance, logicNs: 0, routingNs: 0, cells: 0 };
      steps.push(step);
    }
    if (type === 'routing') step.routingNs += delay;
    else step.logicNs += delay;
    if (type === 'logic') step.cells += 1;
  }
  const sum = (field: 'logicNs' | 'routingNs') => steps.reduce((total, s) => total + s[field], 0);
  const [logicNs, routingNs] = [sum('logicNs'), sum('routingNs')];
  return { ns: logicNs + routingNs, logicNs, routingNs, steps };
}

/** The innermost instance that `cell` lies in; empty for the top. */
export function scopeOf(cell: string, scopes: Scopes): string {
  for (let dot = cell.lastIndexOf('.'); dot > 0; dot = cell.lastIndexOf('.', dot - 1)) {
    const path = cell.slice(0, dot);
    if (Object.hasOwn(scopes, path)) return path;
  }
  return '';
}
