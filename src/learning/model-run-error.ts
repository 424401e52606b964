/** What the model rooms refuse, with a stable code; the message is one sentence that says what to do. */
export type ModelRunErrorCode =
  | 'RUN_NOT_FOUND'
  | 'RUN_EXISTS'
  | 'RUN_ID_INVALID'
  | 'NAME_TAKEN'
  | 'BROUGHT_MODEL_DAMAGED'
  | 'MANIFEST_INVALID'
  | 'SCHEMA_MISMATCH'
  | 'NOT_TRADED'
  | 'RULE_REFUSED'
  | 'REVIEWER_MISSING'
  | 'NOTHING_PROMOTED'
  | 'NOT_PROMOTED'
  | 'NO_TRAINING_DATA'
  | 'TOO_FEW_ROWS'
  | 'TOO_MANY_ROWS'
  | 'ONE_CLASS_ONLY'
  | 'INPUT_NOT_FINITE';

export class ModelRunError extends Error {
  constructor(
    readonly code: ModelRunErrorCode,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(`${code}: ${message}`, options);
    this.name = 'ModelRunError';
  }
}
