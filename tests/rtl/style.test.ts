/** What no formatter checks for Verilog here: shape, header, names, and that a test exists. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../../tools/setup/environment.mjs';
import { MODULES, type ModuleFile } from './design.ts';

const WIDTH = 100;
const HEADER_FIELDS = ['Purpose', 'Latency', 'Throughput', 'Format', 'Reset', 'Golden'];

/** Modules that are tested as part of a larger one, with the reason. */
const WITHOUT_A_TEST_OF_THEIR_OWN: Record<string, string> = {
  ds_command_decoder: 'ds_link is hardly more than it',
  ds_registers: 'ds_link reads and writes every register',
  ds_core: 'the simulated board runs whole networks on it (tests/system)',
  ds_forward_path: 'wiring of tested modules; part of ds_core',
  ds_backward_path: 'wiring of tested modules; part of ds_core',
  ds_training: 'wiring, settings and counters; networks are trained on it (tests/system)',
  ds_update_rows:
    'the order of the rows does not show; the state after training does (tests/system)',
  ds_clock: 'here a wire and ds_reset',
};

const TESTED_FOLDERS = ['rtl/core', 'rtl/link', 'rtl/stream', 'rtl/platform/generic'];
const tested = MODULES.filter(({ file }) => TESTED_FOLDERS.includes(path.dirname(file)));

const hasTest = ({ name }: ModuleFile) =>
  existsSync(path.join(ROOT, 'tests', 'rtl', `test_${name}.py`));

describe.each(MODULES)('$file', (module) => {
  test('is ASCII without tabs, trailing space or long lines', () => {
    const bad = lines(module).filter(
      ({ text }) => /[^\x20-\x7e]/.test(text) || / $/.test(text) || text.length > WIDTH,
    );
    expect(bad.map(({ number }) => `${module.file}:${number}`)).toEqual([]);
  });

  test('opens with its name and the fields of the header', () => {
    const comment = module.text.slice(0, module.text.indexOf('`default_nettype'));
    expect(comment.startsWith(`// ${module.name}: `)).toBe(true);
    const missing = HEADER_FIELDS.filter((field) => !new RegExp(`\\b${field} `).test(comment));
    expect(missing).toEqual([]);
  });

  test('holds the one module that it is named after, without implicit nets', () => {
    const names = [...module.text.matchAll(/^module\s+(\w+)/gm)].map(([, name]) => name);
    expect(names).toEqual([module.name]);
    const nets = [...module.text.matchAll(/^`default_nettype (\w+)$/gm)].map(([, net]) => net);
    expect(nets).toEqual(['none', 'wire']);
    expect(module.text.trimEnd().endsWith('`default_nettype wire')).toBe(true);
  });
});

test('every module has a test of its own or is exempt', () => {
  const names = tested.filter((module) => !hasTest(module)).map(({ name }) => name);
  expect(names.filter((name) => !(name in WITHOUT_A_TEST_OF_THEIR_OWN))).toEqual([]);
});

test('no exemption is stale', () => {
  const untested = tested.filter((module) => !hasTest(module)).map(({ name }) => name);
  const exempt = Object.keys(WITHOUT_A_TEST_OF_THEIR_OWN);
  expect(exempt.filter((name) => !untested.includes(name))).toEqual([]);
});

function lines({ text }: ModuleFile): { number: number; text: string }[] {
  return text.split('\n').map((line, index) => ({ number: index + 1, text: line }));
}
