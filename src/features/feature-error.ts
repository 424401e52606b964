/** What the feature and schema code refuses, with a stable code; the message says what to do. */
export const FEATURE_ERROR_CODES = [
  'SCHEMA_INVALID',
  'BARS_UNSORTED',
  'BAR_INVALID',
  'BOOK_INVALID',
  'COLUMN_UNKNOWN',
] as const;
export type FeatureErrorCode = (typeof FEATURE_ERROR_CODES)[number];

export class FeatureError extends Error {
  constructor(
    readonly code: FeatureErrorCode,
    message: string,
  ) {
    super(`${code}: ${message}`);
    this.name = 'FeatureError';
  }
}
