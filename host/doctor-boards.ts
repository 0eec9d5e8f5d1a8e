/** What doctor finds behind the USB serial ports, and whether a board could be programmed. */
import { BOARDS, type BoardName } from '../contract/boards.ts';
import { REGISTERS } from '../contract/protocol.ts';
import {
  type AttachedBoard,
  type AttachedOptions,
  type Examined,
  examine,
  groupPorts,
  titleOf,
} from './attached.ts';
import { sleep, WALL_CLOCK } from './clock.ts';
import type { Connection } from './connection.ts';
import type { Finding } from './doctor.ts';
import { DeltascopeError } from './error.ts';
import type { Probe } from './probe.ts';
import { findProgrammer, hasRules, INSTALL_RULES } from './programmer.ts';
import { writeRequest } from './protocol/requests.ts';
import { describeHolder, type Holder } from './transport/board-lock.ts';
import { mendAccess } from './transport/port-access.ts';
import { nameProgram } from './transport/port-users.ts';
import { boardsOf, findPort, keyOf, type Port } from './transport/ports.ts';

/** What a port is: `not asked` where no board of ours has its USB chip, or another port answered. */
export type PortState = Probe['state'] | 'in use' | 'not asked';

export interface PortReport extends Port {
  /** By its USB chip. */
  readonly likely: readonly BoardName[];
  readonly state: PortState;
  /** In a few words, for the table. */
  readonly answer: string;
  /** Of a deltascope device. */
  readonly device?: DeviceReport;
}

export interface DeviceReport {
  readonly board: string;
  readonly lanes: number;
  readonly clockHz: number;
  readonly protocolVersion: number;
  readonly contractCrc: string;
  /** Which side is older, when they differ. */
  readonly older?: 'device' | 'program' | 'unknown';
}

export interface BoardsOptions extends Pick<AttachedOptions, 'open' | 'locks' | 'signal'> {
  /** Only this one, whatever its chip: a port or `serial:NUMBER`. */
  readonly on?: string | undefined;
  /** Lights the LED of the one that answers for so long. */
  readonly blinkMs?: number | undefined;
}

export interface BoardsDiagnosis {
  readonly ports: readonly PortReport[];
  readonly findings: readonly Finding[];
}

/** Asks every board that is attached, all at once. */
export async function diagnoseBoards(
  ports: readonly Port[],
  { on, blinkMs, ...options }: BoardsOptions = {},
): Promise<BoardsDiagnosis> {
  const attached = groupPorts(ports);
  const named = on === undefined ? undefined : await findNamed(attached, on);
  const isMeant = (board: AttachedBoard) =>
    named === undefined ? board.likely.length > 0 : board === named;
  const asked = attached.filter(isMeant);
  const examined = await Promise.all(asked.map((board) => examine(board, options)));
  const reports = attached.flatMap((board) => {
    const found = examined.find(({ key }) => key === board.key);
    return board.ports.map((port) => reportPort(port, found));
  });
  const findings = await Promise.all(examined.map(findBoard));
  const blinked = blinkMs === undefined ? [] : [await blink(examined, { blinkMs, ...options })];
  return {
    ports: reports.sort((a, b) => (a.path < b.path ? -1 : 1)),
    findings: [...findings.flat(), ...blinked],
  };
}

/** @throws DeltascopeError `board-not-found`. */
async function findNamed(attached: readonly AttachedBoard[], on: string): Promise<AttachedBoard> {
  const port = await findPort(
    on,
    attached.flatMap(({ ports }) => ports),
  );
  const key = port === undefined ? on.replace(/^serial:/, '') : keyOf(port);
  const found = attached.find((board) => board.key === key);
  if (found) return found;
  const keys = attached.map((board) => board.key);
  throw new DeltascopeError('board-not-found', `No board "${key}" is attached`, {
    hint: keys.length > 0 ? `attached: ${keys.join(', ')}` : 'plug the board in',
  });
}

function reportPort(port: Port, examined: Examined | undefined): PortReport {
  const likely = boardsOf(port);
  if (examined?.holder) {
    const answer = `in use by ${describeHolder(examined.holder)}`;
    return { ...port, likely, state: 'in use', answer };
  }
  const probe = examined?.asked.find((asked) => asked.port === port)?.probe;
  if (probe === undefined) {
    const answer = examined ? 'not asked: its other port answers' : 'not asked: no board of ours';
    return { ...port, likely, state: 'not asked', answer };
  }
  const device = describeDevice(probe);
  return { ...port, likely, state: probe.state, answer: say(probe), ...(device && { device }) };
}

function describeDevice(probe: Probe): DeviceReport | undefined {
  if (!('identity' in probe) || probe.identity === undefined) return undefined;
  const { board, lanes, clockHz, protocolVersion, contractCrc } = probe.identity;
  const names = Object.keys(BOARDS) as BoardName[];
  const name = names.find((each) => BOARDS[each].id === board) ?? `board ${board}`;
  const crc = contractCrc.toString(16).padStart(8, '0');
  const report = { board: name, lanes, clockHz, protocolVersion, contractCrc: crc };
  return probe.state === 'deltascope' ? report : { ...report, older: probe.older ?? 'unknown' };
}

function say(probe: Probe): string {
  switch (probe.state) {
    case 'deltascope': {
      const { lanes, clockHz } = probe.identity;
      return `deltascope: ${lanes} lanes, ${clockHz / 1e6} MHz, ${probe.baud / 1e6} Mbaud`;
    }
    case 'other-contract':
      if (probe.older === undefined) return 'deltascope of another contract';
      return `deltascope of another contract: the ${probe.older} is older`;
    case 'other-device':
      return `another device: ${probe.bytes} bytes, none of them a reply`;
    case 'silent':
      return 'no answer';
    case 'unreachable':
      return probe.error.message.replace(/^.*?": /, '');
  }
}

/** One finding per board, with the command that mends it. */
async function findBoard(examined: Examined): Promise<Finding[]> {
  const { key, holder, asked, answer, likely } = examined;
  const what = `board ${key}`;
  if (holder) return [held(what, holder)];
  if (answer) {
    const title = titleOf(examined);
    const { port, probe } = answer;
    if (probe.state === 'deltascope') {
      const detail = `${title} on ${port.path}, ${say(probe)}`;
      return [{ what, state: 'ok', detail }];
    }
    return [{ what, state: 'note', detail: `${title}, ${say(probe)}`, mend: mendOf(examined) }];
  }
  const unreachable = asked.filter(({ probe }) => probe.state === 'unreachable');
  if (unreachable.length > 0) {
    return Promise.all(
      unreachable.map(async ({ port, probe }): Promise<Finding> => {
        const { error } = probe as Extract<Probe, { state: 'unreachable' }>;
        const denied = error.code === 'permission-denied';
        const mend = denied ? await mendAccess(port.path) : error.hint;
        const detail = say(probe);
        return { what: `${what} (${port.path})`, state: 'note', detail, ...(mend && { mend }) };
      }),
    );
  }
  const users = asked.flatMap(({ probe }) => ('users' in probe ? probe.users : []));
  const [user] = users;
  if (user) {
    const detail = `no answer, and ${nameProgram(user)} listens as well`;
    return [{ what, state: 'note', detail, mend: `close that program (kill ${user.pid})` }];
  }
  const garbage = asked.find(({ probe }) => probe.state === 'other-device');
  const title = likely.map((name) => BOARDS[name].title).join(' or ') || 'unknown';
  const detail = garbage ? say(garbage.probe) : `no deltascope bitstream answers (${title}?)`;
  return [{ what, state: 'note', detail, mend: mendOf(examined) }];
}

function held(what: string, holder: Holder): Finding {
  return { what, state: 'note', detail: `in use by ${describeHolder(holder)}`, mend: 'wait' };
}

/** The bitstream of this very tree; of a newer device, a newer program. */
function mendOf({ answer, likely }: Examined): string {
  const probe = answer?.probe;
  if (probe?.state === 'other-contract' && probe.older === 'program') return 'git pull';
  const device = probe && describeDevice(probe)?.board;
  const known = device !== undefined && Object.hasOwn(BOARDS, device) ? device : undefined;
  const board = known ?? (likely.length === 1 ? likely[0] : 'BOARD');
  return `npx deltascope build --board ${board} && npx deltascope flash --board ${board}`;
}

/** Only one, so that it is clear which. @throws DeltascopeError `several-boards` or `board-not-found` */
async function blink(
  examined: readonly Examined[],
  { blinkMs, ...options }: BoardsOptions & { blinkMs: number },
): Promise<Finding> {
  const answering = examined.filter(({ answer }) => answer?.probe.state === 'deltascope');
  const [board, ...others] = answering;
  if (board === undefined) {
    throw new DeltascopeError('board-not-found', 'No board answers whose LED could be lit', {
      hint: 'npx deltascope doctor',
    });
  }
  if (others.length > 0) {
    throw new DeltascopeError('several-boards', 'Several boards answer: whose LED?', {
      hint: answering.map(({ key }) => `--on serial:${key}`).join('\n  '),
    });
  }
  const whenConnected = (connection: Connection) => lightLed(connection, blinkMs);
  await examine(board, { ...options, whenConnected });
  return { what: `LED of ${board.key}`, state: 'ok', detail: `lit for ${blinkMs / 1000} s` };
}

async function lightLed({ link }: Connection, ms: number): Promise<void> {
  const { address } = REGISTERS.blink;
  await link.request(writeRequest('registers', { address, words: [1] }));
  await sleep(WALL_CLOCK, ms).done;
  await link.request(writeRequest('registers', { address, words: [0] }));
}

/** openFPGALoader, and what lets a user other than root use it. */
export async function findProgrammerTools(
  environment: NodeJS.ProcessEnv,
  { platform, rules }: { platform: string; rules?: readonly string[] | undefined },
): Promise<Finding[]> {
  const what = 'openFPGALoader';
  const program = await findProgrammer(environment, platform).then(
    (version): Finding => ({ what, state: 'ok', detail: version }),
    (error: DeltascopeError): Finding => ({
      ...{ what, state: 'note', detail: 'missing: boards cannot be flashed' },
      ...(error.hint !== undefined && { mend: error.hint }),
    }),
  );
  if (platform !== 'linux') return [program];
  const rule: Finding = (await hasRules(rules))
    ? { what: 'udev rule for it', state: 'ok', detail: 'installed' }
    : {
        what: 'udev rule for it',
        state: 'note',
        detail: 'missing: only root may flash',
        mend: INSTALL_RULES,
      };
  return [program, rule];
}
