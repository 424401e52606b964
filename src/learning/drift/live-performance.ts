/** What the run's decisions were worth once their label horizon was over: AUC and its bound, and Page–Hinkley on the live error. */
import { MINUTE_MS } from '../../domain/exchange-time';
import type { DecisionRecord } from '../../domain/proposals';
import type { BarSeries } from '../../features/bar-series';
import { recordedProbabilities } from '../decider';
import { CLASS_NAMES, labelRows, UNLABELLED } from '../labels';
import type { LabelBand } from '../manifest';
import { observeError, PAGE_HINKLEY_START } from './page-hinkley';
import { judgePerformance } from './performance-drift';
import type { PerformanceReport, ResolvedDecisions } from './performance-drift';

/** The latest decisions judged: about two trade dates of every minute. */
export const LAST_DECISIONS = 2_000;
const CLASSES = CLASS_NAMES.length;

export interface LivePerformance extends PerformanceReport {
  /** Decisions of the run that were read, resolved or not. */
  readonly decisions: number;
  /** Mean of 1 − p(what happened) over the resolved decisions; null without any. */
  readonly meanError: number | null;
  /** ISO time of the last decision after which Page–Hinkley found the error's mean risen; null when it never did. */
  readonly errorRoseAt: string | null;
}

/**
 * Decisions of one instrument whose label is known, by the labels that models learn from; the last LAST_DECISIONS. `blocks`: the
 * bars, with the quotes that were decided on.
 */
export function resolvedDecisions(
  records: readonly DecisionRecord[],
  blocks: readonly BarSeries[],
  band: LabelBand,
): ResolvedDecisions {
  const labelAt = new Map<number, number>();
  for (const block of blocks)
    labelRows(block, band).forEach((label, row) => labelAt.set(block.start[row] + MINUTE_MS, label));
  const resolved = [...records]
    .sort((a, b) => a.barClose - b.barClose)
    .flatMap((record) => {
      const probabilities = recordedProbabilities(record);
      const label = labelAt.get(record.barClose) ?? UNLABELLED;
      return probabilities === null || label === UNLABELLED ? [] : [{ probabilities, label, time: record.barClose }];
    })
    .slice(-LAST_DECISIONS);
  return {
    probabilities: Float64Array.from(resolved.flatMap(({ probabilities }) => probabilities)),
    y: Uint8Array.from(resolved, ({ label }) => label),
    classes: CLASSES,
    times: resolved.map(({ time }) => time),
  };
}

/** `seed` drives the bootstrap of the AUC's bound. */
export function livePerformance(
  records: readonly DecisionRecord[],
  blocks: readonly BarSeries[],
  band: LabelBand,
  seed: number,
): LivePerformance {
  const resolved = resolvedDecisions(records, blocks, band);
  const { probabilities, y, times } = resolved;
  const errors = Array.from(y, (label, row) => 1 - probabilities[row * CLASSES + label]);
  let state = PAGE_HINKLEY_START;
  let errorRoseAt: string | null = null;
  errors.forEach((error, row) => {
    state = observeError(state, error);
    if (state.detected) errorRoseAt = new Date(times[row]).toISOString();
  });
  const meanError = errors.length === 0 ? null : errors.reduce((sum, error) => sum + error, 0) / errors.length;
  return { ...judgePerformance(resolved, seed), decisions: records.length, meanError, errorRoseAt };
}
