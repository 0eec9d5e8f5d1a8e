/** What the rows of the board table promise of each other, of the constraints and of the tops. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { BOARDS, type Board } from '../../contract/boards.ts';
import { ROOT } from '../../tools/setup/environment.mjs';

const boards = Object.values(BOARDS as Readonly<Record<string, Board>>);
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

/** Of a pin each, `led_o[0]` and so on for a vector. */
function portsOf(top: string): string[] {
  const [, ports = ''] = /^module \w+ \(([\s\S]*?)\n\);/m.exec(read(`rtl/board/${top}.v`)) ?? [];
  return [...ports.matchAll(/(?:input|output)\s+wire\s+(?:\[(\d+):0\]\s+)?(\w+)/g)].flatMap(
    ([, high, name = '']) =>
      high === undefined
        ? [name]
        : Array.from({ length: Number(high) + 1 }, (_, i) => `${name}[${i}]`),
  );
}

/** Port and pin; the forms of icestorm's .pcf and Lattice's .lpf. */
function pinsOf(constraints: string): [port: string, pin: string][] {
  const text = read(constraints).replace(/#.*/g, '');
  const pcf = text.matchAll(/^set_io (?:-nowarn )?(\S+) (\S+)$/gm);
  const lpf = text.matchAll(/LOCATE COMP "([^"]+)" SITE "([^"]+)";/g);
  return [...pcf, ...lpf].map(([, port = '', pin = '']) => [port, pin]);
}

test('no two boards have the same number', () => {
  expect(new Set(boards.map(({ id }) => id)).size).toBe(boards.length);
});

describe.each(boards)('$title', (board) => {
  const { reference, feedback, output } = board.pll;

  test('has the clock that its oscillator and its PLL give', () => {
    expect((board.oscillatorHz * feedback) / (reference * output)).toBe(board.clockHz);
  });

  test('keeps its PLL within the limits of the data sheet', () => {
    const detectorMhz = board.oscillatorHz / reference / 1e6;
    const vcoMhz = detectorMhz * feedback;
    const [low, high] = board.family === 'ice40' ? [533, 1066] : [400, 800];
    expect(detectorMhz).toBeGreaterThanOrEqual(10);
    expect(vcoMhz).toBeGreaterThanOrEqual(low);
    expect(vcoMhz).toBeLessThanOrEqual(high);
    if (board.family === 'ice40') expect(Number.isInteger(Math.log2(output))).toBe(true);
    else expect(feedback % output).toBe(0);
  });

  test('divides its clock to the highest baud within 2 %', () => {
    const actual = board.clockHz / Math.round(board.clockHz / board.baud);
    expect(Math.abs(actual / board.baud - 1)).toBeLessThan(0.02);
  });

  test('has a multiplier a lane, one more to train, and those of σ, δ, the norm and α', () => {
    const hasAlpha = board.activations.some((name) => name === 'relu' || name === 'elu');
    const lanes = board.trainRows > 0 ? 2 * board.lanes : board.lanes;
    expect(board.intended.multipliers).toBe(lanes + (hasAlpha ? 5 : 4));
  });

  test('trains in planes of a quarter of its weight rows', () => {
    expect([0, board.weightRows / 4]).toContain(board.trainRows);
    if (board.trainRows > 0) expect(Number.isInteger(Math.log2(board.trainRows))).toBe(true);
  });

  test('has a pin for each port of its top, and no pin twice', () => {
    const pins = pinsOf(board.constraints);
    expect(pins.map(([port]) => port).sort()).toEqual(portsOf(board.top).sort());
    expect(new Set(pins.map(([, pin]) => pin)).size).toBe(pins.length);
  });

  test('says the frequency of its oscillator in its constraints', () => {
    const found = /^(?:set_frequency clk_i|FREQUENCY PORT "clk_i") (\d+)/m.exec(
      read(board.constraints),
    );
    expect(Number(found?.[1]) * 1e6).toBe(board.oscillatorHz);
  });

  test('shares a memory only where weights and units fill it', () => {
    const { sharedMemory, lanes, weightRows, neurons } = board;
    if (sharedMemory) expect([lanes, Math.log2(weightRows + 4 * neurons) % 1]).toEqual([4, 0]);
    else expect(board.family).toBe('ecp5');
  });
});
