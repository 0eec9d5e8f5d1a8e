/** The tables of docs/results.md, from a result of `bench`; nothing in them is typed by hand. */
import type { BenchResult, DeviceBench } from '../contract/bench.ts';
import type { Cell, ResultTable } from '../contract/experiment.ts';
import { markdownTable } from '../contract/markdown.ts';
import { renderEnvironment } from './bench.ts';
import { networkName, speedsOf } from './bench-figures.ts';
import { cyclesTable, softwareTables } from './bench-section.ts';
import { energyTable } from './energy.ts';
import { percent, seconds, significant, whole } from './format.ts';
import { renderPicture } from './picture.ts';
import { roofline } from './roofline.ts';
import { LIGHT } from './style.ts';

/** By the name of their markers in the page. */
export const RESULT_TABLES: Readonly<Record<string, (result: BenchResult) => string>> = {
  environment: renderMachine,
  speed: renderSpeed,
  latency: renderLatency,
  software: renderSoftwareTables,
  energy: (result) => asMarkdown(energyTable(result)),
  cycles: renderCycles,
  builds: renderBuildTable,
  skipped: renderSkippedTable,
};

/** One picture a board, by its name, as a file of its own: light, whatever the reader's page is. */
export function rooflinePictures({ devices }: BenchResult): ReadonlyMap<string, string> {
  const boards = new Map<string, DeviceBench[]>();
  for (const device of devices) {
    const { board } = device.run.device;
    boards.set(board, [...(boards.get(board) ?? []), device]);
  }
  return new Map(
    [...boards].flatMap(([board, own]): [string, string][] => {
      const picture = roofline(own);
      return picture === undefined ? [] : [[board, standAlone(renderPicture(picture))]];
    }),
  );
}

/** With the light colours for the custom properties of the page. */
function standAlone(svg: string): string {
  const colours = new Map(
    [...LIGHT.matchAll(/--([\w-]+):([^;]+);/g)].map(([, name = '', colour = '']) => [name, colour]),
  );
  const drawn = svg
    .replace('aria-hidden="true" focusable="false"', 'xmlns="http://www.w3.org/2000/svg"')
    .replace('font-family:inherit', 'font-family:sans-serif')
    .replace('background:none', 'background:var(--page);color:var(--ink)')
    .replace(/var\(--([\w-]+)\)/g, (_, name: string) => colours.get(name) ?? 'black');
  return `${drawn}\n`;
}

function renderMachine(result: BenchResult): string {
  const { environment, time, commandLine } = result;
  const clean = environment.commit?.endsWith('+') === false;
  return [
    `\`${commandLine}\`, ${time.slice(0, 10)}, ${renderEnvironment(environment)}.`,
    ...(clean ? [] : ['**Provisional: files were changed after that commit.**']),
    'Every board is simulated RTL where it is not called a board: **no figure here is of silicon.**',
  ].join('\n');
}

function renderSpeed({ devices }: BenchResult): string {
  const rates = ['device', 'link', 'host CPU', '± host'];
  const head = ['board', 'network', 'mode', ...rates, 'multipliers busy', 'error of ‖mean δ‖'];
  const rows = devices.flatMap((device) =>
    device.modes.flatMap(({ mode, batches, utilisation }) => {
      const largest = batches.at(-1);
      if (largest === undefined) return [];
      const [onDevice, link, host] = speedsOf(device, largest).map(({ figure }) => figure);
      return [
        [
          ...placeOf(device),
          mode,
          ...[onDevice, link, host].map((figure) => (figure ? whole(figure.median) : '–')),
          percent(host?.spread ?? null),
          percent(utilisation.effective),
          percent(worstError(device)),
        ],
      ];
    }),
  );
  return markdownTable(head, rows);
}

/** Of ‖mean δ‖, relative, against float64 with the device's weights; null where one is unknown. */
function worstError({ run }: DeviceBench): number | null {
  const errors = run.layers.map(({ float64SameWeights }) => float64SameWeights.normOfMeanError);
  return errors.some((error) => error === null) ? null : Math.max(...errors.map(Number));
}

function placeOf(device: DeviceBench): [string, string] {
  return [device.run.device.board, networkName(device)];
}

function renderLatency({ devices }: BenchResult): string {
  const head = ['board', 'network', 'mode'];
  const rows = devices.flatMap((device) =>
    device.modes.flatMap(({ mode, latency }) => {
      if (latency === null) return [];
      const { device: on, overLink: over } = latency;
      const times = [on.p50, on.p95, on.p99, over.p50, over.p95, over.p99].map(seconds);
      return [[...placeOf(device), mode, ...times]];
    }),
  );
  const percentiles = ['p50', 'p95', 'p99'];
  const heads = ['device', 'over the link'].flatMap((what) =>
    percentiles.map((p) => `${what}, ${p}`),
  );
  return markdownTable([...head, ...heads], rows);
}

function renderSoftwareTables(result: BenchResult): string {
  return softwareTables(result).map(asMarkdown).join('\n\n');
}

function renderCycles({ devices }: BenchResult): string {
  const boards = [...new Set(devices.map(({ run }) => run.device.board))];
  return boards
    .map((board) => {
      const own = devices.filter(({ run }) => run.device.board === board);
      return asMarkdown({ ...cyclesTable(own), title: `Cycles of an image, ${board}` });
    })
    .join('\n\n');
}

function renderBuildTable({ builds }: BenchResult): string {
  if (builds.length === 0) return 'Nothing was built where this was measured.';
  return markdownTable(
    ['board', 'LUT', 'FF', 'block RAM', 'DSP', 'Fmax MHz, median', 'seeds', 'clock'],
    builds.map(({ board, luts, flipFlops, blockRams, multipliers, fmaxHz, seeds, met }) => [
      board,
      ...[luts, flipFlops, blockRams, multipliers].map(whole),
      (fmaxHz / 1e6).toFixed(1),
      String(seeds),
      met ? 'met' : '**not met**',
    ]),
  );
}

function renderSkippedTable({ skipped }: BenchResult): string {
  return markdownTable(
    ['board', 'network', 'mode', 'why'],
    skipped.map(({ board, layers, mode, why }) => [board, `[${layers.join(',')}]`, mode, why]),
  );
}

/** Of other designs, by their authors. */
export function peersTable(
  peers: readonly Readonly<Record<'design' | 'what' | 'device' | 'result', string>>[],
): string {
  return markdownTable(
    ['design', 'what', 'device', 'theirs'],
    peers.map(({ design, what, device, result }) => [design, what, device, result]),
  );
}

function asMarkdown({ title, columns, rows }: ResultTable): string {
  const heads = columns.map(({ name, unit }) => (unit === null ? name : `${name}, ${unit}`));
  return `**${title}**\n\n${markdownTable(
    heads,
    rows.map((row) => row.map(cell)),
  )}`;
}

function cell(value: Cell): string {
  if (typeof value !== 'number') return value ?? '–';
  return Math.abs(value) >= 1000 ? whole(value) : significant(value);
}
