/** `deltascope boards`: the boards there are, and what a build of each has shown. */
import { Command } from 'commander';
import { BOARDS, type Board, type BoardName } from '../contract/boards.ts';
import { findCurrentBuilds } from '../fpga/builds.ts';
import type { BuildResult } from '../fpga/result.ts';
import { renderTable } from '../report/table.ts';
import { ROOT } from '../tools/setup/environment.mjs';

const EXAMPLES = `
Examples:
  $ npx deltascope boards
  $ npx deltascope boards --json

doctor says which of them are attached.
`;

interface BoardReport extends Board {
  readonly name: BoardName;
  /** The newest on this machine, of the RTL as it is. */
  readonly build: BuildResult | undefined;
}

export function boardsCommand(): Command {
  return new Command('boards')
    .description('list the supported boards, and what a build of each has shown')
    .option('--json', 'print it as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async ({ json = false }: { json?: boolean }) => {
      const boards = await Promise.all((Object.keys(BOARDS) as BoardName[]).map(describe));
      console.log(json ? JSON.stringify(boards, null, 2) : render(boards));
    });
}

async function describe(name: BoardName): Promise<BoardReport> {
  const [build] = await findCurrentBuilds(ROOT, name);
  return { name, ...BOARDS[name], build };
}

function render(boards: readonly BoardReport[]): string {
  const left = { align: 'left' } as const;
  const table = renderTable(
    [
      { head: 'name', ...left },
      { head: 'board', ...left },
      { head: 'part', ...left },
      { head: 'lanes' },
      { head: 'weights' },
      { head: 'neurons' },
      { head: 'MHz' },
      { head: 'Mbaud' },
      { head: 'verified', ...left },
    ],
    boards.map((board) =>
      [
        ...[board.name, board.title, board.part, board.lanes, board.weightRows * board.lanes],
        ...[board.neurons, board.clockHz / 1e6, board.baud / 1e6, board.verified],
      ].map(String),
    ),
  );
  const unproven = boards.some(({ verified }) => verified !== 'run on a board');
  const lines = [table, ...renderBuilds(boards)];
  if (unproven) lines.push('Where it does not say "run on a board", no board has run it yet.');
  return lines.join('\n\n');
}

/** Only where there is something to show. */
function renderBuilds(boards: readonly BoardReport[]): string[] {
  const built = boards.flatMap(({ build }) => build ?? []);
  if (built.length === 0) return [];
  const heads = ['Fmax, MHz', 'LUT', 'block RAM', 'SPRAM', 'DSP'].map((head) => ({ head }));
  return [
    renderTable(
      [{ head: 'built here', align: 'left' }, ...heads, { head: 'timing', align: 'left' }],
      built.map(({ target, timing, synthesis }) => [
        ...[target.name, timing === null ? '–' : (timing.fmaxHz.median / 1e6).toFixed(1)],
        ...[synthesis.luts, synthesis.blockRams].map(String),
        ...[synthesis.weightMemories, synthesis.multipliers].map(String),
        timing === null ? '–' : timing.met ? 'met' : 'not met',
      ]),
    ),
  ];
}
