/** What can be asked of a running historyExport. */
import { defineQuery } from '@temporalio/workflow';
import type { ExportProgress } from '../domain/history-export';

export const exportProgress = defineQuery<ExportProgress>('exportProgress');
