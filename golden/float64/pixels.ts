/**
 * Pixels as inputs: x/256, as the data loader of NN&DL has it.
 * @param into as many values; allocated when not given.
 */
export function pixelInputs(
  pixels: Uint8Array,
  into: Float64Array = new Float64Array(pixels.length),
): Float64Array {
  for (let k = 0; k < pixels.length; k += 1) into[k] = (pixels[k] as number) / 256;
  return into;
}
