/** Finds yosys, nextpnr and the packer, and says which versions will run. */
import { execa } from 'execa';
import { BuildFailure } from './failure.ts';
import type { Family } from './families.ts';

export interface Tool {
  /** Name on the environment's PATH. */
  readonly program: string;
  /** `0.70 (YoWASP)`, `0.71 (native)`. */
  readonly version: string;
}

export interface Tools {
  readonly yosys: Tool;
  readonly nextpnr: Tool;
  readonly packer: Tool;
}

/** Older ones read other Verilog or other netlists than the pinned ones. */
const OLDEST = { yosys: [0, 70], nextpnr: [0, 11] } as const;

/**
 * The project's own tools where they are installed, else native ones that are new enough.
 * @throws BuildFailure `tool-missing` naming what is missing or too old
 */
export async function findTools(family: Family, environment: NodeJS.ProcessEnv): Promise<Tools> {
  const [yosys, nextpnr] = await Promise.all([
    find('yosys', { oldest: OLDEST.yosys, argument: '-V', environment }),
    find(family.nextpnr, { oldest: OLDEST.nextpnr, argument: '--version', environment }),
  ]);
  // The packers have no version of their own: they are part of the same package.
  const wheel = nextpnr.program.startsWith(WHEEL);
  const { program } = family.packer;
  const packer = { program: wheel ? `${WHEEL}${program}` : program, version: nextpnr.version };
  return { yosys, nextpnr, packer };
}

const WHEEL = 'yowasp-';

interface Search {
  readonly oldest: readonly [number, number];
  readonly argument: string;
  readonly environment: NodeJS.ProcessEnv;
}

async function find(name: string, { oldest, argument, environment }: Search): Promise<Tool> {
  const seen: string[] = [];
  for (const program of [`${WHEEL}${name}`, name]) {
    const { all, failed } = await execa(program, [argument], {
      env: environment,
      extendEnv: false,
      all: true,
      reject: false,
    });
    if (failed) continue;
    const version = parseVersion(all ?? '');
    if (version !== undefined && isAtLeast(version, oldest)) {
      return { program, version: `${version} (${program === name ? 'native' : 'YoWASP'})` };
    }
    seen.push(`${program} ${version ?? 'of an unknown version'}`);
  }
  const found = seen.length === 0 ? 'is not installed' : `is too old (found ${seen.join(', ')})`;
  throw new BuildFailure(
    'tool-missing',
    `${name} ${found}; needed is ${oldest.join('.')} or newer`,
    {
      hint: 'npm run setup',
    },
  );
}

/** `0.70` of `Yosys 0.70 (git …)`, `0.11.1` of `… (Version nextpnr-0.11.1)`. */
export function parseVersion(text: string): string | undefined {
  return /(?:Yosys |nextpnr-)(\d+\.\d+(?:\.\d+)?(?:\+\d+)?)/.exec(text)?.[1];
}

function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}
