/** `deltascope build`: what it refuses, what it says; real builds are in tests/system. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seedText, stageText } from '../../cli/build-progress.ts';
import {
  renderAnnouncement,
  renderArea,
  renderBoards,
  renderBuild,
} from '../../cli/build-table.ts';
import { createStatusLine } from '../../cli/status-line.ts';
import type { BuildResult } from '../../fpga/result.ts';
import { RESULT } from '../fpga/build-result.ts';
import { FIXTURE } from '../fpga/fixture.ts';
import { type Session, startSession } from './command.ts';

let session: Session;
beforeAll(() => {
  session = startSession();
});
afterAll(() => session[Symbol.asyncDispose]());

describe('a wrong command line ends with 2 and names what would do', () => {
  test.each<[string, RegExp]>([
    ['build', /required option '--board <name>' not specified/],
    ['build --board icebraker', /Unknown board "icebraker"; did you mean "icebreaker"\?/],
    ['build --board icebreaker --seeds 0', /--seeds takes a whole number from 1 to 99, not "0"/],
    ['build --board icebreaker --seeds many', /--seeds takes a whole number from 1 to 99/],
    ['build --board icebreaker --jobs 0.5', /--jobs takes a whole number from 1 to 99/],
    ['build --board icebreaker --until pack', /'pack' is invalid.*synth, pnr, bit/],
  ])('deltascope %s', async (line, message) => {
    const { status, stdout, stderr } = await session.run(line.split(' '));
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });
});

test('build --help has examples', async () => {
  const { status, stdout } = await session.run(['build', '--help']);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^Examples:\n {2}\$ npx deltascope build --board icebreaker$/m);
});

const timing = (change: Partial<NonNullable<BuildResult['timing']>>): BuildResult => ({
  ...RESULT,
  timing: RESULT.timing && { ...RESULT.timing, ...change },
});

test('renderAnnouncement says board, part, clock and seeds', () => {
  const say = (seeds: number, until: 'synth' | 'bit') =>
    renderAnnouncement(FIXTURE, { seeds, until, part: 'iCE40 UP5K' });
  expect(say(5, 'bit')).toBe('BUILD fixture (iCE40 UP5K, sg48) at 36.00 MHz, 5 seeds');
  expect(say(1, 'bit')).toMatch(/1 seed$/);
  expect(say(5, 'synth')).toMatch(/synthesis$/);
});

describe('renderBuild', () => {
  test('shows use, seeds, critical path, stages and file, in 100 columns', () => {
    const text = renderBuild(RESULT);
    expect(text).toMatch(/^ {2}LC +4224 +5280 +80$/m);
    expect(text).toMatch(/^ {2}LUT +3000 +5280 +57$/m);
    expect(text).toMatch(/^ {2}block RAM +27 +30 +90$/m);
    expect(text).toMatch(/^ {5}2 +39\.00 +20\.0 {2}kept$/m);
    expect(text).toMatch(/^ {2}ds_norm +u_core\.u_norm +10\.00 +15\.00 +5$/m);
    expect(text).toContain('25.00 ns: 10.00 logic, 15.00 routing');
    expect(text).toContain('synthesis 40.0 s (cached), place and route 40.0 s, pack 0.5 s');
    expect(text).toMatch(/fixture\.bin \(104090 bytes\)$/);
    expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });

  test('warns when a seed has less than 5 % in hand, not otherwise', () => {
    expect(renderBuild(RESULT)).toMatch(/^warning: not every seed has 5 % in hand \(37\.80 MHz\)/m);
    const text = renderBuild(timing({ everySeedWithMargin: true }));
    expect(text).toContain('met by every seed with 5 % in hand');
    expect(text).not.toContain('warning');
  });

  test('names a seed that cannot be routed', () => {
    expect(renderBuild(timing({ unrouted: [3] }))).toMatch(/^ {5}3 +– +– {2}not routed$/m);
  });

  test('says NOT MET, and when only the kept seed meets the clock', () => {
    expect(renderBuild(timing({ met: false, everySeedMet: false }))).toContain('NOT MET');
    expect(renderBuild(timing({ everySeedMet: false }))).toContain('met by the kept seed:');
  });

  test('of a synthesis alone shows what it took, without what is available', () => {
    const text = renderBuild({ ...RESULT, timing: null, bitstream: null });
    expect(text).toMatch(/^ {2}DSP +8 +– +–$/m);
    expect(text).not.toMatch(/seed|critical|bitstream/);
  });
});

test('renderArea ends with the sum of all modules', () => {
  const none = { flipFlops: 1, blockRams: 0, weightMemories: 0, multipliers: 0 };
  const rows = [
    { module: 'a', instances: 2, logic: 30, ...none },
    { module: 'b', instances: 1, logic: 12, ...none },
  ];
  expect(renderArea(rows, FIXTURE).split('\n').at(-1)).toMatch(/^ {2}all +3 +42 +2 +0 +0 +0$/);
});

test('renderBoards has a line for each board, placed or not', () => {
  const [, placed, synthesised] = renderBoards([RESULT, { ...RESULT, timing: null }]).split('\n');
  expect(placed).toMatch(/fixture .* 80 .* 37\.00 \/ 38\.00 \/ 39\.00 +met by every seed$/);
  expect(synthesised).toMatch(/fixture .* – .*not placed$/);
});

test('progress in words', () => {
  expect(stageText({ kind: 'stage', stage: 'pack', state: 'started', seconds: 0 })).toBe('pack …');
  expect(stageText({ kind: 'stage', stage: 'pack', state: 'cached', seconds: 0 })).toBe(
    'pack: cached',
  );
  expect(stageText({ kind: 'stage', stage: 'synthesis', state: 'finished', seconds: 41.234 })).toBe(
    'synthesis: 41.2 s',
  );
  expect(seedText({ kind: 'seed', seed: 3, phase: 'routing' })).toBe('seed 3 routing');
  expect(seedText({ kind: 'seed', seed: 3, phase: 'finished', fmaxHz: 38.206e6 })).toBe(
    'seed 3: 38.21 MHz',
  );
});

describe('createStatusLine', () => {
  const lines = (isTTY: boolean) => {
    const written: string[] = [];
    const write = (text: string) => written.push(text) > 0;
    const line = createStatusLine({ isTTY, write } as unknown as NodeJS.WriteStream);
    line.show('a', { lasting: false });
    line.show('b', { lasting: true });
    line.finish();
    return written;
  };

  test('writes over its line on a terminal and removes it', () => {
    expect(lines(true)).toEqual(['\r\u001b[2Ka', '\r\u001b[2Kb', '\r\u001b[2K']);
  });

  test('writes only what lasts elsewhere', () => {
    expect(lines(false)).toEqual(['b\n']);
  });
});
