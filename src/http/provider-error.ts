/** Errors of everything that is asked over HTTP, or read as its files: a stable code for programs, one sentence that says what to do. */

export type ProviderErrorCode =
  | 'KEY_MISSING'
  | 'UNAUTHORIZED'
  | 'PAYMENT_REQUIRED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  /** Refused by the provider, or by our own limit when the wait would be too long; `retryAfterMs` says when to come back. */
  | 'RATE_LIMITED'
  | 'SERVER_ERROR'
  | 'TIMED_OUT'
  | 'UNREACHABLE'
  | 'NOT_JSON'
  /** The body ended before its JSON did. */
  | 'TRUNCATED'
  /** JSON of another layout than documented; the sentence names the fields. */
  | 'SCHEMA'
  | 'BAD_REQUEST';

export class ProviderError extends Error {
  override readonly name = 'ProviderError';

  constructor(
    readonly code: ProviderErrorCode,
    readonly provider: string,
    message: string,
    readonly details: {
      /** HTTP status, where there was an answer. */
      readonly status?: number;
      /** Milliseconds after which another try makes sense, where that is known. */
      readonly retryAfterMs?: number;
    } = {},
  ) {
    super(message);
  }
}
