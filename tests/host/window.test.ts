import { describe, expect, it } from 'vitest';
import { Window } from '../../host/window.ts';

const BUFFER = 2048;
const FRAME = 650;
const line = { baud: 3_000_000, setBaud: async () => {} };

/** Answers at a share of the line's rate, for so many ms, with more to send all the time. */
function answer(window: Window, { share, ms }: { share: number; ms: number }, from = 0): void {
  const perFrameMs = (FRAME * 10) / (3000 * share);
  for (let now = 0; now < ms; now += perFrameMs) {
    window.noteFull();
    window.noteAnswer(FRAME, from + now);
  }
}

describe('Window', () => {
  it('is the buffer where bits take no time', () => {
    const window = new Window(BUFFER, undefined);
    answer(window, { share: 0.1, ms: 500 });
    window.noteLoss();
    expect(window.bytes).toBe(BUFFER);
  });

  it('grows while the line waits for answers, not while it is busy', () => {
    const window = new Window(BUFFER, line);
    answer(window, { share: 1, ms: 500 });
    expect(window.bytes).toBe(BUFFER);
    answer(window, { share: 0.3, ms: 100 }, 1000);
    expect(window.isDaring).toBe(true);
    answer(window, { share: 0.3, ms: 10_000 }, 2000);
    expect(window.bytes).toBe(65_536);
  });

  it('does not grow on a line that keeps losing', () => {
    const window = new Window(BUFFER, line);
    for (let turn = 0; turn < 20; turn++) {
      window.noteLoss();
      answer(window, { share: 0.5, ms: 100 }, 100 * turn);
    }
    expect(window.bytes).toBeLessThan(BUFFER);
  });

  it('shrinks with each loss, down to two requests, and begins anew after a silence', () => {
    const window = new Window(BUFFER, line);
    for (let loss = 0; loss < 5; loss++) window.noteLoss();
    expect(window.bytes).toBeLessThan(BUFFER);
    expect(window.bytes).toBeGreaterThan(2 * 640);
    window.reset();
    expect(window.bytes).toBe(BUFFER);
  });
});
