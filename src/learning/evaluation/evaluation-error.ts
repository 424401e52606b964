/** What evaluation refuses, with a stable code; the message is one sentence that says what to do. */
export type EvaluationErrorCode =
  'ROWS_INVALID' | 'TOO_FEW_ROWS' | 'FOLD_ONE_CLASS' | 'PREDICTION_NOT_FINITE' | 'NO_FEATURES' | 'NO_DIRECTION';

export class EvaluationError extends Error {
  constructor(
    readonly code: EvaluationErrorCode,
    message: string,
  ) {
    super(`${code}: ${message}`);
    this.name = 'EvaluationError';
  }
}
