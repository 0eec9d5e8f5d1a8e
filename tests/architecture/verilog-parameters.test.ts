/**
 * Numbers live in the contract: the defaults of Verilog parameters are only for looking at a module
 * alone, inside a design every parameter is given, and no module makes up a width.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { boardsHeader } from '../../contract/render.ts';
import { ROOT } from '../../tools/setup/environment.mjs';

interface Module {
  readonly file: string;
  readonly name: string;
  readonly parameters: readonly string[];
  readonly text: string;
}

const modules = readModules();

function readModules(): Module[] {
  const folder = path.join(ROOT, 'rtl');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.v'))
    .map((file) => {
      const text = withBoards(
        readFileSync(path.join(folder, file), 'utf8').replace(/\/\/.*|\/\*.*?\*\//g, ''),
      );
      const [, name = '', header = ''] =
        /\bmodule\s+(\w+)\s*(?:#\(([\s\S]*?)\)\s*\()?/.exec(text) ?? [];
      const parameters = [...header.matchAll(/\bparameter\s+(?:signed\s+)?(?:\[.*?\]\s*)?(\w+)/g)];
      return { file, name, parameters: parameters.map(([, found = '']) => found), text };
    });
}

/** The tops give parameters by the macros of the generated header. */
function withBoards(text: string): string {
  const macros = [...boardsHeader().matchAll(/^`define (\w+) \\\n((?:.*\\\n)*.*)$/gm)];
  return macros.reduce((done, [, name, body = '']) => done.replace(`\`${name}`, body), text);
}

/** Whose default is the ordinary case, and no width that could drift. */
const ORDINARY = new Set(['ds_ram.Latency']);

/** `module.Parameter` that an instance in `text` leaves at its default. */
function parametersLeft(text: string): string[] {
  return modules.flatMap(({ name, parameters }) => {
    const instance = new RegExp(`\\b${name}\\s+(?:#\\(([^;]*?)\\)\\s*)?u_\\w+\\s*\\(`, 'g');
    return [...text.matchAll(instance)].flatMap(([, given = '']) =>
      parameters
        .filter((parameter) => !ORDINARY.has(`${name}.${parameter}`))
        .filter((parameter) => !new RegExp(`\\.${parameter}\\s*\\(`).test(given))
        .map((parameter) => `${name}.${parameter}`),
    );
  });
}

/** Widths that come neither from the header nor from parameters. */
function literalWidths(text: string): string[] {
  return [...text.matchAll(/\blocalparam\s+(\w+_BITS)\s*=\s*(\d+)\s*;/g)].map(
    ([, name, value]) => `${name} = ${value}`,
  );
}

test('every instance gives every parameter of its module', () => {
  const left = modules.flatMap(({ file, text }) =>
    parametersLeft(text).map((parameter) => `${file} leaves ${parameter} at its default`),
  );
  expect(left).toEqual([]);
});

test('no width inside a module is a number of its own', () => {
  const literal = modules.flatMap(({ file, text }) =>
    literalWidths(text).map((w) => `${file}: ${w}`),
  );
  expect(literal).toEqual([]);
});

test('a width that is a number of its own is seen', () => {
  expect(literalWidths('localparam Z_BITS = 20;')).toEqual(['Z_BITS = 20']);
  expect(literalWidths('localparam Z_BITS = `DS_Z_BITS;')).toEqual([]);
});

test('an instance that leaves a parameter is seen', () => {
  const { name, parameters } = modules.find(({ parameters: p }) => p.length > 1) as Module;
  expect(parametersLeft(`${name} u_x (.clk_i(clk_i));`)).toHaveLength(parameters.length);
  expect(parametersLeft(`${name} #(.${parameters[0]}(3)) u_x (.a(b));`)).toHaveLength(
    parameters.length - 1,
  );
});
