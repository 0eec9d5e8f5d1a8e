/** The standard measurement for the terminal. */
import type { BenchNetwork, Environment, LayerResult } from '../contract/result.ts';
import { percent, significant, whole } from './format.ts';
import { renderTable } from './table.ts';
import { renderFidelity } from './terminal.ts';

export function renderEnvironment({ cpu, cores, platform, node, commit }: Environment): string {
  const tree = commit === null ? '' : `, commit ${commit}`;
  return `ran on ${cpu} (${cores} cores, ${platform}), Node ${node}${tree}`;
}

/** Norms beside the published ones, then images per second beside software. */
export function renderBenchNetwork({ run, published, software }: BenchNetwork): string {
  const { request, data, cycles, device, time } = run;
  return [
    `[${request.layers.join(',')}], ${request.init} initialisation, seed ${request.seed}, ${whole(data.images)} images of ${data.name}`,
    renderNorms(run.layers, published),
    '',
    renderFidelity(run),
    `${whole(cycles.perImage)} cycles an image, forward and backward (${whole(cycles.rowsPerImage)} weight rows of ${device.lanes})`,
    '',
    renderTable(
      [{ head: 'images per second', align: 'left' }, { head: '' }, { head: '', align: 'left' }],
      [
        [
          `device at ${device.clockHz / 1e6} MHz`,
          whole(data.images / time.device),
          'computed: simulated cycles ÷ planned clock',
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

function renderNorms(layers: readonly LayerResult[], published: readonly number[]): string {
  return renderTable(
    [
      { head: 'layer' },
      { head: '‖mean δ‖' },
      { head: 'float64' },
      { head: 'published' },
      { head: 'mean ‖δ‖' },
      { head: 'float64' },
      { head: 'rounded to 0' },
      { head: 'saturated' },
    ],
    layers.map((layer, index) => {
      const reference = published[index];
      return [
        String(layer.layer),
        significant(layer.normOfMean),
        significant(layer.float64.normOfMean),
        reference === undefined ? '–' : significant(reference),
        significant(layer.meanOfNorms),
        significant(layer.float64.meanOfNorms),
        whole(layer.roundedToZero),
        whole(layer.saturated.delta + layer.saturated.z),
      ];
    }),
  );
}
