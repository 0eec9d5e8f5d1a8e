/** The whole device in Verilator against `golden/fixed`, bit for bit. */
import { describe, expect, test } from 'vitest';
import { createDraw, drawCase } from './random-network.ts';
import { runCase, widthsOf } from './run-case.ts';
import { sharedBoard } from './simulated.ts';

const SEED = Number(process.env['DELTASCOPE_SEED'] ?? 20_261_121);
const CASES = Number(process.env['DELTASCOPE_CASES'] ?? 510);

/** Shapes that must be among the cases. */
const FIXED_SHAPES = [
  [1, 1, 1, 1, 1],
  [784, 30, 30, 10],
  [1, 256],
  [256, 1],
  [1024, 4],
  [30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 10],
  Array<number>(129).fill(1),
  Array<number>(101).fill(4),
];

/** Every lane count, on the profile whose memories it would have. */
const BOARDS = ['icebreaker', 'icebreaker/8', 'ulx3s-85f/16', 'ulx3s-85f'];

describe.each(BOARDS)('simulated %s', (board) => {
  const open = sharedBoard(board, SEED % 1000);

  test(`${CASES} random networks and images equal golden/fixed, seed ${SEED}`, async () => {
    const device = await open();
    const draw = createDraw(SEED + device.identity.lanes);
    for (let number = 0; number < CASES; number++) {
      const drawn = drawCase(draw, device.identity, FIXED_SHAPES[number]);
      const { equal, firstDifference } = await runCase(device, drawn);
      const shape = widthsOf(drawn).join(',');
      expect(equal, `case ${number} [${shape}]: ${JSON.stringify(firstDifference)}`).toBe(true);
    }
  });
});
