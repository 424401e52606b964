/** Why a training run cannot begin or go on; the sentence says what to do. */
export type TrainingErrorCode =
  'SET_MISSING' | 'SET_DAMAGED' | 'PART_DAMAGED' | 'NOTHING_TO_TRAIN' | 'FIT_FAILED' | 'RUN_ID_TAKEN';

export class TrainingError extends Error {
  constructor(
    readonly code: TrainingErrorCode,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(`${code}: ${message}`, options);
    this.name = 'TrainingError';
  }
}
