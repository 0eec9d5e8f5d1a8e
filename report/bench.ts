/** The standard measurement for the terminal. */
import type { BenchNetwork, Environment, LayerResult, RunResult } from '../contract/result.ts';
import { countColumns, zeroCounts } from './counts.ts';
import { percent, significant, whole } from './format.ts';
import { renderTable } from './table.ts';
import { renderAccuracy, renderCounters, renderRequest } from './terminal.ts';

export function renderEnvironment({ cpu, cores, platform, node, commit }: Environment): string {
  const tree = commit === null ? '' : `, commit ${commit}`;
  return `ran on ${cpu} (${cores} cores, ${platform}), Node ${node}${tree}`;
}

/** Norms beside the published ones, then images per second beside software. */
export function renderBenchNetwork({ run, published, software }: BenchNetwork): string {
  const { data, device, time } = run;
  return [
    renderRequest(run),
    '',
    renderNorms(run.layers, published),
    '',
    renderAccuracy(run),
    '',
    renderCounters(run),
    '',
    renderTable(
      [{ head: 'images per second', align: 'left' }, { head: '' }, { head: '', align: 'left' }],
      [
        [
          `device at ${device.clockHz / 1e6} MHz`,
          time.device === null ? '–' : whole(data.images / time.device),
          CLOCK_ORIGINS[device.kind],
        ],
        [
          `over the link at ${device.baud / 1e6} Mbaud`,
          whole(data.images / time.link),
          'computed: bytes really sent, 10 bits each',
        ],
        ['this run, all in all', whole(data.images / time.measured), 'measured, wall clock'],
        ...software.map(({ name, imagesPerSecond, relativeMargin }) => [
          name,
          whole(imagesPerSecond),
          `measured on this machine, ± ${percent(relativeMargin)}`,
        ]),
      ],
    ),
  ].join('\n');
}

const CLOCK_ORIGINS: Readonly<Record<RunResult['device']['kind'], string>> = {
  simulated: "computed: simulated cycles ÷ the board's clock",
  serial: 'computed: counted cycles ÷ clock',
  model: 'unknown: the model has no clock',
};

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
