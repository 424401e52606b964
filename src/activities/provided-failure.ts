/** What a provider or the store refused, as a workflow hears it. */
import { ApplicationFailure } from '@temporalio/common';
import { ProviderError } from '../http/provider-error';
import { isStoreError } from '../storage/object-store';

/** Errors under the code of their room; only a store that is away is worth another attempt. */
export function providedFailure(error: unknown): unknown {
  const passing =
    isStoreError(error, 'UNREACHABLE') || isStoreError(error, 'NO_SPACE') || isStoreError(error, 'FAILED');
  if (!(error instanceof ProviderError) && !isStoreError(error)) return error;
  return ApplicationFailure.create({ message: error.message, type: error.code, nonRetryable: !passing, cause: error });
}
