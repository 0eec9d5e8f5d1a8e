/** What was known of formats before there was a device, found again by the sweep. */
import { beforeAll, describe, expect, test } from 'vitest';
import { FORMATS_SWEPT, sweepFormats } from '../../bench/formats.ts';
import type { FormatPoint, FormatsResult } from '../../contract/result.ts';
import { renderFormats } from '../../report/formats.ts';
import { drawFormats } from '../../report/formats-picture.ts';

const REQUEST = { depths: [1, 8, 20], images: 60, init: 'nielsen', seed: 1 };

let result: FormatsResult;
beforeAll(async () => {
  result = await sweepFormats(REQUEST, { commandLine: 'test' });
});

function point(
  kind: FormatPoint['kind'],
  bits: number,
  hiddenLayers: number,
  rounding = 'nearest',
) {
  const found = result.points.find(
    (of) =>
      of.kind === kind &&
      of.bits === bits &&
      of.hiddenLayers === hiddenLayers &&
      of.rounding === rounding,
  );
  return found ?? expect.fail('not swept');
}

describe('sweepFormats', () => {
  test('every format at every depth', () => {
    expect(result.points).toHaveLength(FORMATS_SWEPT.length * REQUEST.depths.length);
    expect(result.data).toEqual({ name: 'MNIST training set', images: 60 });
  });

  test('plain 16 bit holds one hidden layer, and nothing from eight', () => {
    expect(point('plain', 16, 1).normPerImageError.p99).toBeLessThan(0.001);
    expect(point('plain', 16, 8)).toMatchObject({
      normOfMeanError: 1,
      normPerImageError: { p99: 1 },
    });
    expect(point('plain', 16, 8).lostElements).toBeGreaterThan(0.2);
  });

  test('plain 24 bit is lost at twenty', () => {
    expect(point('plain', 24, 20).normOfMeanError).toBe(1);
  });

  test('truncated, a plain format makes δ too large instead', () => {
    expect(point('plain', 16, 8, 'down').normOfMeanError).toBeGreaterThan(1);
  });

  test('a shared exponent holds 0.5 % at twenty with 16 bits, and 12 have some times the error', () => {
    const [sixteen, twelve] = [point('block', 16, 20), point('block', 12, 20)];
    expect(sixteen.normPerImageError.p99).toBeLessThan(0.005);
    expect(twelve.normPerImageError.p99).toBeGreaterThan(3 * sixteen.normPerImageError.p99);
    expect(sixteen.lostElements).toBeLessThan(0.001);
  });

  test('truncation costs a block format more than rounding, at every depth', () => {
    for (const depth of REQUEST.depths) {
      const [down, nearest] = [point('block', 12, depth, 'down'), point('block', 12, depth)];
      expect(down.normPerImageError.median).toBeGreaterThan(nearest.normPerImageError.median);
    }
  });

  test('a signal ends it between two depths', async () => {
    const controller = new AbortController();
    const done: number[] = [];
    const sweep = sweepFormats(
      { ...REQUEST, images: 1 },
      {
        commandLine: 'test',
        signal: controller.signal,
        onDepth(depth) {
          done.push(depth);
          controller.abort();
        },
      },
    );
    await expect(sweep).rejects.toMatchObject({ code: 'interrupted' });
    expect(done).toEqual([1]);
  });
});

test('renderFormats fits 100 columns and shows every format at every depth', () => {
  const lines = renderFormats(result).split('\n');
  expect(lines.filter((line) => [...line].length > 100)).toEqual([]);
  expect(lines.filter((line) => /^ {2}(plain|block) \d+ /.test(line))).toHaveLength(30);
  expect(lines.find((line) => /^ {2}plain 24/.test(line))).toMatch(/ <0\.001 % .* 100 %$/);
  expect(lines.findLast((line) => /^ {2}plain 12/.test(line))).toMatch(/>1000 %$/);
});

test('drawFormats is an SVG that stands by itself, without values that are no number', () => {
  const svg = drawFormats(result);
  expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/);
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  for (const name of ['plain 16', 'block 16', 'rounded to nearest', 'truncated']) {
    expect(svg).toContain(`>${name}</text>`);
  }
  // A line and a dot for each of eight formats, twice.
  expect(svg.match(/<path /g)?.length).toBeGreaterThanOrEqual(2 * 8 * (1 + REQUEST.depths.length));
});
