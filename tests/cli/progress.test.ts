import { expect, test } from 'vitest';
import { imagesText } from '../../cli/progress.ts';

const at = (done: number, seconds: number) =>
  imagesText({ kind: 'images', done, total: 1000 }, seconds);

test('imagesText tells how many, how fast and how long still', () => {
  expect(at(500, 2)).toBe('500 of 1000 images, 250 a second, 2 s left');
  expect(at(10, 20)).toBe('10 of 1000 images, 0.5 a second, 33 min 0 s left');
});

test('imagesText has no rate before the first image', () => {
  expect(at(0, 3)).toBe('0 of 1000 images');
});
