/** The seam between the driver and a wire: bytes in, bytes out. Nothing else knows a port exists. */
import type { Clock } from '../clock.ts';

export interface Transport extends AsyncDisposable {
  /** Every byte from the device, in order, in chunks of any size. Ends or throws with the wire. */
  readonly incoming: AsyncIterable<Uint8Array>;
  /** Time at the other end; wall time where there is none. */
  readonly clock?: Clock | undefined;
  /** Where bits take time; absent where whole bytes are handed over. */
  readonly line?: Line | undefined;
  /** Resolves when the bytes are handed on: not when they arrive. @throws DeltascopeError */
  write(bytes: Uint8Array, options?: { signal?: AbortSignal }): Promise<void>;
}

/** A line with a rate of its own, which both ends must agree on. */
export interface Line {
  /** Bits per second of this end. */
  readonly baud: number;
  /** @throws DeltascopeError `port-failed` where this end cannot run at that rate. */
  setBaud(baud: number): Promise<void>;
}
