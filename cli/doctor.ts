/** `deltascope doctor`: what is installed and attached, what is missing, and what mends it. */
import { Command } from 'commander';
import { z } from 'zod';
import { BOARDS } from '../contract/boards.ts';
import { type Diagnosis, diagnose, type Finding, type SetUp } from '../host/doctor.ts';
import { DeltascopeError } from '../host/error.ts';
import { WITHOUT_SIMULATOR } from '../host/transport/verilator.ts';
import { renderTable } from '../report/table.ts';
import { projectEnvironment, ROOT } from '../tools/setup/environment.mjs';
import { choosePython, findProblems, probe } from '../tools/setup/prerequisites.mjs';
import { nodeModulesFresh, venvState } from '../tools/setup/stamp.mjs';
import { onFlag, parseFlags } from './flags.ts';
import { abortOnInterrupt } from './interrupt.ts';

const EXAMPLES = `
Exit status 0 when the simulated board can run, 1 when something is missing for it.
Ports with the USB chip of a board are opened and asked; other ports are left alone.

Examples:
  $ npx deltascope doctor                          what is missing, and what mends it
  $ npx deltascope doctor --on /dev/ttyUSB3        ask this port too, whatever it is
  $ npx deltascope doctor --on serial:A1 --blink   which of the boards on the table is A1?
  $ npx deltascope doctor --json                   the same for programs
`;

const MARKS = { ok: '✓', missing: '✗', note: '–' } as const satisfies Record<
  Finding['state'],
  string
>;
const BYTES_PER_MB = 1e6;
/** Long enough to look from the screen to the table. */
const BLINK_MS = 4000;

const flags = z.object({
  on: onFlag,
  blink: z.boolean().default(false),
  json: z.boolean().default(false),
});

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('say what is installed and attached, what is missing, and how to get it')
    .option('--on <device>', 'ask this board only: serial:NUMBER or a port')
    .option('--blink', 'light the LED of the board that answers')
    .option('--json', 'print it as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (raw: unknown) => doctor(parseFlags(flags, raw)));
}

async function doctor({ on, blink, json }: z.infer<typeof flags>): Promise<void> {
  const interrupt = abortOnInterrupt();
  try {
    const diagnosis = await diagnose({
      root: ROOT,
      environment: projectEnvironment(),
      setUp: askSetUp(),
      on,
      blinkMs: blink ? BLINK_MS : undefined,
      signal: interrupt.signal,
    });
    console.log(json ? JSON.stringify(diagnosis, null, 2) : render(diagnosis));
    requireHealthy(diagnosis);
  } finally {
    interrupt.release();
  }
}

function askSetUp(): SetUp {
  const found = probe(ROOT);
  const { node, platform, cxx, make, perl } = found;
  return {
    ...{ node, platform, cxx, make, perl },
    python: choosePython(found, 'bench')?.version,
    shortages: findProblems(found, 'bench'),
    packages: {
      node: nodeModulesFresh(ROOT),
      bench: venvState(ROOT, 'bench') === 'fresh',
      test: venvState(ROOT, 'test') === 'fresh',
    },
  };
}

function render({ findings, ports, boards, sizes }: Diagnosis): string {
  const lines = findings.flatMap(({ what, state, detail, mend }) => [
    `${MARKS[state]} ${what}: ${detail}`,
    ...(mend ? [`    ${mend}`] : []),
  ]);
  const left = { align: 'left' } as const;
  const portTable = renderTable(
    ['port', 'USB', 'serial number', 'likely', 'what it is'].map((head) => ({ head, ...left })),
    (ports ?? []).map(({ path, usb, serialNumber, likely, answer }) => {
      const titles = likely.map((name) => BOARDS[name].title).join(', ');
      return [path, usb ?? '–', serialNumber ?? '–', titles || '–', answer];
    }),
  );
  const boardTable = renderTable(
    [{ head: 'simulated board', ...left }, { head: 'lanes' }, { head: 'program', ...left }],
    boards.map(({ board, lanes, built }) => [`sim:${board}`, String(lanes), stateOf(built)]),
  );
  const sizeTable = renderTable(
    [{ head: 'folder', ...left }, { head: 'MB' }],
    Object.entries(sizes).map(([folder, bytes]) => [
      folder,
      bytes === undefined ? '–' : (bytes / BYTES_PER_MB).toFixed(0),
    ]),
  );
  const attached = ports?.length === 0 ? 'No serial port of a USB device is attached.' : portTable;
  return [
    lines.join('\n'),
    ...(ports === undefined ? [] : [attached]),
    boardTable,
    `${sizeTable}\n  npm run clean removes them`,
  ].join('\n\n');
}

function stateOf(built: boolean | undefined): string {
  if (built === undefined) return 'cannot be built';
  return built ? 'built' : 'built by the first run, about 20 s';
}

/** @throws DeltascopeError with the first command that mends something, and what does without. */
function requireHealthy({ healthy, findings }: Diagnosis): void {
  if (healthy) return;
  const missing = findings.filter(({ state }) => state === 'missing');
  const [first] = missing;
  throw new DeltascopeError(
    'simulator-build-failed',
    `The simulated board cannot run: ${missing.map(({ what }) => what).join(', ')}`,
    { hint: [...(first?.mend ? [first.mend] : []), WITHOUT_SIMULATOR].join('; ') },
  );
}
