/** Starting an export of the broker's history, and joining one that runs. */
import type { Client, WorkflowHandle } from '@temporalio/client';
import { exportIdOf, type HistoryExportRequest } from '../domain/history-export';
import { DATA_QUEUE } from '../domain/ids';
import type { historyExport } from '../workflows/history-export';

export const historyExportWorkflowId = (request: HistoryExportRequest): string =>
  `history-export/${exportIdOf(request)}`;

/** An export of the same instruments and interval that runs is joined; one that ended goes on from what is stored. */
export const startHistoryExport = (
  client: Client,
  request: HistoryExportRequest,
): Promise<WorkflowHandle<typeof historyExport>> =>
  client.workflow.start<typeof historyExport>('historyExport', {
    workflowId: historyExportWorkflowId(request),
    taskQueue: DATA_QUEUE,
    args: [request],
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowTaskTimeout: '2s',
    staticSummary: `${request.instruments.join(', ')}: ${request.whatToShow.join(', ')} of ${request.interval}`,
  });
