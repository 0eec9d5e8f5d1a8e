/** What `report` takes for a result, and what it says of other files. */
import { expect, test } from 'vitest';
import { readResult } from '../../report/read-result.ts';
import { EXAMPLE } from './example.ts';

test('an experiment, alone or among others, comes back as it was written', () => {
  expect(readResult(JSON.stringify(EXAMPLE))).toEqual({ results: [EXAMPLE] });
  const several = { kind: 'experiments', schema: 1, results: [EXAMPLE, EXAMPLE] };
  expect(readResult(JSON.stringify(several))).toEqual({ results: [EXAMPLE, EXAMPLE] });
});

test.each([
  ['{', /not JSON/],
  ['{}', /kind/],
  ['[]', /expected object/],
  [JSON.stringify({ ...EXAMPLE, schema: 2 }), /^schema: /],
  [
    JSON.stringify({ ...EXAMPLE, pictures: [{ ...EXAMPLE.pictures[0], id: 'a" onload="' }] }),
    /^pictures\.0\.id: /,
  ],
  [
    JSON.stringify({ ...EXAMPLE, claims: [{ ...EXAMPLE.claims[0], verdict: 'maybe' }] }),
    /^claims\.0\.verdict: /,
  ],
  [
    JSON.stringify({ ...EXAMPLE, device: { ...EXAMPLE.device, kind: 'dreamt' } }),
    /^device\.kind: /,
  ],
])('%.40s is refused', (json, reason) => {
  const reading = readResult(json);
  expect('wrong' in reading ? reading.wrong : '').toMatch(reason);
});
