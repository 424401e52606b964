/**
 * The broker's history into the bar store (requirement A5): one series after the other, because IB's pacing counts them all together, each
 * in chunks of 30 days. How far a series is, the store knows: an activity that died begins after the last bar it stored.
 */
import { continueAsNew, proxyActivities, setCurrentDetails, setHandler, workflowInfo } from '@temporalio/workflow';
import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import { DATA_QUEUE } from '../domain/ids';
import { chunksOf, NOTHING_EXPORTED } from '../domain/history-export';
import type {
  ExportPlan,
  ExportProgress,
  HistoryExportActivities,
  HistoryExportRequest,
  SeriesProgress,
} from '../domain/history-export';
import { exportProgress } from './history-export-messages';

const retry = { initialInterval: '1 s', maximumInterval: '1 minute' } as const;
const { planExport } = proxyActivities<HistoryExportActivities>({
  taskQueue: DATA_QUEUE,
  startToCloseTimeout: '2 minutes',
  retry,
});
// A worker that dies is noticed by its heartbeat. A chunk of a month of minutes is some ten questions, and IB may let one pass in ten minutes.
const { exportChunk } = proxyActivities<HistoryExportActivities>({
  taskQueue: DATA_QUEUE,
  startToCloseTimeout: '6 hours',
  heartbeatTimeout: '5 s',
  retry,
});

/** Carried over to the next run. */
interface Begun {
  readonly plan: ExportPlan;
  readonly series: readonly SeriesProgress[];
}

export async function historyExport(request: HistoryExportRequest, begun?: Begun): Promise<ExportProgress> {
  let progress: ExportProgress = NOTHING_EXPORTED;
  setHandler(exportProgress, () => progress);
  const plan = begun?.plan ?? (await planExport(request));
  const chunks = chunksOf(plan);
  const series: SeriesProgress[] = [...(begun?.series ?? plan.series.map((one) => notBegun(one, chunks.length)))];
  const tell = (phase: ExportProgress['phase']): void => {
    progress = { phase, series: [...series] };
    setCurrentDetails(series.map(detailOf).join('\n'));
  };
  tell('exporting');
  for (const index of series.keys()) {
    while (series[index].failed === null && series[index].chunksDone < chunks.length) {
      const chunk = chunks[series[index].chunksDone];
      series[index] = await exported(series[index], () => exportChunk({ series: plan.series[index], ...chunk }));
      tell('exporting');
      if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof historyExport>(request, { plan, series });
    }
  }
  tell('done');
  if (series.length > 0 && series.every(({ failed }) => failed !== null))
    throw ApplicationFailure.nonRetryable(series.map((one) => one.failed).join(' '), 'NOTHING_EXPORTED');
  return progress;
}

const notBegun = (
  { contract, whatToShow }: Pick<SeriesProgress, 'contract' | 'whatToShow'>,
  chunks: number,
): SeriesProgress => ({ contract, whatToShow, chunks, chunksDone: 0, added: 0, rejected: 0, failed: null });

/** One more chunk; what the broker refuses for good ends this series and no other. */
async function exported(
  before: SeriesProgress,
  chunk: () => ReturnType<HistoryExportActivities['exportChunk']>,
): Promise<SeriesProgress> {
  try {
    const { added, rejected } = await chunk();
    return {
      ...before,
      chunksDone: before.chunksDone + 1,
      added: before.added + added,
      rejected: before.rejected + rejected,
    };
  } catch (error) {
    // Anything else is a bug or a cancellation and ends the run.
    if (!(error instanceof ActivityFailure) || !(error.cause instanceof ApplicationFailure)) throw error;
    return { ...before, failed: error.cause.message };
  }
}

const detailOf = ({ contract, whatToShow, chunks, chunksDone, added, failed }: SeriesProgress): string =>
  `${contract} ${whatToShow}: ${failed ?? `${chunksDone} of ${chunks} chunks, ${added} bars`}`;
