/** openFPGALoader, which loads a bitstream into a board: found, run, and understood. */
import { readdir } from 'node:fs/promises';
import { execa } from 'execa';
import { BOARDS, type BoardName } from '../contract/boards.ts';
import { interrupted } from './abort.ts';
import { type Distribution, findDistribution } from './distribution.ts';
import { DeltascopeError, type ErrorCode } from './error.ts';

export interface LoadOptions {
  readonly board: BoardName;
  readonly bitstream: string;
  /** Into the flash memory, which survives power-off, instead of the FPGA itself. */
  readonly persist: boolean;
  /** Which of several. */
  readonly serialNumber?: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
}

export interface LoadProgress {
  /** As openFPGALoader calls it: `Loading`, `Writing`. */
  readonly step: string;
  readonly percent: number;
}

const PROGRAM = 'openFPGALoader';

/** By the project's own packages: openFPGALoader's installation guide. */
const INSTALL: Readonly<Record<Distribution, string>> = {
  debian: 'sudo apt install openfpgaloader',
  fedora: 'sudo dnf copr enable mobicarte/openFPGALoader && sudo dnf install openFPGALoader',
  macos: 'brew install openfpgaloader',
};

const RULES_FOLDERS = ['/etc/udev/rules.d', '/usr/lib/udev/rules.d', '/lib/udev/rules.d'];
const RULES_FILE = '99-openfpgaloader.rules';
const RULES_SOURCE = `https://raw.githubusercontent.com/trabucayre/openFPGALoader/master/${RULES_FILE}`;
/** What lets a user other than root program a board. */
export const INSTALL_RULES =
  `sudo curl -fLo /etc/udev/rules.d/${RULES_FILE} ${RULES_SOURCE} && ` +
  'sudo udevadm control --reload-rules && sudo udevadm trigger, then replug the board';

/** Its version. @throws DeltascopeError `programmer-missing` with the command that installs it. */
export async function findProgrammer(
  environment: NodeJS.ProcessEnv,
  platform?: string,
): Promise<string> {
  const { failed, all = '' } = await execa(PROGRAM, ['--Version'], {
    env: environment,
    extendEnv: false,
    reject: false,
    all: true,
  });
  if (failed) {
    throw new DeltascopeError('programmer-missing', `There is no ${PROGRAM} on PATH`, {
      hint: INSTALL[await findDistribution(platform)],
    });
  }
  return /v?(\d+\.\d+\S*)/.exec(all)?.[1] ?? 'unknown version';
}

/** Whether its udev rules are installed, under whatever number. */
export async function hasRules(folders: readonly string[] = RULES_FOLDERS): Promise<boolean> {
  const names = await Promise.all(folders.map((folder) => readdir(folder).catch(() => [])));
  return names.flat().some((name) => /openfpgaloader.*\.rules$/i.test(name));
}

/**
 * @throws DeltascopeError `programmer-missing`, `board-not-found`, `permission-denied`,
 *   `wrong-board`, `flash-failed` or `interrupted`.
 */
export async function loadBitstream(options: LoadOptions): Promise<void> {
  const { board, bitstream, persist, serialNumber, environment, signal, onProgress } = options;
  await findProgrammer(environment);
  const args = [
    ...['--board', BOARDS[board].programmer],
    ...(serialNumber === undefined ? [] : ['--ftdi-serial', serialNumber]),
    ...(persist ? ['-f'] : []),
    bitstream,
  ];
  const child = execa(PROGRAM, args, {
    env: environment,
    extendEnv: false,
    reject: false,
    all: true,
    ...(signal && { cancelSignal: signal }),
  });
  child.all.on('data', (chunk: Buffer) => {
    for (const progress of parseProgress(chunk.toString())) onProgress?.(progress);
  });
  const { failed, isCanceled, all, shortMessage } = await child;
  if (isCanceled) throw interrupted();
  // It ends well even when an iCE40 did not accept its bitstream, and says so.
  if (failed || /\bFAIL\b/.test(all)) throw explain(all || shortMessage || '', options);
}

/** `Loading: [=====     ] 45.00%`, drawn over and over. */
export function parseProgress(text: string): LoadProgress[] {
  const found = text.matchAll(/([A-Z][\w ]*?):?\s*\[[=\s]*\]\s*(\d+(?:\.\d+)?)\s*%/g);
  return [...found].map(([, step = '', percent]) => ({ step, percent: Number(percent) }));
}

const REASONS: readonly { pattern: RegExp; code: ErrorCode; hint: string }[] = [
  {
    pattern: /.*idcode.*mismatch|mismatch.*idcode.*/i,
    code: 'wrong-board',
    hint: 'name the board that is attached: npx deltascope boards lists them',
  },
  {
    pattern: /.*(usb_open\(\) failed|libusb_open|LIBUSB_ERROR_ACCESS|permission denied).*/i,
    code: 'permission-denied',
    hint: INSTALL_RULES,
  },
  {
    pattern: /.*(device not found|no device found|unable to find).*/i,
    code: 'board-not-found',
    hint: 'plug the board in; npx deltascope doctor lists what is attached',
  },
];

/** What it said, in one line, and what to do about it. */
function explain(said: string, { board, persist }: LoadOptions): DeltascopeError {
  const { title, family } = BOARDS[board];
  const about = `Cannot load the ${title}`;
  for (const { pattern, code, hint } of REASONS) {
    const line = pattern.exec(said)?.[0];
    if (line !== undefined) return new DeltascopeError(code, `${about}: ${line.trim()}`, { hint });
  }
  const lines = said.split(/[\r\n]+/).filter((text) => /\S/.test(text));
  const line = lines.find((text) => /fail|error/i.test(text)) ?? lines.at(-1) ?? 'no reason given';
  const jumpers = family === 'ice40' && !persist;
  return new DeltascopeError('flash-failed', `${about}: ${line.trim()}`, {
    hint: jumpers
      ? `npx deltascope flash --board ${board} --flash (the FPGA itself takes a bitstream only ` +
        'after the jumpers of the flash memory are moved)'
      : 'replug the board, then run the same command again',
  });
}
