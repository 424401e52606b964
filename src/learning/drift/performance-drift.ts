/**
 * Performance drift of requirement E9: the AUC over the last resolved decisions is below 0.50 with at least 500 resolved labels and an
 * upper 90 % bound below 0.50. Labels of neighbouring minutes share most of their 20 bars and a live window may be one or two trade
 * dates, so the bootstrap draws whole hours (three horizons).
 */
import { HOUR_MS } from '../../domain/exchange-time';
import type { Probabilities } from '../dataset';
import { bootstrapAuc, quantile } from '../evaluation/bootstrap-auc';
import { directionalRows } from '../metrics';

export const MIN_RESOLVED_LABELS = 500;
export const AUC_FLOOR = 0.5;
const CONFIDENCE = 0.9;

/** Decisions whose label is known. */
export interface ResolvedDecisions {
  /** Rows × classes. */
  readonly probabilities: Probabilities;
  readonly y: Uint8Array;
  readonly classes: number;
  /** UTC ms of each decision. */
  readonly times: ArrayLike<number>;
}

export interface PerformanceReport {
  readonly state: 'quiet' | 'alarm' | 'not-judged';
  readonly why: string;
  readonly resolved: number;
  readonly auc: number | null;
  readonly aucUpperBound: number | null;
}

/** `seed` drives the bootstrap. */
export function judgePerformance(decisions: ResolvedDecisions, seed: number): PerformanceReport {
  const { probabilities, y, classes, times } = decisions;
  const resolved = y.length;
  const { rows, scores, buys } = directionalRows(probabilities, y, classes);
  const groups = rows.map((row) => Math.floor(times[row] / HOUR_MS));
  const bootstrap = bootstrapAuc({ scores, positive: buys, groups }, seed);
  const auc = bootstrap?.auc ?? null;
  const aucUpperBound = bootstrap === null ? null : quantile(bootstrap.resampled, CONFIDENCE);
  const figures = { resolved, auc, aucUpperBound };
  if (resolved < MIN_RESOLVED_LABELS)
    return { ...figures, state: 'not-judged', why: `${resolved} resolved labels, ${MIN_RESOLVED_LABELS} needed.` };
  if (auc === null || aucUpperBound === null)
    return { ...figures, state: 'not-judged', why: 'No resolved label is buy, or none is sell.' };
  const shown = `AUC ${auc.toFixed(3)}, upper 90 % bound ${aucUpperBound.toFixed(3)}`;
  return auc < AUC_FLOOR && aucUpperBound < AUC_FLOOR
    ? { ...figures, state: 'alarm', why: `${shown}: worse than a coin.` }
    : { ...figures, state: 'quiet', why: `${shown}.` };
}
