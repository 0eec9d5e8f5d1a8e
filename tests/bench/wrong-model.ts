/** A model that computes with another weight than it was given, and keeps quiet about it. */

import { TIMEOUTS } from '../../contract/protocol.ts';
import { createLoop } from '../../host/transport/memory.ts';
import type { Target } from '../../host/transport/target.ts';
import { ModelCore } from '../../model/core.ts';
import { Endpoint } from '../../model/endpoint.ts';
import { identityOf } from '../../model/open-model.ts';

export const BOARD = 'ulx3s-85f';

class WrongCore extends ModelCore {
  readonly #address: number;
  readonly #bit: number;

  constructor(address: number, bit: number) {
    super(identityOf(BOARD));
    this.#address = address;
    this.#bit = bit;
  }

  /** The check sum of what was written has been taken by then. */
  override run(payload: Uint8Array): boolean {
    const right = this.read('weights', this.#address);
    this.write('weights', this.#address, Int32Array.of(right ^ this.#bit));
    const done = super.run(payload);
    this.write('weights', this.#address, Int32Array.of(right));
    return done;
  }
}

/** @param fault.address of the word of weights, `bit` a mask of 32 bits that is turned over. */
export async function openWrongModel(fault: { address: number; bit: number }): Promise<Target> {
  return openCore(new WrongCore(fault.address, fault.bit));
}

/** A device with that core, and the memories of `identityOf(BOARD)`. */
export function openCore(core: ModelCore): Target {
  const [transport, end] = createLoop();
  new Endpoint(end, { core, identity: identityOf(BOARD) }).serve();
  const description = { kind: 'model', label: 'wrong model', board: BOARD } as const;
  return { transport, description, timeouts: TIMEOUTS };
}
