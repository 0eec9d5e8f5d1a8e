/** The board of the goodput campaign. */
import type { BoardName } from '../../contract/boards.ts';

export const GOODPUT_BOARD: BoardName = 'ulx3s-25f';
/** Of all three rates a whole number of cycles. */
export const GOODPUT_CLOCK_HZ = 48_000_000;
export const HIGHEST_BAUD = 12_000_000;
