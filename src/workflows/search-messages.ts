/** What can be asked of a running hyperparameterSearch. */
import { defineQuery } from '@temporalio/workflow';
import type { SearchProgress } from '../domain/hyperparameter-search';

export const searchProgress = defineQuery<SearchProgress>('searchProgress');
