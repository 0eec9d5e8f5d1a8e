import { expect, test } from 'vitest';
import { boardClock, clocksOf, criticalPath, parseReport, scopeOf } from '../../fpga/timing.ts';

const at = (cell: string) => ({ cell, port: 'O', loc: [1, 2] });
const step = (type: string, delay: number, cells: readonly [string, string]) => ({
  type,
  delay,
  from: at(cells[0]),
  to: at(cells[1]),
});

const REPORT = parseReport(
  JSON.stringify({
    fmax: {
      slow_pin: { achieved: 90, constraint: 12 },
      fast: { achieved: 34.2, constraint: 36 },
    },
    utilization: { ICESTORM_LC: { used: 43, available: 5280 } },
    critical_paths: [
      { from: '<async>', to: 'posedge fast', path: [step('source', 0, ['rx', 'rx'])] },
      {
        from: 'posedge fast',
        to: 'posedge fast',
        path: [
          step('clk-to-q', 1, ['u_core.u_norm.sum_q_LC', 'u_core.u_norm.sum_q_LC']),
          step('routing', 2, ['u_core.u_norm.sum_q_LC', 'u_core.u_norm.a_LC']),
          step('logic', 0.5, ['u_core.u_norm.a_LC', 'u_core.u_norm.a_LC']),
          step('routing', 3, ['u_core.u_norm.a_LC', 'u_core.b_LC']),
          step('logic', 0.5, ['u_core.b_LC', 'u_core.b_LC']),
          step('setup', 0.25, ['u_core.b_LC', 'u_core.b_LC']),
        ],
      },
    ],
    detailed_net_timings: [],
  }),
);
const scopes = { u_core: 'ds_core', 'u_core.u_norm': 'ds_norm' };

test('clocksOf has the clock nearest to failing first', () => {
  expect(clocksOf(REPORT)).toEqual([
    { name: 'fast', fmaxHz: 34_200_000, constraintHz: 36_000_000 },
    { name: 'slow_pin', fmaxHz: 90_000_000, constraintHz: 12_000_000 },
  ]);
});

test('boardClock is the one of that frequency, whole PLL dividers or not', () => {
  const clocks = clocksOf(REPORT);
  expect(boardClock(clocks, 36_000_000)?.name).toBe('fast');
  expect(boardClock(clocks, 36_100_000)?.name).toBe('fast');
  expect(boardClock(clocks, 48_000_000)).toBeUndefined();
});

test('criticalPath groups the path of the clock by instance and names the module', () => {
  expect(criticalPath(REPORT, { clock: 'fast', scopes, top: 'ds_top' })).toEqual({
    ns: 7.25,
    logicNs: 2.25,
    routingNs: 5,
    steps: [
      { module: 'ds_norm', instance: 'u_core.u_norm', logicNs: 1.5, routingNs: 2, cells: 1 },
      { module: 'ds_core', instance: 'u_core', logicNs: 0.75, routingNs: 3, cells: 1 },
    ],
  });
  expect(criticalPath(REPORT, { clock: 'slow_pin', scopes, top: 'ds_top' })).toBeUndefined();
});

test.each([
  ['u_core.u_norm.sum_q_LC', 'u_core.u_norm'],
  ['u_core.g_lane[0].x_LC', 'u_core'],
  ['u_core.u_normal.x', 'u_core'],
  ['led_LC', ''],
])('scopeOf %s is "%s"', (cell, scope) => {
  expect(scopeOf(cell, scopes)).toBe(scope);
});
