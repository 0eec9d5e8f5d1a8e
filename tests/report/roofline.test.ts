/** Where a mode stands below the ceilings of its board, and which of them it is. */
import { expect, test } from 'vitest';
import { roofline, rooflinePoints } from '../../report/roofline.ts';
import { MODE, repeats, VALID, withMode } from '../bench/bench-result.ts';

test('500 cycles at 50 MHz wait for 250 bytes at 3 Mbaud: the link is the bottleneck', () => {
  const [point] = rooflinePoints(VALID.devices);
  // 30 % of 32 lanes over 500 cycles, and 250 bytes.
  expect(point).toMatchObject({ mode: 'measure', bottleneck: 'link' });
  expect(point?.intensity).toBeCloseTo((0.3 * 32 * 500) / 250);
  expect(point?.rate).toBeCloseTo((0.3 * 32 * 500) / ((250 * 10) / 3e6));
});

test('with few bytes the multipliers are, and no point is above a ceiling', () => {
  const batches = [{ images: 100, repeats: repeats(100, { bytesSent: 100, bytesReceived: 10 }) }];
  const result = withMode({ ...MODE, batches });
  const [point] = rooflinePoints(result.devices);
  expect(point?.bottleneck).toBe('multipliers and weight memory');
  expect(point?.rate).toBeCloseTo(0.3 * 32 * 50e6);
  const picture = roofline(result.devices);
  const [mode, multipliers, link] = picture?.series ?? [];
  const y = mode?.points[0]?.y ?? Number.NaN;
  expect(y).toBeLessThanOrEqual(multipliers?.points[0]?.y ?? 0);
  expect(y).toBeLessThanOrEqual(link?.points[1]?.y ?? 0);
});

test('the model has no place in it', () => {
  const none = withMode({ cycles: { ...MODE.cycles, all: 0 } });
  expect(roofline(none.devices)).toBeUndefined();
});
