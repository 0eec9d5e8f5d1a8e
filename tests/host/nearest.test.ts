import { describe, expect, it } from 'vitest';
import { findBoard, nearest } from '../../host/nearest.ts';

describe('nearest', () => {
  it.each([
    ['icebraker', 'icebreaker'],
    ['ulx3s', 'ulx3s-85f'],
    ['zzzzzzzzzz', undefined],
    ['', undefined],
  ])('takes %j for %j', (typed, meant) => {
    expect(nearest(typed, ['icebreaker', 'ulx3s-85f'])).toBe(meant);
  });

  it('offers nothing where there is nothing', () => {
    expect(nearest('a', [])).toBeUndefined();
  });
});

describe('findBoard', () => {
  it('takes the names of contract/boards.ts, and no property of objects', () => {
    expect(findBoard('icebreaker')).toBe('icebreaker');
    expect(() => findBoard('toString')).toThrow('Unknown board "toString"');
    expect(() => findBoard('icebreker')).toThrow('did you mean "icebreaker"?');
  });
});
