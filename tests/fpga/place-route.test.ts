import { expect, test } from 'vitest';
import { FAMILIES } from '../../fpga/families.ts';
import { findShortages, roundOf } from '../../fpga/place-route.ts';

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

test('roundOf reads the rounds of router2 and of nothing else', () => {
  expect(roundOf('Info:     iter=1001 wires=66970 overused=2 overuse=4 archfail=NA')).toBe(1001);
  expect(roundOf('Info:   at iteration #20: temp = 0.000000, wirelen = 153443')).toBe(0);
});
