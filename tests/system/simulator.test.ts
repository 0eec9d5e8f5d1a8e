/** The simulated board as a program: what it costs, how it ends, what it says, what it can bear. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { SerialPort } from 'serialport';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareWithFixed } from '../../bench/compare-fixed.ts';
import { activationMask, BOARDS } from '../../contract/boards.ts';
import { BAUD, OPCODES, REGISTERS, STATUS } from '../../contract/protocol.ts';
import { type Device, openDevice } from '../../host/device.ts';
import { type Measurement, measure } from '../../host/measure.ts';
import { decode, encodeRequest, type Frame } from '../../host/protocol/frames.ts';
import { writeRequest } from '../../host/protocol/requests.ts';
import { buildSimulator, type LinkKind } from '../../host/transport/simulator.ts';
import { openTarget, type TargetOptions } from '../../host/transport/target.ts';
import { projectEnvironment, ROOT } from '../../tools/setup/environment.mjs';
import { type Case, createDraw, drawCase } from './random-network.ts';

const BOARD = 'icebreaker';
const SEED = Number(process.env['DELTASCOPE_SEED'] ?? 20_261_121);
const CPU_TICKS_PER_SECOND = 100;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'deltascope-simulator-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function build(link: LinkKind = 'bytes'): Promise<string> {
  const environment = projectEnvironment();
  const { program } = await buildSimulator({ board: BOARD, root: ROOT, environment, link });
  return program;
}

/** The program, and the lines it says about itself, of which the first is there. */
async function start(words: string[] = [], link: LinkKind = 'bytes') {
  const child = spawn(await build(link), words, { stdio: ['pipe', 'pipe', 'pipe'] });
  const lines: Record<string, unknown>[] = [];
  const talk = createInterface({ input: words.includes('--stdio') ? child.stderr : child.stdout });
  talk.on('line', (line) => lines.push(JSON.parse(line)));
  await once(talk, 'line');
  return { child, lines };
}

async function openBoard(options: TargetOptions = {}): Promise<Device> {
  const environment = projectEnvironment();
  const target = await openTarget(`sim:${BOARD}`, { environment, seed: 1, ...options });
  const { description, timeouts, transport } = target;
  return openDevice(transport, { label: description.label, timeouts });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** CPU seconds of a process that is still there. */
async function cpuSeconds(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / CPU_TICKS_PER_SECOND;
}

function someCase(number: number, widths: number[]): Case {
  const { maxWidth: width, ...capacity } = BOARDS[BOARD];
  const activations = activationMask(BOARDS[BOARD]);
  return drawCase(createDraw(SEED + number), { ...capacity, activations, width }, widths);
}

/** The same network, its images over and over. */
function withImages(drawn: Case, count: number): Case {
  const turns = Array.from({ length: count }, (_, at) => at % drawn.inputs.length);
  const inputs = turns.map((at) => drawn.inputs[at] as Int32Array);
  return { ...drawn, inputs, labels: turns.map((at) => drawn.labels[at] as number) };
}

/** Throws unless the device gives the bits of the model. */
async function expectExact(device: Device, drawn: Case): Promise<Measurement> {
  const { network, inputs, labels, injection } = drawn;
  await device.loadNetwork(network, injection ? { injection } : {});
  const images = inputs.map((codes, index) => ({
    codes: Int16Array.from(codes),
    label: labels[index] as number,
  }));
  const measurement = await measure(device, images, { observe: true });
  const { equal, firstDifference } = compareWithFixed(network, drawn, measurement);
  expect(equal, JSON.stringify(firstDifference)).toBe(true);
  return measurement;
}

describe('at rest', () => {
  test.runIf(process.platform === 'linux')('it costs no CPU, and time goes on', async () => {
    const { child, lines } = await start();
    const pid = child.pid as number;
    await delay(500);
    const cpu = await cpuSeconds(pid);
    const ms = Number(lines.at(-1)?.['ms']);
    await delay(3000);
    expect((await cpuSeconds(pid)) - cpu).toBeLessThanOrEqual(0.02 * 3);
    const passed = Number(lines.at(-1)?.['ms']) - ms;
    expect(passed).toBeGreaterThan(1500);
    expect(passed).toBeLessThan(4500);
    child.kill();
  });

  test('it names its terminal', async () => {
    const { child, lines } = await start();
    child.kill();
    expect(lines[0]).toMatchObject({ pty: expect.stringContaining('/dev/'), link: 'bytes' });
  });
});

test.each([0, 20_000])('it says the time at most every 50 ms, with %i requests', async (count) => {
  const { child, lines } = await start(['--stdio']);
  const started = Date.now();
  child.stdout.resume();
  const sequences = Array.from({ length: count }, (_, sequence) => sequence % 256);
  const hello = { opcode: OPCODES.echo.code, payload: Buffer.from('hello') };
  child.stdin.write(
    Buffer.concat(sequences.map((sequence) => encodeRequest({ ...hello, sequence }))),
  );
  await delay(1000);
  child.kill();
  await once(child, 'close');
  const times = lines.slice(1).map(({ ms }) => Number(ms));
  expect(times.length).toBeGreaterThan(5);
  expect(times.length).toBeLessThan((Date.now() - started) / 50 + 5);
  expect(times).toEqual([...times].sort((a, b) => a - b));
});

describe('it ends', () => {
  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('at %s', async (signal) => {
    const { child } = await start();
    child.kill(signal);
    const [code] = await once(child, 'exit', { signal: AbortSignal.timeout(2000) });
    expect(code).toBe(0);
  });

  test.each([[[]], [['--stdio']]])('when standard input does: %j', async (words) => {
    const { child } = await start(words);
    child.stdin.end();
    const [code] = await once(child, 'exit', { signal: AbortSignal.timeout(2000) });
    expect(code).toBe(0);
  });

  test.each([[[]], [['--stdio']]])('with its parent, eight of them: %j', async (words) => {
    const script = `
      const { spawn } = require('node:child_process');
      const children = Array.from({ length: 8 }, () => spawn(process.argv[1], ${JSON.stringify(words)}));
      console.log(JSON.stringify(children.map(({ pid }) => pid)));
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['-e', script, await build()]);
    const [line] = await once(createInterface({ input: parent.stdout }), 'line');
    const pids = JSON.parse(line) as number[];
    await delay(300);
    expect(pids.filter(isAlive)).toHaveLength(8);
    parent.kill('SIGKILL');
    const deadline = performance.now() + 3000;
    while (pids.some(isAlive) && performance.now() < deadline) {
      await delay(50);
    }
    expect(pids.filter(isAlive)).toEqual([]);
  });

  test.each([
    [['--link', 'pins'], /no --link pins/],
    [['--drop', '2'], /--drop does not take 2/],
    [['--seed', '0'], /--seed does not take 0/],
    [['--trace', 'x.vcd'], /no waves/],
    [['--colour'], /unknown option --colour/],
  ])('at once when it cannot do %j', async (words, message) => {
    const { exitCode, stderr } = await execa(await build(), words, { reject: false });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe('devices', () => {
  test('eight at once, each its own', async () => {
    const devices = await Promise.all(
      Array.from({ length: 8 }, (_, seed) => openBoard({ seed: seed + 1 })),
    );
    await Promise.all(devices.map((device, at) => expectExact(device, someCase(at, [20, 9, 5]))));
    await Promise.all(devices.map((device) => device[Symbol.asyncDispose]()));
  });

  test('over standard input and output', async () => {
    await using device = await openBoard({ stdio: true });
    await expectExact(device, someCase(9, [30, 8, 4]));
  });

  test('over a bad cable', async () => {
    const faults = { bitErrors: 2e-4, drop: 2e-4, duplicate: 2e-4 };
    await using device = await openBoard({ faults });
    for (let number = 0; number < 10; number++) {
      await expectExact(device, someCase(20 + number, [40, 12, 6]));
    }
    const { resends, discardedFrames } = device.statistics;
    expect(resends + discardedFrames).toBeGreaterThan(0);
  });

  test.each([-2, 0, 2])(
    '20 images through UART pins at 3 Mbaud, off by %i percent',
    async (baudSkew) => {
      await using device = await openBoard({ link: 'pins', baudSkew });
      const { clockHz } = device.identity;
      expect(device.baud).toBe(3_000_000);
      await expectExact(device, withImages(someCase(40, [50, 12, 6]), 20));
      const divisor = await device.read('registers', REGISTERS.baudDivisor.address, 1);
      expect([...divisor]).toEqual([clockHz / 3_000_000]);
    },
  );
});

describe('a serial line that was made faster', () => {
  const FAST = 3_000_000;
  const DIVISOR = BOARDS[BOARD].clockHz / FAST;

  /** Opened at the safe rate, identified, the device told to be fast. */
  async function speedUp() {
    const { child, lines } = await start(['--link', 'pins'], 'pins');
    const pty = String(lines[0]?.['pty']);
    const pc = await openPc(pty);
    expect(await pc.ask({ opcode: 'identify', sequence: 7, payload: Buffer.from('ping') })).toBe(0);
    const { payload } = writeRequest('registers', {
      address: REGISTERS.baudDivisor.address,
      words: [DIVISOR],
    });
    expect(await pc.ask({ opcode: 'write', sequence: 8, payload })).toBe(0);
    return { child, lines, pty, pc };
  }
  const echo = { opcode: 'echo', sequence: 9, payload: Buffer.from('hello') } as const;

  test('is given up when nobody speaks it', async () => {
    const { child, lines, pc } = await speedUp();
    const begin = Number(lines.at(-1)?.['ms']);
    while (Number(lines.at(-1)?.['ms']) < begin + 600) {
      await delay(20);
    }
    expect(await pc.ask(echo)).toBe(0);
    await pc.close();
    child.kill();
  });

  test('stays as long as the host likes', async () => {
    const { child, lines, pc } = await speedUp();
    await pc.setBaud(FAST);
    expect(await pc.ask(echo)).toBe(0);
    const begin = Number(lines.at(-1)?.['ms']);
    while (Number(lines.at(-1)?.['ms']) < begin + 600) {
      await delay(20);
    }
    expect(await pc.ask({ ...echo, sequence: 10 })).toBe(0);
    await pc.close();
    child.kill();
  });

  test('becomes safe again for a host that does not know', async () => {
    const { child, pty, pc } = await speedUp();
    await pc.setBaud(FAST);
    expect(await pc.ask(echo)).toBe(0);
    await pc.close();
    const next = await openPc(pty);
    const identify = { opcode: 'identify', sequence: 50, payload: Buffer.from('next') } as const;
    expect(await next.ask(identify, 300), 'the first frame is lost').toBeUndefined();
    expect(await next.ask(identify)).toBe(0);
    await next.close();
    child.kill();
  });
});

/** The host's end of a terminal, without the driver's resends. */
async function openPc(pty: string) {
  const port = new SerialPort({ path: pty, baudRate: BAUD.safe, autoOpen: false });
  await new Promise<void>((done, fail) => port.open((error) => (error ? fail(error) : done())));
  const statuses = new Map<number, number>();
  void (async () => {
    for await (const frame of decode(port.pipe(new PassThrough()))) {
      if (frame.kind === 'reply') statuses.set(frame.sequence, frame.status);
    }
  })();
  return {
    /** @returns the status, undefined when there is no reply within `patienceMs` */
    async ask(request: Question, patienceMs = 5000): Promise<number | undefined> {
      const opcode = OPCODES[request.opcode].code;
      port.write(encodeRequest({ ...request, opcode }));
      const deadline = performance.now() + patienceMs;
      while (!statuses.has(request.sequence) && performance.now() < deadline) {
        await delay(10);
      }
      return statuses.get(request.sequence);
    },
    setBaud: (baudRate: number) =>
      new Promise<void>((done, fail) =>
        port.update({ baudRate }, (error) => (error ? fail(error) : done())),
      ),
    close: () => new Promise<void>((done) => port.close(() => done())),
  };
}

interface Question {
  readonly opcode: keyof typeof OPCODES;
  readonly sequence: number;
  readonly payload: Uint8Array;
}

test('three random fills give identical results', async () => {
  const drawn = someCase(60, [7, 5, 3]);
  const results = await Promise.all([1, 2, 3].map((seed) => resultsOf(drawn, seed)));
  expect(results[1]).toEqual(results[0]);
  expect(results[2]).toEqual(results[0]);
});

/** What a host makes of the replies, without times: observing, a cycle depends on when it began. */
async function resultsOf(drawn: Case, seed: number) {
  const environment = projectEnvironment();
  const { transport, timeouts } = await openTarget(`sim:${BOARD}`, { environment, seed });
  await using device = await openDevice(transport, { timeouts });
  const measurement = await expectExact(device, drawn);
  const images = measurement.images.map(({ layers, observation, rows }) => ({
    layers,
    observation,
    rows,
  }));
  return { images, layers: measurement.layers, flags: await device.readUnitFlags() };
}

test('an unfinished frame is dropped while the device rests, after 100 ms', async () => {
  const { child, lines } = await start(['--stdio']);
  const ping = encodeRequest({
    opcode: OPCODES.identify.code,
    sequence: 7,
    payload: Uint8Array.of(1, 2, 3, 4),
  });
  child.stdin.write(ping.subarray(0, 6));
  const begin = Number(lines.at(-1)?.['ms'] ?? 0);
  while (Number(lines.at(-1)?.['ms'] ?? 0) < begin + 300) {
    await delay(20);
  }
  child.stdin.write(ping);
  const replies: Frame[] = [];
  for await (const frame of decode(child.stdout)) {
    if (replies.push(frame) === 2) break;
  }
  expect(replies).toMatchObject([
    { kind: 'reply', status: STATUS.damaged.code },
    { kind: 'reply', sequence: 7, status: STATUS.ok.code },
  ]);
  child.kill();
});

test('what late replies are waited for stands in the statistics', async () => {
  const statsFile = path.join(folder, 'late.json');
  await using device = await openBoard({ statsFile, faults: { replyLatency: 16 } });
  const waited = async () => JSON.parse(await readFile(statsFile, 'utf8')).waitedMs as number;
  const before = await waited();
  await device.echo(Uint8Array.of(1));
  const alone = await waited();
  expect(alone - before).toBeGreaterThanOrEqual(15);
  expect(alone - before).toBeLessThanOrEqual(17);
  await Promise.all(Array.from({ length: 10 }, () => device.echo(Uint8Array.of(1))));
  expect((await waited()) - alone).toBeLessThan(2 * 16);
});

test('waves of everything, and of one image only', async () => {
  const sizes: number[] = [];
  for (const image of [undefined, 1]) {
    const file = path.join(folder, `waves-${image}.vcd`);
    const device = await openBoard({ trace: { file, ...(image !== undefined && { image }) } });
    await expectExact(device, withImages(someCase(70, [6, 4, 3]), 3));
    await device[Symbol.asyncDispose]();
    const text = await readFile(file, 'utf8');
    expect(text).toMatch(/\$timescale +1ps \$end/);
    const times = [...text.matchAll(/^#(\d+)$/gm)].map(([, time]) => Number(time));
    expect(times.length).toBeGreaterThan(100);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    sizes.push((await stat(file)).size);
  }
  expect(sizes[1]).toBeLessThan((sizes[0] as number) / 2);
});
