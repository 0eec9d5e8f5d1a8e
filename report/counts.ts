/**
 * The counts of the device's records as columns: those that are zero in every layer would only
 * fill the page, so they share one line.
 */

import type { LayerCounts, LayerResult } from '../contract/result.ts';
import { inWords, wrap } from './format.ts';

export interface CountColumn {
  readonly head: string;
  readonly count: (layer: LayerCounts) => number;
}

/** The counts that are not zero in some layer. */
export function countColumns(layers: readonly LayerResult[]): CountColumn[] {
  return countNames(layers)
    .filter((name) => !isZero(layers, name))
    .map((name) => ({ head: inWords(name), count: (layer) => layer[name] }));
}

/** One sentence that names the others; none when there are none. */
export function zeroCounts(layers: readonly LayerResult[]): string[] {
  const names = countNames(layers).filter((name) => isZero(layers, name));
  return names.length === 0 ? [] : [wrap(`Zero in every layer: ${names.map(inWords).join(', ')}.`)];
}

/** Whatever a layer has beside the fields below is a count. */
function countNames([layer]: readonly LayerResult[]): (keyof LayerCounts)[] {
  if (layer === undefined) return [];
  const {
    layer: _layer,
    neurons: _neurons,
    weightScale: _scale,
    state: _state,
    log10: _log10,
    fidelity: _fidelity,
    activation: _activation,
    activationScale: _activationScale,
    normOfMean: _normOfMean,
    meanOfNorms: _meanOfNorms,
    deltaExponents: _exponents,
    units: _units,
    float64: _float64,
    float64SameWeights: _sameWeights,
    ...counts
  } = layer;
  return Object.keys(counts satisfies LayerCounts) as (keyof LayerCounts)[];
}

function isZero(layers: readonly LayerCounts[], name: keyof LayerCounts): boolean {
  return layers.every((layer) => layer[name] === 0);
}
