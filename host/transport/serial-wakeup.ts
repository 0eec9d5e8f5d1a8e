/**
 * Work-around for two faults of `serialport` 13 (`@serialport/bindings-cpp` 13.0.1) on Unix.
 *
 * Lost wake-up: its poller tells libuv about the newest interest only, so arming a read forgets a
 * write that waits, and bulk hangs. Each call of `poll` here names every interest that has a
 * listener. Late events (Node 26.4 and later, bindings-cpp issue 239): the promises that an event
 * settles wait for the next turn of the loop, so one is asked for.
 */
import { EventEmitter } from 'node:events';

const READABLE = 1;
const WRITABLE = 2;

interface Poller extends EventEmitter {
  poll(flags?: number): void;
}

/**
 * Mends the poller of an open binding (`SerialPort.port`).
 * @returns false where there is no such poller (Windows, another version): nothing to mend.
 */
export function keepWakeUps(binding: unknown): boolean {
  const poller = pollerOf(binding);
  if (poller === undefined) {
    return false;
  }
  const poll = poller.poll.bind(poller);
  const emit = poller.emit.bind(poller);
  poller.poll = (flags = 0) => {
    const reading = poller.listenerCount('readable') > 0 ? READABLE : 0;
    const writing = poller.listenerCount('writable') > 0 ? WRITABLE : 0;
    poll(flags | reading | writing);
  };
  poller.emit = (event: string | symbol, ...details: unknown[]) => {
    const heard = emit(event, ...details);
    setImmediate(() => {});
    return heard;
  };
  return true;
}

function pollerOf(binding: unknown): Poller | undefined {
  const poller = (binding as { poller?: unknown } | null | undefined)?.poller;
  const fits = poller instanceof EventEmitter && 'poll' in poller;
  return fits && typeof poller.poll === 'function' ? (poller as Poller) : undefined;
}
