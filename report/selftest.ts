/** The checks of a selftest, a line each. */
import type { SelftestCheck } from '../contract/result.ts';
import { percent, significant, whole, wrap } from './format.ts';
import { describeDifference } from './terminal.ts';

export function renderCheck(check: SelftestCheck): string {
  return wrap(`${check.ok ? '✓' : '✗'} ${describe(check)}`);
}

function describe(check: SelftestCheck): string {
  switch (check.name) {
    case 'link': {
      const { frames, damaged, resends, baud, bytes, latencyMs } = check;
      // Rule of three: what 95 % of the lines with a higher rate would have shown.
      const bound = damaged === 0 ? ` (below ${percent(3 / frames)} at 95 %)` : '';
      return (
        `link: ${whole(damaged)} of ${whole(frames)} echoes damaged${bound}, ${whole(resends)} sent ` +
        `again, ${whole(bytes)} bytes at ${baud / 1e6} Mbaud; one takes ` +
        `${significant(latencyMs.median)} ms, the slowest of 100 ${significant(latencyMs.p99)} ms, ` +
        'wall clock'
      );
    }
    case 'memory': {
      const { region, words, wrong } = check;
      const what = `memory: ${region}, ${whole(words)} words, all bits 0 and 1`;
      if (wrong === null) return what;
      const { address, written, read } = wrong;
      return address < 0
        ? `${what}: the check sum was wrong, but every word reads right now`
        : `${what}: word ${address} holds ${hex(read)}, not ${hex(written)}`;
    }
    case 'arithmetic': {
      const { network, layers, images, valuesCompared, firstDifference } = check;
      if (images === 0) return `arithmetic: ${network}: the device does not hold what was written`;
      const depth = `${layers.length - 1} layers`;
      const what = `arithmetic: ${network}, ${depth}, ${images} images, ${whole(valuesCompared)} values`;
      return firstDifference === null
        ? `${what} equal to golden/fixed`
        : `${what}, not all equal; first ${describeDifference(firstDifference)}`;
    }
  }
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
