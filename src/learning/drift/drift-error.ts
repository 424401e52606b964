/** What the drift room refuses, with a stable code; the message is one sentence that says what to do. */
export type DriftErrorCode =
  | 'REFERENCE_MISSING'
  | 'REFERENCE_INVALID'
  | 'ROWS_INVALID'
  | 'FEATURES_DIFFER'
  /** No run to compare with, or no rows to compare. */
  | 'NOTHING_TO_CHECK';

export class DriftError extends Error {
  constructor(
    readonly code: DriftErrorCode,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(`${code}: ${message}`, options);
    this.name = 'DriftError';
  }
}
