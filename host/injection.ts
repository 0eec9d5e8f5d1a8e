/** δ given for a layer instead of coming from the cost: a one-hot δ reads a row of the Jacobian. */
import { FORMATS } from '../contract/formats.ts';
import type { Injection } from '../contract/network.ts';
import { INJECTION } from '../contract/protocol.ts';
import { DeltascopeError } from './error.ts';
import type { LayerPlace } from './layout.ts';

/** @throws DeltascopeError `bad-option` naming what the device cannot take. */
export function checkInjection(
  { layer, delta, exponent }: Injection,
  places: readonly LayerPlace[],
): void {
  const place = Number.isInteger(layer) ? places[layer - 1] : undefined;
  if (place === undefined) {
    throw refusal(`there is no layer ${layer}`, `layers are 1 to ${places.length}`);
  }
  if (delta.length !== place.nOut) {
    throw refusal(
      `${delta.length} elements for layer ${layer}`,
      `it has ${place.nOut} neurons, each needs one`,
    );
  }
  const { minExponent, maxExponent } = INJECTION;
  if (!Number.isInteger(exponent) || exponent < minExponent || exponent > maxExponent) {
    throw refusal(`exponent ${exponent}`, `whole numbers from ${minExponent} to ${maxExponent}`);
  }
  const limit = 2 ** (FORMATS.delta.width - 1);
  const fits = (m: number) => Number.isInteger(m) && m >= -limit && m < limit;
  const bad = Array.from(delta).findIndex((mantissa) => !fits(mantissa));
  if (bad >= 0) {
    throw refusal(
      `element ${bad} is ${delta[bad]}`,
      `mantissas are whole numbers from ${-limit} to ${limit - 1}`,
    );
  }
}

function refusal(what: string, hint: string): DeltascopeError {
  return new DeltascopeError('bad-option', `Cannot inject δ: ${what}`, { hint });
}
