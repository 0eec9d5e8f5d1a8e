/** Which rates a device's clock can make. */
import { BAUD } from '../contract/protocol.ts';
import type { Identity } from './protocol/requests.ts';

/** Rates of the contract that the device's clock divides to, not above its highest. */
export function usableRates({ clockHz, baud }: Pick<Identity, 'clockHz' | 'baud'>): number[] {
  return BAUD.steps.filter((rate) => {
    const actual = clockHz / divisorFor(clockHz, rate);
    return rate <= baud && Math.abs(actual / rate - 1) <= BAUD.maxError;
  });
}

/** Clock cycles a bit. */
export function divisorFor(clockHz: number, rate: number): number {
  return Math.max(1, Math.round(clockHz / rate));
}
