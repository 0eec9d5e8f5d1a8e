/** Files that `npm run gen` writes are what the contract gives. */
import { expect, test } from 'vitest';
import { staleViews } from '../../tools/generate.ts';

test('every generated file is fresh', () => {
  const stale = staleViews().map((file) => `${file} is stale: npm run gen`);
  expect(stale).toEqual([]);
});
