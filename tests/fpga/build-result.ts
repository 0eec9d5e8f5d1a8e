/** A result as a build of the fixture would give it, for what reads results. */
import type { BuildResult, Placement } from '../../fpga/result.ts';
import { FIXTURE } from './fixture.ts';

const placement = (seed: number, mhz: number): Placement & { cached: boolean } => ({
  seed,
  fmaxHz: mhz * 1e6,
  clocks: [],
  resources: [
    { name: 'LC', used: 4224, available: 5280 },
    { name: 'block RAM', used: 27, available: 30 },
  ],
  criticalPath: {
    ns: 25,
    logicNs: 10,
    routingNs: 15,
    steps: [{ module: 'ds_norm', instance: 'u_core.u_norm', logicNs: 10, routingNs: 15, cells: 5 }],
  },
  seconds: 20,
  cached: false,
});

export const RESULT: BuildResult = {
  kind: 'build',
  schema: 1,
  time: '2026-11-21T12:00:00.000Z',
  target: FIXTURE,
  tools: { yosys: '0.70 (YoWASP)', nextpnr: '0.11.1 (YoWASP)', packer: 'yowasp-icepack' },
  synthesis: {
    netlist: 'build/bitstreams/fixture/synthesis-0/netlist.json',
    luts: 3000,
    flipFlops: 2000,
    multipliers: 8,
    blockRams: 27,
    weightMemories: 4,
    warnings: [],
    losses: [],
    seconds: 40,
    cached: true,
  },
  timing: {
    clockHz: 36e6,
    fmaxHz: { min: 37e6, median: 38e6, max: 39e6 },
    bestSeed: 2,
    met: true,
    everySeedMet: true,
    everySeedWithMargin: false,
    placements: [placement(1, 37), placement(2, 39)],
    unrouted: [],
  },
  bitstream: {
    file: 'build/bitstreams/fixture/bitstream-0/fixture.bin',
    bytes: 104_090,
    sha256: '00',
    seconds: 0.5,
    cached: false,
  },
  area: null,
  seconds: 30,
};
