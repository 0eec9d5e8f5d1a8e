/** A device for one job: opened, used, closed, with what that took. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModeName } from '../contract/bench.ts';
import type { RunRequest } from '../contract/result.ts';
import { type Device, openDevice } from '../host/device.ts';
import type { LinkStatistics } from '../host/link.ts';
import type { SimulatorProgress } from '../host/transport/simulator.ts';
import {
  openTarget,
  type Target,
  type TargetDescription,
  type TargetOptions,
} from '../host/transport/target.ts';

export type RunProgress =
  | { readonly kind: 'device'; readonly label: string }
  | SimulatorProgress
  | { readonly kind: 'images'; readonly done: number; readonly total: number }
  | { readonly kind: 'golden' }
  | { readonly kind: 'speed'; readonly mode: ModeName }
  | { readonly kind: 'software' };

export interface DeviceOptions {
  /** Of the tools that build the simulator. */
  readonly environment: NodeJS.ProcessEnv;
  readonly onProgress?: (progress: RunProgress) => void;
  /** Until the device is open; from then on it is the job's to stop. */
  readonly signal?: AbortSignal | undefined;
  /** Opens what `on` names; a host's own devices by default. */
  readonly open?: (on: string | undefined, options: TargetOptions) => Promise<Target>;
}

export interface DeviceUse<T> {
  readonly value: T;
  /** CPU time of this process while the device was open. */
  readonly hostSeconds: number;
  /** CPU time of the simulator's process; null where there is none. */
  readonly simulatorSeconds: number | null;
  /** Clock cycles that it simulated; null likewise. */
  readonly simulatorCycles: number | null;
}

/** @throws DeltascopeError of the device, or what `use` throws. */
export async function withDevice<T>(
  request: Pick<RunRequest, 'on' | 'fillSeed' | 'link' | 'trace'>,
  { environment, signal, onProgress, open = openTarget }: DeviceOptions,
  use: (device: Device, description: TargetDescription) => Promise<T>,
): Promise<DeviceUse<T>> {
  const scratch = await mkdtemp(join(tmpdir(), 'deltascope-'));
  const statsFile = join(scratch, 'simulator.json');
  try {
    const target = await open(request.on, {
      environment,
      signal,
      statsFile,
      seed: request.fillSeed,
      link: request.link,
      trace: request.trace,
      ...(onProgress && { onProgress }),
    });
    const { description, timeouts } = target;
    onProgress?.({ kind: 'device', label: description.label });
    const cpu = process.cpuUsage();
    // Not the signal: what is under way when it comes is to be finished and kept.
    const device = await openDevice(target.transport, { label: description.label, timeouts });
    let value: T;
    try {
      value = await use(device, description);
    } finally {
      await device[Symbol.asyncDispose]();
    }
    const hostSeconds = cpuSeconds(process.cpuUsage(cpu));
    const account = await readAccount(statsFile);
    return {
      ...{ value, hostSeconds },
      simulatorSeconds: account?.cpuSeconds ?? null,
      simulatorCycles: account?.cycles ?? null,
    };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

export function statisticsSince(after: LinkStatistics, before: LinkStatistics): LinkStatistics {
  const entries = Object.entries(after) as [keyof LinkStatistics, number][];
  return Object.fromEntries(
    entries.map(([key, value]) => [key, value - before[key]]),
  ) as unknown as LinkStatistics;
}

export function cpuSeconds({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1e6;
}

/** The simulator's own, written when it ended; undefined where there is none. */
async function readAccount(
  statsFile: string,
): Promise<{ readonly cpuSeconds: number; readonly cycles: number } | undefined> {
  const text = await readFile(statsFile, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}
