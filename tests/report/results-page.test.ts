/** The tables of docs/results.md hold what a result holds. */
import { expect, test } from 'vitest';
import { peersTable, RESULT_TABLES, rooflinePictures } from '../../report/results-page.ts';
import { VALID } from '../bench/bench-result.ts';

test.each([
  // 100 images of 500 cycles at 50 MHz; of 250 bytes at 3 Mbaud; of 1 ms.
  [
    'speed',
    '| ulx3s-85f | [784,30,10] | measure | 100 000 | 1 200 | 1 000 | 2.00 % | 30.0 % | 0.00100 % |',
  ],
  ['latency', '| measure | 10.0 µs | 11.0 µs | 12.0 µs | 1.00 ms | 1.10 ms | 1.20 ms |'],
  ['software', '| golden/float64, dense | 20 000 | measured on this machine |'],
  // 2.5 W by 100 000 images/s, by the link's 1200; golden/float64 does 20 000.
  ['energy', '| ulx3s-85f | [784,30,10] | 25.0 | 2 083 | golden/float64, dense | 0.500 |'],
  ['cycles', '| [784,30,10] | measure | 300 | 100 | 50.0 | 0 | 500 | 250 | 2.00 |'],
  ['builds', '| ulx3s-85f | 30 000 | 20 000 | 184 | 69 | 55.0 | 5 | met |'],
  ['environment', 'commit abc'],
])('%s', (name, line) => {
  expect(RESULT_TABLES[name]?.(VALID)).toContain(line);
});

test('a picture is one file that needs no page around it', () => {
  const svg = rooflinePictures(VALID).get('ulx3s-85f') ?? '';
  expect(svg).toMatch(/^<svg xmlns="http/);
  expect(svg).not.toContain('var(');
});

test('peers are marked as theirs', () => {
  const [head] = peersTable([{ design: 'x', what: 'y', device: 'z', result: '1' }]).split('\n');
  expect(head).toBe('| design | what | device | theirs |');
});
