import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RoundTrip } from '../../host/round-trip.ts';

const MOST_MS = 250;
const SLACK_MS = 4;

it('never takes an answer for lost sooner than 4 ms, nor later than is said', () => {
  const anything = fc.oneof(fc.double({ min: 0, max: 1e4, noNaN: true }), fc.constant('silence'));
  fc.assert(
    fc.property(fc.array(anything), (events) => {
      const roundTrip = new RoundTrip(MOST_MS);
      for (const event of events) {
        if (typeof event === 'number') roundTrip.note(event);
        else roundTrip.backOff();
        expect(roundTrip.timeoutMs).toBeGreaterThanOrEqual(SLACK_MS);
        expect(roundTrip.timeoutMs).toBeLessThanOrEqual(MOST_MS);
      }
    }),
  );
});

it('follows a step in latency, up and down', () => {
  const roundTrip = new RoundTrip(MOST_MS);
  for (const ms of [2, 18, 2]) {
    for (let count = 0; count < 60; count++) roundTrip.note(ms);
    expect(roundTrip.timeoutMs).toBeCloseTo(ms + SLACK_MS, 1);
  }
});

it('waits for all of the time before anything is measured, and on another line', () => {
  const roundTrip = new RoundTrip(MOST_MS);
  expect(roundTrip.timeoutMs).toBe(MOST_MS);
  roundTrip.note(3);
  expect(roundTrip.timeoutMs).toBe(9);
  roundTrip.forget();
  expect(roundTrip.timeoutMs).toBe(MOST_MS);
});

it('waits twice as long after each silence, until it measures again', () => {
  const roundTrip = new RoundTrip(MOST_MS);
  roundTrip.note(4);
  const waits = Array.from({ length: 6 }, () => {
    const { timeoutMs } = roundTrip;
    roundTrip.backOff();
    return timeoutMs;
  });
  expect(waits).toEqual([12, 24, 48, 96, 192, 250]);
  roundTrip.note(4);
  expect(roundTrip.timeoutMs).toBeLessThan(12);
});
