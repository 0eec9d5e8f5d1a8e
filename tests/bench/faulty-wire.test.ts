import { expect, test } from 'vitest';
import { faultyWire } from '../../bench/faulty-wire.ts';
import { createLoop } from '../../host/transport/memory.ts';

test('one bit of the frame after so many others; empty ones do not count', async () => {
  const [near, far] = createLoop();
  const wire = faultyWire(near);
  const frame = [5, 6, 7, 0];
  await wire.transport.write(Uint8Array.from(frame));
  wire.damageFrame(1);
  await wire.transport.write(Uint8Array.from([0, 0, ...frame]));
  await wire.transport.write(Uint8Array.from([...frame, ...frame]));
  await wire.transport[Symbol.asyncDispose]();
  const got: number[] = [];
  for await (const chunk of far.incoming) got.push(...chunk);
  const damaged = [5, 7, 7, 0];
  expect(got).toEqual([...frame, 0, 0, ...frame, ...damaged, ...frame]);
});

test('a byte never becomes the zero that ends a frame', async () => {
  const [near, far] = createLoop();
  const wire = faultyWire(near);
  wire.damageFrame(0);
  await wire.transport.write(Uint8Array.of(1, 0));
  await wire.transport[Symbol.asyncDispose]();
  for await (const chunk of far.incoming) expect([...chunk]).toEqual([3, 0]);
});
