/** What was seen of each unit of a layer in some image of a batch. */
import { UNIT_FLAGS } from '../../contract/protocol.ts';

export class UnitFlags {
  /** One word of `UNIT_FLAGS` bits per neuron. */
  readonly words: Uint8Array;

  constructor(neurons: number) {
    this.words = new Uint8Array(neurons);
  }

  /** @param saturated whether the unit was in the flat part of its activation */
  add(neuron: number, { slope, saturated }: { slope: number; saturated: boolean }): void {
    const alive = slope === 0 ? 0 : 1 << UNIT_FLAGS.alive.bit;
    const responsive = saturated ? 0 : 1 << UNIT_FLAGS.responsive.bit;
    this.words[neuron] = (this.words[neuron] ?? 0) | alive | responsive;
  }
}
