/** The CRC-32 of the contract: host and device must hold the same one. */
import { crc32 } from 'node:zlib';
import * as formats from './formats.ts';
import * as protocol from './protocol.ts';

/** Host-only facts, which a device cannot disagree about. */
const { TIMEOUTS: _timeouts, ...wire } = protocol;

/** By name: the order of a module's exports is that of its loader. */
const facts = Object.entries({ ...wire, ...formats }).sort(([a], [b]) => (a < b ? -1 : 1));

/** CRC-32 over the JSON of everything both sides must agree on; `about` texts excluded. */
export const CONTRACT_CRC: number = crc32(
  JSON.stringify(facts, (key, value) => (key === 'about' ? undefined : value)),
);
