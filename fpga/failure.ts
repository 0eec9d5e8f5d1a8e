/** Why a build stopped. The command line turns it into the product's error of the same code. */

export type BuildFailureCode =
  | 'tool-missing'
  | 'build-failed'
  | 'lost-logic'
  | 'timing-not-met'
  | 'cache-not-writable'
  | 'interrupted';

export interface BuildFailureDetails {
  /** The next command to type, or what to change. */
  readonly hint?: string;
  readonly cause?: unknown;
}

export class BuildFailure extends Error {
  override readonly name = 'BuildFailure';
  readonly code: BuildFailureCode;
  readonly hint: string | undefined;

  constructor(code: BuildFailureCode, message: string, details: BuildFailureDetails = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.hint = details.hint;
  }
}
