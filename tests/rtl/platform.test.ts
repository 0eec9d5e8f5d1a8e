/** The platform's modules have the same names and ports in every family. */
import { expect, test } from 'vitest';
import { FAMILIES, type Family, MODULES } from './design.ts';

const namesOf = (family: Family) =>
  MODULES.filter((module) => module.family === family).map(({ name }) => name);

/** Parameters and ports without comments; whether an output is a register is the module's affair. */
function interfaceOf(name: string, family: Family): string | undefined {
  const { text = '' } = MODULES.find((m) => m.name === name && m.family === family) ?? {};
  const code = text.replace(/\/\/.*/g, '').replace(/\boutput\s+(wire|reg)\b/g, 'output');
  return /^module [\s\S]*?\n\);/m.exec(code)?.[0].replace(/\s+/g, ' ');
}

test.each(FAMILIES)('%s has every platform module', (family) => {
  expect(namesOf(family)).toEqual(namesOf('generic'));
});

test.each(FAMILIES.flatMap((family) => namesOf('generic').map((name) => ({ name, family }))))(
  '$name has the same parameters and ports in $family',
  ({ name, family }) => {
    expect(interfaceOf(name, family)).toBeDefined();
    expect(interfaceOf(name, family)).toBe(interfaceOf(name, 'generic'));
  },
);
