import { describe, expect, it } from 'vitest';
import { SimulatedClock, sleep, WALL_CLOCK } from '../../host/clock.ts';

describe('SimulatedClock', () => {
  it('counts a timer from the next time it is told, not from the last', () => {
    const clock = new SimulatedClock();
    clock.advanceTo(100);
    const rung: number[] = [];
    // The host was busy: the board has gone on to 5000 without being heard.
    clock.after(50, () => rung.push(clock.now()));
    clock.advanceTo(5000);
    expect(rung).toEqual([]);
    clock.advanceTo(5049);
    expect(rung).toEqual([]);
    clock.advanceTo(5050);
    clock.advanceTo(9000);
    expect(rung).toEqual([5050]);
  });

  it('never goes back, and forgets a timer that is called off', () => {
    const clock = new SimulatedClock();
    clock.advanceTo(10);
    clock.advanceTo(5);
    expect(clock.now()).toBe(10);
    const cancel = clock.after(1, () => expect.fail('it rang'));
    clock.advanceTo(20);
    cancel();
    clock.advanceTo(30);
  });

  it('goes on with the wall once it is ended, so that nobody waits for ever', async () => {
    const clock = new SimulatedClock();
    clock.advanceTo(10);
    const early = sleep(clock, 5);
    clock.end();
    await early.done;
    await sleep(clock, 5).done;
    expect(clock.now()).toBeGreaterThanOrEqual(18);
    expect(clock.now()).toBeLessThan(10_000);
  });

  it('lets a timer set another one', () => {
    const clock = new SimulatedClock();
    const rung: number[] = [];
    clock.after(10, () => {
      rung.push(clock.now());
      clock.after(10, () => rung.push(clock.now()));
    });
    for (const ms of [0, 10, 15, 20, 25, 30]) clock.advanceTo(ms);
    expect(rung).toEqual([10, 25]);
  });
});

describe('sleep', () => {
  it('ends after its time, or when it is stopped', async () => {
    const began = performance.now();
    await sleep(WALL_CLOCK, 30).done;
    expect(performance.now() - began).toBeGreaterThanOrEqual(25);
    const { done, stop } = sleep(WALL_CLOCK, 60_000);
    stop();
    await done;
  });
});
