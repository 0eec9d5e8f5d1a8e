/** Which boards' netlists are simulated: the two of CI, or those the environment names. */
import { BOARDS, type BoardName } from '../../contract/boards.ts';
import { findBoard } from '../../host/nearest.ts';

/** One of each family, the cheapest. */
const CI: readonly BoardName[] = ['icebreaker', 'ulx3s-25f'];

const named = process.env['DELTASCOPE_GATE_BOARDS'] ?? '';

/** `npm run gatesim`: also what takes too long for every commit. */
export const CAMPAIGN = named === 'all';

export const GATE_BOARDS: readonly BoardName[] =
  named === ''
    ? CI
    : named === 'all'
      ? (Object.keys(BOARDS) as BoardName[])
      : named.split(',').map(findBoard);
