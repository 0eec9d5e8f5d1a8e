/** What the link says when a request gets no reply, or the wrong one. */
import { STATUS } from '../contract/protocol.ts';
import { DeltascopeError } from './error.ts';
import type { SilenceSoFar } from './patience.ts';
import { type Request, statusName } from './protocol/requests.ts';

export interface Silence extends SilenceSoFar {
  readonly label: string;
  readonly request: Request;
  readonly sequence: number;
}

/** What was asked, of whom, how long, and what arrived meanwhile. */
export function timeoutError(silence: Silence): DeltascopeError {
  const { label, request, sequence, attempts, replies, discardedBytes } = silence;
  const meanwhile =
    replies + discardedBytes === 0
      ? 'nothing arrived meanwhile'
      : `meanwhile arrived ${replies} other replies and ${discardedBytes} bytes that are none`;
  return new DeltascopeError(
    'device-timeout',
    `No reply from ${label} to ${request.about} (sequence ${sequence}) ` +
      `in ${Math.round(silence.waitedMs)} ms, asked ${attempts} times; ${meanwhile}`,
    { hint: 'reset the board (or replug it), then run the same command again' },
  );
}

/** It expects a number that no request had, or has counted fewer frames than it answered. */
export function resetError(label: string): DeltascopeError {
  return new DeltascopeError(
    'device-reset',
    `${label} was reset while it was in use: what it held is lost`,
    { hint: 'run the same command again; if it repeats, check the board’s power and its cable' },
  );
}

/** @param status code of the status, neither `ok` nor `duplicate`. */
export function refusalError(
  label: string,
  refused: { request: Request; status: number },
): DeltascopeError {
  const name = statusName(refused.status);
  const why = name === undefined ? `status ${refused.status}` : `${name} (${STATUS[name].about})`;
  return new DeltascopeError(
    'device-refused',
    `${label} refused ${refused.request.about}: ${why}`,
    { hint: 'reset the board, then run the same command again' },
  );
}
