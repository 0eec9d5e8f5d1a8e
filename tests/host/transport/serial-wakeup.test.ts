import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { openSerial } from '../../../host/transport/serial.ts';
import { keepWakeUps } from '../../../host/transport/serial-wakeup.ts';
import { startPeer } from './pty-peer.ts';

const CHUNK_BYTES = 64 * 1024;
/** Each is a chance to hang. */
const CHUNKS = 32;

describe('keepWakeUps', () => {
  // Without the work-around this hangs in nearly every run (facts of serialport 13).
  it('lets bulk through while an acknowledgement comes back now and then', async () => {
    await using peer = await startPeer('ack');
    await using transport = await openSerial(peer.path);
    const acknowledged = (async () => {
      let acks = 0;
      for await (const bytes of transport.incoming) {
        acks += bytes.length;
        if (acks === CHUNKS) {
          break;
        }
      }
      return acks;
    })();
    for (let chunk = 0; chunk < CHUNKS; chunk++) {
      await transport.write(new Uint8Array(CHUNK_BYTES).fill(chunk));
    }
    expect(await acknowledged).toBe(CHUNKS);
  }, 10_000);

  it('names every interest that has a listener, and says what it cannot mend', () => {
    const polled: number[] = [];
    const poller = Object.assign(new EventEmitter(), {
      poll: (flags: number) => polled.push(flags),
    });
    expect(keepWakeUps({ poller })).toBe(true);
    poller.poll(1);
    poller.on('writable', () => {});
    poller.poll(1);
    poller.on('readable', () => {});
    poller.poll(4);
    expect(polled).toEqual([1, 3, 7]);
    expect(keepWakeUps({})).toBe(false);
    expect(keepWakeUps(undefined)).toBe(false);
    expect(keepWakeUps({ poller: new EventEmitter() })).toBe(false);
  });
});
