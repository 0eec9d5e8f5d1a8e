import * as Plot from '@observablehq/plot';
import { expect, test } from 'vitest';
import { plotSvg } from '../../report/plot.ts';

const marks = [Plot.dot([{ x: 1, y: 2, name: 'a < b & "c"' }], { x: 'x', y: 'y', fill: 'name' })];

test('plotSvg is one SVG with its namespace, whatever the data are called', () => {
  const named = Plot.text(['a < b & c'], { x: () => 1, y: () => 2, text: (name) => name });
  const svg = plotSvg({ marks: [...marks, named] });
  expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg".*<\/svg>\n$/s);
  expect(svg).toContain('a &lt; b &amp; c');
});

test('plotSvg refuses what Plot would wrap in HTML', () => {
  expect(() => plotSvg({ color: { legend: true }, marks })).toThrow(/legend/);
});
