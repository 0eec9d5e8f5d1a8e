import { expect, test } from 'vitest';
import { FAMILIES } from '../../fpga/families.ts';
import { findShortages } from '../../fpga/place-route.ts';

const { resources } = FAMILIES.ice40;

test('findShortages names what is used beyond what the chip has, and only that', () => {
  const text = [
    'Info: Device utilisation:',
    'Info: \t         ICESTORM_LC:    5516/   5280   104%',
    'Info: \t        ICESTORM_RAM:      30/     30   100%',
    'Info: \t               SB_GB:       9/      8   112%',
  ].join('\n');
  expect(findShortages(text, resources)).toEqual(['5516 of 5280 LC', '9 of 8 SB_GB']);
  expect(findShortages('', resources)).toEqual([]);
});
