export type BarStoreErrorCode =
  | 'CONTRACT_UNKNOWN'
  | 'TOO_MANY_WRITERS'
  | 'FILE_UNREADABLE'
  | 'COLUMNS_MISSING'
  | 'NO_ROWS'
  | 'NOTHING_STORED'
  | 'INTERVAL_INVALID';

/** The message is one sentence that says what to do. */
export class BarStoreError extends Error {
  override readonly name = 'BarStoreError';

  constructor(
    readonly code: BarStoreErrorCode,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}
