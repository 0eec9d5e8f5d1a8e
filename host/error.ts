/** The one error of the product: what went wrong and the next command to type. */

/** Every way deltascope can refuse; `docs/errors.md` lists the same codes. */
export const ERROR_CODES = [
  'port-not-found',
  'port-busy',
  'permission-denied',
  'port-failed',
  'board-not-found',
  'several-boards',
  'board-in-use',
  'wrong-board',
  'no-bitstream',
  'programmer-missing',
  'flash-failed',
  'not-a-deltascope-device',
  'contract-mismatch',
  'device-timeout',
  'device-reset',
  'device-refused',
  'simulator-build-failed',
  'simulator-died',
  'tool-missing',
  'build-failed',
  'lost-logic',
  'timing-not-met',
  'cache-not-writable',
  'unknown-board',
  'bad-dataset',
  'bad-weights',
  'bad-result',
  'incomplete-answers',
  'bad-layers',
  'network-too-big',
  'no-activation',
  'no-training',
  'bad-checkpoint',
  'bad-option',
  'output-not-writable',
  'wrong-result',
  'regression',
  'selftest-failed',
  'interrupted',
  'internal',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

export interface DeltascopeErrorDetails {
  /** The next command to type, or what to change. */
  hint?: string;
  cause?: unknown;
}

/** `message` names the cause in one sentence, as in `Cannot open "/dev/ttyUSB1": permission denied`. */
export class DeltascopeError extends Error {
  override readonly name = 'DeltascopeError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, details: DeltascopeErrorDetails = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.hint = details.hint;
  }
}
