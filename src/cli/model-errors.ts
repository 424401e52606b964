/** What the model rooms refuse, as a command's failure with its exit code. */
import { ModelFolderError } from '../learning/model-folder';
import { ModelRunError, type ModelRunErrorCode } from '../learning/model-run-error';
import { RecordedDataError } from '../market-data/recorded-market';
import { ModelRegistryError, type ModelRegistryErrorCode } from '../storage/model-registry';
import { ReviewLogError, type ReviewLogErrorCode } from '../storage/review-log';
import { CliError, type CliErrorCode } from './cli-error';

const CODE_OF: Readonly<
  Partial<Record<ModelRunErrorCode | ModelRegistryErrorCode | ReviewLogErrorCode, CliErrorCode>>
> = {
  RUN_NOT_FOUND: 'NOT_FOUND',
  RUN_ID_INVALID: 'USAGE',
  REVIEWER_MISSING: 'USAGE',
  MANIFEST_INVALID: 'DATA',
  FILE_MISSING: 'DATA',
  FILE_DAMAGED: 'DATA',
  STAMP_DAMAGED: 'DATA',
  LOG_DAMAGED: 'DATA',
  BROUGHT_MODEL_DAMAGED: 'DATA',
  SCHEMA_MISMATCH: 'REFUSED',
  NOT_TRADED: 'REFUSED',
  RULE_REFUSED: 'REFUSED',
  NAME_TAKEN: 'REFUSED',
  NOTHING_PROMOTED: 'REFUSED',
  NOT_PROMOTED: 'REFUSED',
  PROMOTION_CONFLICT: 'REFUSED',
  ACT_REFUSED: 'REFUSED',
};

/** Rejects with a CliError for every expected failure of `work`. */
export async function told(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ModelFolderError || error instanceof RecordedDataError)
      throw new CliError('DATA', error.message, { cause: error });
    if (error instanceof ModelRunError || error instanceof ModelRegistryError || error instanceof ReviewLogError)
      throw new CliError(CODE_OF[error.code] ?? 'FAILED', error.message, { cause: error });
    throw error;
  }
}
