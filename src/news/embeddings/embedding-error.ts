/** What the embedding room refuses: a stable code and one sentence that says what to do. */

export type EmbeddingErrorCode =
  /** No folder, or files missing: without the model there are no similarity columns. */
  | 'MODEL_ABSENT'
  | 'MODEL_DAMAGED'
  /** A file's SHA-256 is not the one expected. */
  | 'HASH_MISMATCH'
  | 'DOWNLOAD_FAILED'
  /** It loads, and does not answer as the model it should be. */
  | 'NOT_THE_MODEL'
  | 'VECTORS_DAMAGED';

export class EmbeddingError extends Error {
  override readonly name = 'EmbeddingError';

  constructor(
    readonly code: EmbeddingErrorCode,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}
