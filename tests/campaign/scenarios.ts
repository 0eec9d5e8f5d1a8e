/** The faults of the campaign. */
import type { SimulatedOptions } from '../../host/transport/simulated.ts';
import type { LinkKind } from '../../host/transport/simulator.ts';

/** What happens beside the work: to the host, to the port, or in it. */
export type Incident = 'none' | 'host-killed' | 'port-vanishes' | 'rubbish';

export interface Scenario {
  readonly fault: string;
  readonly link: LinkKind;
  readonly options: Pick<SimulatedOptions, 'faults' | 'baudSkew'>;
  readonly incident: Incident;
  /** Share of the campaign's frames; those that wait for seconds each round have a small one. */
  readonly weight: number;
  /** Whether the short form in CI has it. */
  readonly inShort: boolean;
}

const BITS_PER_BYTE = 8;

/** Bit errors of the data of a byte. */
function bytesWith(rate: number) {
  return { bitErrors: BITS_PER_BYTE * rate };
}

type Row = readonly [
  fault: string,
  options: Scenario['options'],
  details?: Partial<Pick<Scenario, 'incident' | 'weight' | 'inShort'>>,
];

const SHORT = { inShort: true };
const RARE = { weight: 0.05 };

const ON_BYTES: readonly Row[] = [
  ['none', {}, SHORT],
  ['bit errors, 1e-6', { faults: bytesWith(1e-6) }, { weight: 8 }],
  ['bit errors, 1e-5', { faults: bytesWith(1e-5) }, { weight: 8, ...SHORT }],
  ['bit errors, 1e-4', { faults: bytesWith(1e-4) }, { weight: 4 }],
  ['bit errors, 1e-3', { faults: bytesWith(1e-3) }, RARE],
  ['bytes dropped, 1e-4', { faults: { drop: 1e-4 } }, { weight: 8, ...SHORT }],
  ['bytes duplicated, 1e-4', { faults: { duplicate: 1e-4 } }, { weight: 8, ...SHORT }],
  ['bursts reordered, 1e-4', { faults: { swap: 1e-4 } }, { weight: 8, ...SHORT }],
  ['frames truncated, 1e-4', { faults: { truncate: 1e-4 } }, { weight: 8, ...SHORT }],
  ['noise on the idle line', { faults: { noise: 0.5 } }, { weight: 2 }],
  ['device reset, at any moment', { faults: { resetEvery: 23_011 } }, { weight: 2, ...SHORT }],
  ['device stalls for 3 s', { faults: { stallEvery: 10_007, stall: 3000 } }, RARE],
  ['device stalls for 12 s', { faults: { stallEvery: 10_007, stall: 12_000 } }, RARE],
  ['host killed and restarted', {}, { incident: 'host-killed', ...RARE }],
  ['port vanishes and comes back', {}, { incident: 'port-vanishes', ...RARE, ...SHORT }],
  ['another program writes rubbish', {}, { incident: 'rubbish', weight: 2, ...SHORT }],
];

const ON_PINS: readonly Row[] = [
  ['none', {}],
  ['bit errors, 1e-6', { faults: { lineErrors: 1e-6 } }],
  ['bit errors, 1e-5', { faults: { lineErrors: 1e-5 } }, SHORT],
  ['bit errors, 1e-4', { faults: { lineErrors: 1e-4 } }],
  ['bit errors, 1e-3', { faults: { lineErrors: 1e-3 } }, RARE],
  ['bytes dropped, 1e-4', { faults: { drop: 1e-4 } }],
  ['bytes duplicated, 1e-4', { faults: { duplicate: 1e-4 } }],
  ['bursts reordered, 1e-4', { faults: { swap: 1e-4 } }],
  ['frames truncated, 1e-4', { faults: { truncate: 1e-4 } }],
  ['breaks, 1e-6 a bit', { faults: { breaks: 1e-6 } }, RARE],
  ['noise on the idle line', { faults: { noise: 0.5 } }],
  ['clock 3 % slow', { baudSkew: -3 }],
  ['clock 3 % fast', { baudSkew: 3 }],
  ['clock 2 % fast, jitter 10 %', { baudSkew: 2, faults: { jitter: 10 } }],
  ['jitter 25 %', { faults: { jitter: 25 } }],
  ['device reset, at any moment', { faults: { resetEvery: 23_011 } }, { weight: 0.2 }],
  ['device stalls for 3 s', { faults: { stallEvery: 10_007, stall: 3000 } }, RARE],
  ['host killed and restarted', {}, { incident: 'host-killed', ...RARE }],
  ['port vanishes and comes back', {}, { incident: 'port-vanishes', ...RARE }],
  ['another program writes rubbish', {}, { incident: 'rubbish' }],
];

export const SCENARIOS: readonly Scenario[] = [
  ...ON_BYTES.map((row) => scenario('bytes', row)),
  // Bits take ten times as long to simulate.
  ...ON_PINS.map((row) => scenario('pins', row)).map((one) => ({ ...one, weight: one.weight / 3 })),
];

function scenario(link: LinkKind, [fault, options, details]: Row): Scenario {
  return { fault, link, options, incident: 'none', weight: 1, inShort: false, ...details };
}
