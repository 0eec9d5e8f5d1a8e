/** How far each mode is from what a board could do, and what holds it back. */

import type { DeviceBench, ModeBench, ModeName } from '../contract/bench.ts';
import { MODES } from '../contract/bench.ts';
import { BITS_PER_BYTE_ON_WIRE } from '../contract/boards.ts';
import type { Picture, Point } from '../contract/experiment.ts';
import type { RunResult } from '../contract/result.ts';

/** Multiplications of inputs that are zero are not done, and do not count. */
export interface RooflinePoint {
  readonly layers: readonly number[];
  readonly mode: ModeName;
  /** Multiplications per byte of the busier direction of the link. */
  readonly intensity: number;
  /** Multiplications per second, link and device working at the same time. */
  readonly rate: number;
  readonly bottleneck: 'link' | 'multipliers and weight memory';
}

/** Per second: what all lanes multiply, which is a row of the weight memory a cycle. */
function peakOf({ lanes, clockHz }: RunResult['device']): number {
  return lanes * clockHz;
}

/** Bytes per second and direction. */
function linkOf({ baud }: RunResult['device']): number {
  return baud / BITS_PER_BYTE_ON_WIRE;
}

/** One board; none of the model, which has no cycles. */
export function rooflinePoints(devices: readonly DeviceBench[]): RooflinePoint[] {
  return devices.flatMap(({ run, modes }) => modes.flatMap((mode) => pointOf(run, mode) ?? []));
}

function pointOf(run: RunResult, mode: ModeBench): RooflinePoint | undefined {
  const { device } = run;
  const { images, repeats } = mode.batches.at(-1) ?? { images: 0, repeats: [] };
  const [first] = repeats;
  if (first === undefined || mode.cycles.all === 0) return undefined;
  const macs = mode.utilisation.effective * mode.cycles.all * device.lanes;
  const bytes = Math.max(first.bytesSent, first.bytesReceived) / images;
  const onDevice = mode.cycles.all / device.clockHz;
  const onLink = bytes / linkOf(device);
  return {
    ...{ layers: run.request.layers, mode: mode.mode, intensity: macs / bytes },
    rate: macs / Math.max(onDevice, onLink),
    bottleneck: onLink > onDevice ? 'link' : 'multipliers and weight memory',
  };
}

/** @param devices of one board, at least one. */
export function roofline(devices: readonly DeviceBench[]): Picture | undefined {
  const points = rooflinePoints(devices);
  const device = devices[0]?.run.device;
  if (device === undefined || points.length === 0) return undefined;
  const [peak, link] = [peakOf(device), linkOf(device)];
  const intensities = [...points.map(({ intensity }) => intensity), peak / link];
  const ends = [Math.min(...intensities) / 2, Math.max(...intensities) * 2];
  const ceiling = (of: (x: number) => number): Point[] => ends.map((x) => ({ x, y: of(x) }));
  const bound = points.filter(({ bottleneck }) => bottleneck === 'link').length;
  return {
    id: `roofline-${device.board}`,
    title: `What holds the ${device.board} back`,
    caption:
      `The link bounds ${bound} of ${points.length} points; the others are below what the ` +
      'multipliers could do, which the weight memory feeds with just one row a cycle.',
    kind: 'roofline',
    x: { label: 'multiplications per byte on the link', unit: null, scale: 'log' },
    y: { label: 'multiplications per second', unit: null, scale: 'log' },
    series: [
      ...MODES.flatMap((mode) => {
        const own = points.filter((point) => point.mode === mode);
        if (own.length === 0) return [];
        const at = own.map(({ intensity, rate }) => ({ x: intensity, y: rate }));
        return [{ name: `mode ${mode}`, source: 'device' as const, points: at }];
      }),
      {
        name: `multipliers and weight memory, ${device.lanes} a cycle`,
        ...{ source: 'theory', points: ceiling(() => peak) },
      },
      {
        name: `link, ${device.baud / 1e6} Mbaud`,
        ...{ source: 'theory', points: ceiling((x) => x * link) },
      },
    ],
  };
}
