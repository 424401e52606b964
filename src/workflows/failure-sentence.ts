/** What an activity said when it failed. */
import { ActivityFailure, ApplicationFailure } from '@temporalio/common';

/** The activity's own sentence; what is no failure of an activity is a bug or a cancellation and ends the run. */
export function failureSentence(error: unknown): string {
  if (!(error instanceof ActivityFailure) || !(error.cause instanceof ApplicationFailure)) throw error;
  return error.cause.message;
}
