/** Starting a hyperparameter search, and joining one that runs: its id is the search's. */
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { SearchRequest } from '../domain/hyperparameter-search';
import { LEARNING_QUEUE } from '../domain/ids';
import type { hyperparameterSearch } from '../workflows/hyperparameter-search';

export const searchWorkflowId = (searchId: string): string => `search/${searchId}`;

/** A running search of that id is joined; one that ended goes on from its stored trials. */
export function startSearch(
  client: Client,
  request: SearchRequest,
): Promise<WorkflowHandle<typeof hyperparameterSearch>> {
  return client.workflow.start<typeof hyperparameterSearch>('hyperparameterSearch', {
    workflowId: searchWorkflowId(request.searchId),
    taskQueue: LEARNING_QUEUE,
    args: [request],
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowTaskTimeout: '2s',
    staticSummary: `${request.symbol} ${request.family}, ${request.trials} trials`,
  });
}
