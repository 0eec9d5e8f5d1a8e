/** A result with everything a report has to get right: hostile text, a band, a gap, two x scales. */
import type { ExperimentResult } from '../../contract/experiment.ts';

export const HOSTILE = `<img src=x onerror="alert('1')">&`;

export const EXAMPLE: ExperimentResult = {
  kind: 'experiment',
  schema: 1,
  name: 'example',
  title: `Example ${HOSTILE}`,
  question: `Why ${HOSTILE}?`,
  quick: true,
  parameters: { seeds: 3, deviceSeeds: 1 },
  device: {
    label: `model ${HOSTILE}`,
    kind: 'model',
    board: 'ulx3s-85f',
    lanes: 32,
    clockHz: 62_500_000,
    baud: 3_000_000,
    fillSeed: null,
  },
  claims: [
    {
      id: 'one',
      lecture: ['U', 'N'],
      text: `Claimed ${HOSTILE}`,
      rule: `rule ${HOSTILE}`,
      verdict: 'holds-if',
      because: `because ${HOSTILE}`,
    },
  ],
  deviceVerdict: 'agrees',
  checks: [
    {
      name: `check ${HOSTILE}`,
      against: 'float64',
      distance: 1.25e-4,
      bound: 0.005,
      unit: 'relative',
      agrees: true,
    },
  ],
  tables: [
    {
      title: `table ${HOSTILE}`,
      columns: [
        { name: 'name', unit: null },
        { name: 'error', unit: '%' },
      ],
      rows: [
        ['=SUM(A1)', 0.012345678901234],
        [HOSTILE, null],
      ],
    },
  ],
  pictures: [
    {
      id: 'bands',
      title: `bands ${HOSTILE}`,
      caption: 'norms',
      kind: 'lines',
      x: { label: 'layer', unit: null, scale: 'category' },
      y: { label: '‖δ‖', unit: null, scale: 'log' },
      band: '5 % to 95 %',
      series: [
        {
          name: `float64 ${HOSTILE}`,
          source: 'float64',
          points: [
            { x: 1, y: 1.5e-7, low: 1e-7, high: 3e-7 },
            { x: 2, y: 2.5e-3, low: 1e-3, high: 4e-3 },
          ],
        },
        { name: 'device', source: 'device', points: [{ x: 2, y: 2.4999e-3 }] },
      ],
      marks: [{ axis: 'y', at: 1e-5, label: `mark ${HOSTILE}` }],
    },
    {
      id: 'bins',
      title: 'bins',
      caption: 'counts',
      kind: 'histogram',
      x: { label: 'ratio', unit: null, scale: 'linear' },
      y: { label: 'networks', unit: null, scale: 'linear' },
      series: [
        { name: 'device', source: 'device', points: [0.5, 1.5, 2.5].map((x) => ({ x, y: 2 * x })) },
      ],
    },
    {
      id: 'bars',
      title: 'bars',
      caption: 'factors',
      kind: 'bars',
      x: { label: 'factor', unit: null, scale: 'category' },
      y: { label: 'size', unit: 'm', scale: 'linear' },
      series: [
        { name: 'device', source: 'device', points: [{ x: 'w₂', y: 3 }] },
        { name: 'theory', source: 'theory', points: [{ x: 'w₂', y: 3.1 }] },
      ],
    },
    {
      id: 'dots',
      title: 'dots',
      caption: 'width',
      kind: 'dots',
      x: { label: '|w|', unit: null, scale: 'log' },
      y: { label: 'width', unit: null, scale: 'linear' },
      series: [
        { name: 'device', source: 'device', points: [1, 10, 100].map((x) => ({ x, y: x })) },
      ],
    },
  ],
  time: '2026-11-21T12:00:00.000Z',
  seconds: 1.5,
  environment: { cpu: HOSTILE, cores: 2, platform: 'linux-x64', node: 'v20', commit: null },
  contractCrc: '00c0ffee',
  tools: { deltascope: '0.1.0' },
  commandLine: `deltascope experiment example ${HOSTILE}`,
};
