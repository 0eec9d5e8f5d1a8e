/** What was seen of a unit in one image; over a batch the words are combined by OR. */
import { UNIT_FLAGS } from '../../contract/protocol.ts';

/** One word of `UNIT_FLAGS`. RTL: `ds_forward_path`. */
export function unitFlags({ slope, saturated }: { slope: number; saturated: boolean }): number {
  const alive = slope === 0 ? 0 : 1 << UNIT_FLAGS.alive.bit;
  const responsive = saturated ? 0 : 1 << UNIT_FLAGS.responsive.bit;
  return alive | responsive;
}
