/** The seam between the driver and a wire: bytes in, bytes out. Nothing else knows a port exists. */

export interface Transport extends AsyncDisposable {
  /** Every byte from the device, in order, in chunks of any size. Ends or throws with the wire. */
  readonly incoming: AsyncIterable<Uint8Array>;
  /** Resolves when the bytes are handed on: not when they arrive. @throws DeltascopeError */
  write(bytes: Uint8Array, options?: { signal?: AbortSignal }): Promise<void>;
}
