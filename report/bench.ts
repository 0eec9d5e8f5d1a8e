/** The standard measurement for the terminal. */
import type {
  BenchResult,
  BuildFigures,
  DeviceBench,
  ModeBench,
  SkippedBench,
  SoftwareBench,
} from '../contract/bench.ts';
import type { Environment, LayerResult } from '../contract/result.ts';
import { batchesOf, type Figure, ranking, speedsOf } from './bench-figures.ts';
import { countColumns, zeroCounts } from './counts.ts';
import { percent, seconds, significant, whole, wrap } from './format.ts';
import { machineText } from './section.ts';
import { renderTable } from './table.ts';
import { renderAccuracy, renderCounters, renderRequest } from './terminal.ts';

const left = { align: 'left' } as const;

export function renderEnvironment(environment: Environment): string {
  const tree = environment.commit === null ? '' : `, commit ${environment.commit}`;
  return `ran on ${machineText(environment)}${tree}`;
}

/** Norms beside the published ones, then images per second in each mode. */
export function renderDeviceBench(device: DeviceBench): string {
  const { run, published, modes, simulation } = device;
  return [
    renderRequest(run),
    '',
    renderNorms(run.layers, published),
    '',
    renderAccuracy(run),
    '',
    renderCounters(run),
    ...modes.map((mode) => `\n${renderMode(device, mode)}`),
    ...(simulation === null ? [] : ['', renderSimulation(simulation)]),
  ].join('\n');
}

function renderMode(device: DeviceBench, mode: ModeBench): string {
  const { batches, latency, cycles, utilisation } = mode;
  const columns = batches.map((batch) => speedsOf(device, batch));
  const rows = (columns[0] ?? []).map(({ name, origin }, index) => [
    name,
    ...columns.map((speeds) => rate(speeds[index]?.figure ?? null)),
    origin,
  ]);
  const heads = batches.map(({ images }) => ({ head: images === 1 ? '1 image' : `${images}` }));
  return [
    renderTable(
      [{ head: `${mode.mode}: images per second`, ...left }, ...heads, { head: '', ...left }],
      rows,
    ),
    `Medians of ${batches[0]?.repeats.length ?? 0} repeats after a warm-up.`,
    ...(latency === null || cycles.all === 0
      ? []
      : [
          wrap(
            `An image alone, median, 95th and 99th percentile: device ${times(latency.device)}; over ` +
              `the link ${times(latency.overLink)}, computed; wall clock ${times(latency.wall)}.`,
          ),
        ]),
    ...(cycles.all === 0
      ? []
      : [
          wrap(
            `${whole(cycles.all)} cycles an image, ${significant(cycles.all / cycles.bound)} times the ` +
              `${whole(cycles.bound)} of both passes at a row a cycle. Multipliers busy: ` +
              `${percent(utilisation.effective)}; ${percent(utilisation.dense)} with the zeros that ` +
              'were skipped.',
          ),
        ]),
  ].join('\n');
}

function rate(figure: Figure | null): string {
  return figure === null ? '–' : whole(figure.median);
}

function times({ p50, p95, p99 }: { p50: number; p95: number; p99: number }): string {
  return [p50, p95, p99].map(seconds).join(', ');
}

function renderSimulation({ cycles, cpuSeconds }: { cycles: number; cpuSeconds: number }): string {
  return `Simulation: ${significant(cycles / cpuSeconds / 1e6)} M cycles per CPU second, measured on this machine.`;
}

/** What a core of this machine does with the same images, and the device among it. */
export function renderSoftware(
  { layers, rows, missing }: SoftwareBench,
  devices: readonly DeviceBench[],
): string {
  const batches = batchesOf(rows);
  const same = devices.filter(({ run }) => `${run.request.layers}` === `${layers}`);
  return [
    renderTable(
      [
        { head: `[${layers.join(',')}], images per second`, ...left },
        ...batches.map((batch) => ({ head: batch === 1 ? '1 image' : `${batch}` })),
        { head: '±' },
        { head: '', ...left },
      ],
      ranking(same, rows, batches).map(({ name, origin, figures }) => [
        name,
        ...figures.map(rate),
        percent(Math.max(...figures.map((figure) => figure?.spread ?? 0))),
        origin,
      ]),
    ),
    ...missing.map(({ name, why }) => `${name} was not measured: ${why}.`),
  ].join('\n');
}

export function renderSkipped({ board, layers, mode, why }: SkippedBench): string {
  return wrap(`${board}, [${layers.join(',')}], ${mode}: not measured. ${why}`);
}

export function renderBuilds(builds: readonly BuildFigures[]): string {
  return renderTable(
    [
      { head: 'cached build of', ...left },
      ...['LUT', 'FF', 'block RAM', 'DSP', 'Fmax MHz', 'seeds'].map((head) => ({ head })),
      { head: 'clock', ...left },
    ],
    builds.map(({ board, luts, flipFlops, blockRams, multipliers, fmaxHz, seeds, met }) => [
      board,
      ...[luts, flipFlops, blockRams, multipliers].map(String),
      (fmaxHz / 1e6).toFixed(1),
      String(seeds),
      met ? 'met' : 'NOT MET',
    ]),
  );
}

function renderNorms(layers: readonly LayerResult[], published: readonly number[]): string {
  const heads = ['layer', '‖mean δ‖', 'float64', 'published', 'mean ‖δ‖', 'float64'];
  const counts = countColumns(layers);
  const table = renderTable(
    [...heads, ...counts.map(({ head }) => head)].map((head) => ({ head })),
    layers.map((layer, index) => {
      const reference = published[index];
      return [
        String(layer.layer),
        significant(layer.normOfMean),
        significant(layer.float64.normOfMean),
        reference === undefined ? '–' : significant(reference),
        significant(layer.meanOfNorms),
        significant(layer.float64.meanOfNorms),
        ...counts.map(({ count }) => whole(count(layer))),
      ];
    }),
  );
  return [table, ...zeroCounts(layers)].join('\n');
}

/** A whole result, as it was printed when it was measured. */
export function renderBench({
  environment,
  devices,
  skipped,
  software,
  builds,
}: BenchResult): string {
  return [
    renderEnvironment(environment),
    ...devices.map(renderDeviceBench),
    ...skipped.map(renderSkipped),
    ...software.map((one) => renderSoftware(one, devices)),
    ...(builds.length > 0 ? [renderBuilds(builds)] : []),
  ].join('\n\n');
}
