/** The gallery: what is committed is what `npm run gallery` makes, small, and shown with its command. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { findExperiment } from '../../experiments/catalogue.ts';
import { GALLERY, SHOTS, WIDTH } from '../../tools/gallery.ts';

const MOST_BYTES = 150_000;

test.each(SHOTS.map((shot) => [shot.name, shot] as const))('%s.png', (name, { height }) => {
  expect(findExperiment(name).name).toBe(name);
  const png = readFileSync(path.join(GALLERY, `${name}.png`));
  expect(png.length).toBeLessThan(MOST_BYTES);
  // PNG, third edition, 11.2.1: signature, then the chunk IHDR, which starts with width and height.
  expect(png.subarray(1, 4).toString('latin1')).toBe('PNG');
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([WIDTH, height]);
});

test('the page shows each picture with its command, and there are no others', () => {
  const page = readFileSync(path.join(GALLERY, 'README.md'), 'utf8');
  for (const { name } of SHOTS) {
    expect(page).toContain(`](${name}.png)](${name}.png)`);
    expect(page).toContain(`npx deltascope experiment ${name} --quick --on model`);
  }
  const pictures = readdirSync(GALLERY).filter((file) => file.endsWith('.png'));
  expect(pictures.sort()).toEqual(SHOTS.map(({ name }) => `${name}.png`).sort());
});
