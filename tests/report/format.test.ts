import { expect, test } from 'vitest';
import {
  fromLog10,
  inWords,
  percent,
  seconds,
  significant,
  whole,
  wrap,
} from '../../report/format.ts';

test('significant keeps three digits, trailing zeros included', () => {
  expect([0, 0.0657, 0.4, 12.345, 999.4, 12_345, 1e5, 1.2e-9].map(significant)).toEqual([
    '0',
    '0.0657',
    '0.400',
    '12.3',
    '999',
    '12 345',
    '1.00e+5',
    '1.20e-9',
  ]);
});

test('percent, seconds and whole carry their units', () => {
  expect(percent(0.0123)).toBe('1.23 %');
  expect(percent(null)).toBe('–');
  expect([2.5, 0.0084, 3.1e-6].map(seconds)).toEqual(['2.50 s', '8.40 ms', '3.10 µs']);
  expect([7, 1234, 1_234_567].map(whole)).toEqual(['7', '1 234', '1 234 567']);
});

test('inWords makes words of a field name', () => {
  expect(['zSaturated', 'deltaSaturated', 'nonZeroInputs'].map(inWords)).toEqual([
    'z saturated',
    'δ saturated',
    'non zero inputs',
  ]);
});

test('wrap breaks between words, within 100 characters', () => {
  const lines = wrap(Array(60).fill('word').join(' ')).split('\n');
  expect(lines.map(({ length }) => length)).toEqual([99, 99, 99]);
});

test('fromLog10 writes what no float64 holds', () => {
  expect(fromLog10(2)).toBe('100');
  expect(fromLog10(-7)).toBe('1.00e-7');
  expect(fromLog10(351.5)).toBe('3.16e+351');
  expect(fromLog10(-1000.5)).toBe('3.16e-1001');
  expect(fromLog10(400 - 1e-9)).toBe('1.00e+400');
});
