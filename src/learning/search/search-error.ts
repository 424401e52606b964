/** Why a search cannot begin or go on; the sentence says what to do. */
export type SearchErrorCode =
  'PARAMETERS_INVALID' | 'SEARCH_UNKNOWN' | 'SEARCH_DAMAGED' | 'NOTHING_TO_SEARCH' | 'TRIAL_FAILED';

export class SearchError extends Error {
  constructor(
    readonly code: SearchErrorCode,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(`${code}: ${message}`, options);
    this.name = 'SearchError';
  }
}
