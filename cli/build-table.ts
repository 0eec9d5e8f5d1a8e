/** A build as text: what it takes of the chip, how fast it is, and where the slowest path runs. */
import { TIMING_MARGIN } from '../fpga/build-job.ts';
import type { BuildResult, BuildTarget, ModuleArea, Stage } from '../fpga/result.ts';
import { wrap } from '../report/format.ts';
import { renderTable } from '../report/table.ts';

type Timing = NonNullable<BuildResult['timing']>;

const left = { align: 'left' } as const;
const mhz = (hz: number) => (hz / 1e6).toFixed(2);
const percent = (used: number, available: number) =>
  available === 0 ? '–' : ((100 * used) / available).toFixed(0);

/** The first line: what is built, before anything is. */
export function renderAnnouncement(
  target: BuildTarget,
  { seeds, until, part }: { seeds: number; until: Stage; part: string },
): string {
  const count = until === 'synth' ? 'synthesis' : `${seeds} ${seeds === 1 ? 'seed' : 'seeds'}`;
  return `BUILD ${target.name} (${part}, ${target.package}) at ${mhz(target.clockHz)} MHz, ${count}`;
}

export function renderBuild(result: BuildResult): string {
  const { timing, bitstream, area, target } = result;
  return [
    renderUse(result),
    ...(area === null ? [] : [renderArea(area, target)]),
    ...(timing === null ? [] : [renderTiming(timing), renderCriticalPath(timing)]),
    renderStages(result),
    ...(bitstream === null ? [] : [`bitstream  ${bitstream.file} (${bitstream.bytes} bytes)`]),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** One line a board. */
export function renderBoards(results: readonly BuildResult[]): string {
  return renderTable(
    [
      { head: 'board', ...left },
      ...['LUT', 'FF', 'logic %', 'block RAM', 'SPRAM', 'DSP'].map((head) => ({ head })),
      { head: 'clock MHz' },
      { head: 'Fmax min / median / max' },
      { head: 'timing', ...left },
    ],
    results.map(({ target, synthesis, timing }) => {
      const logic = timing === null ? undefined : best(timing).resources[0];
      const { luts, flipFlops, blockRams, weightMemories, multipliers } = synthesis;
      return [
        target.name,
        ...[luts, flipFlops].map(String),
        logic === undefined ? '–' : percent(logic.used, logic.available),
        ...[blockRams, weightMemories, multipliers].map(String),
        mhz(target.clockHz),
        timing === null
          ? '–'
          : [timing.fmaxHz.min, timing.fmaxHz.median, timing.fmaxHz.max].map(mhz).join(' / '),
        timing === null ? 'not placed' : verdict(timing),
      ];
    }),
  );
}

function renderUse({ synthesis, timing }: BuildResult): string {
  const { luts, flipFlops, multipliers, blockRams, weightMemories } = synthesis;
  const placed = timing === null ? [] : best(timing).resources;
  const logic = placed[0];
  const available = (name: string) => placed.find((resource) => resource.name === name)?.available;
  // On iCE40 a LUT and a flip-flop share a cell, which is what the chip has a number of.
  const rows = [
    ...(logic?.name === 'LC' ? [logic] : []),
    { name: 'LUT', used: luts, available: available('LUT') ?? logic?.available },
    { name: 'FF', used: flipFlops, available: available('FF') ?? logic?.available },
    { name: 'block RAM', used: blockRams, available: available('block RAM') },
    { name: 'SPRAM', used: weightMemories, available: available('SPRAM') },
    { name: 'DSP', used: multipliers, available: available('DSP') },
    ...placed.filter(({ name }) => name === 'PLL' || name === 'pins'),
  ].map((row) => placed.find(({ name }) => name === row.name) ?? row);
  return renderTable(
    [{ head: '', ...left }, { head: 'used' }, { head: 'available' }, { head: '%' }],
    rows.map(({ name, used, available: most }) => [
      name,
      String(used),
      most === undefined ? '–' : String(most),
      most === undefined ? '–' : percent(used, most),
    ]),
  );
}

const AREA_COLUMNS = [
  'instances',
  'logic',
  'flipFlops',
  'blockRams',
  'weightMemories',
  'multipliers',
] as const satisfies readonly (keyof ModuleArea)[];

/** Modules apart, so that nothing is optimised across their borders: a bit more than the whole. */
export function renderArea(area: readonly ModuleArea[], { family }: BuildTarget): string {
  return renderTable(
    [
      { head: 'module', ...left },
      { head: 'instances' },
      { head: family === 'ice40' ? 'LC' : 'LUT' },
      ...['FF', 'block RAM', 'SPRAM', 'DSP'].map((head) => ({ head })),
    ],
    [
      ...area.map((row) => [row.module, ...AREA_COLUMNS.map((column) => String(row[column]))]),
      ['all', ...AREA_COLUMNS.map((column) => String(sum(area.map((row) => row[column]))))],
    ],
  );
}

function renderTiming(timing: Timing): string {
  const { fmaxHz, clockHz, bestSeed, placements, unrouted } = timing;
  const seeds = renderTable(
    [{ head: 'seed' }, { head: 'Fmax MHz' }, { head: 's' }, { head: '', ...left }],
    [
      ...placements.map(({ seed, fmaxHz: reached, seconds, cached }) => [
        String(seed),
        mhz(reached),
        seconds.toFixed(1),
        [seed === bestSeed && 'kept', cached && 'cached'].filter(Boolean).join(', '),
      ]),
      ...unrouted.map((seed) => [String(seed), '–', '–', 'not routed']),
    ],
  );
  const { min, median, max } = fmaxHz;
  return [
    seeds,
    `clock ${mhz(clockHz)} MHz, ${verdict(timing)}: Fmax ${mhz(min)} min, ${mhz(median)} median, ${mhz(max)} max`,
    ...renderWarning(timing),
  ].join('\n');
}

function verdict({ met, everySeedMet, everySeedWithMargin }: Timing): string {
  if (!met) return 'NOT MET';
  if (everySeedWithMargin) return `met by every seed with ${100 * TIMING_MARGIN} % in hand`;
  return everySeedMet ? 'met by every seed' : 'met by the kept seed';
}

function renderWarning({ met, everySeedWithMargin, clockHz }: Timing): string[] {
  if (!met || everySeedWithMargin) return [];
  const wanted = mhz((1 + TIMING_MARGIN) * clockHz);
  return [
    `warning: not every seed has ${100 * TIMING_MARGIN} % in hand (${wanted} MHz); the next change may miss the clock`,
  ];
}

function renderCriticalPath(timing: Timing): string {
  const { criticalPath } = best(timing);
  if (criticalPath === null) return '';
  const { ns, logicNs, routingNs, steps } = criticalPath;
  const table = renderTable(
    [
      { head: 'critical path through', ...left },
      { head: 'instance', ...left },
      { head: 'logic ns' },
      { head: 'routing ns' },
      { head: 'cells' },
    ],
    steps.map((step) => [
      step.module,
      step.instance === '' ? '(top)' : step.instance,
      step.logicNs.toFixed(2),
      step.routingNs.toFixed(2),
      String(step.cells),
    ]),
  );
  return `${table}\n${ns.toFixed(2)} ns: ${logicNs.toFixed(2)} logic, ${routingNs.toFixed(2)} routing`;
}

function renderStages({ synthesis, timing, bitstream, tools, seconds }: BuildResult): string {
  const stage = (name: string, used: number, cached: boolean) =>
    `${name} ${used.toFixed(1)} s${cached ? ' (cached)' : ''}`;
  const placements = timing?.placements ?? [];
  const stages = [
    stage('synthesis', synthesis.seconds, synthesis.cached),
    ...(timing === null
      ? []
      : [
          stage(
            'place and route',
            sum(placements.map((placement) => placement.seconds)),
            placements.every(({ cached }) => cached),
          ),
        ]),
    ...(bitstream === null ? [] : [stage('pack', bitstream.seconds, bitstream.cached)]),
  ];
  const all = synthesis.cached && placements.every(({ cached }) => cached);
  const now = `${all && bitstream?.cached !== false ? 'all of it cached, ' : ''}this build ${seconds.toFixed(1)} s`;
  return [
    wrap(`${stages.join(', ')}; ${now}`),
    `yosys ${tools.yosys}, nextpnr ${tools.nextpnr}, ${tools.packer}`,
    ...(synthesis.warnings.length === 0
      ? []
      : [`warnings of yosys: ${synthesis.warnings.length}, see --json`]),
  ].join('\n');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, next) => total + next, 0);
}

function best({ placements, bestSeed }: Timing): Timing['placements'][number] {
  const found = placements.find(({ seed }) => seed === bestSeed);
  if (found === undefined) throw new Error(`seed ${bestSeed} is not among the placements`);
  return found;
}
