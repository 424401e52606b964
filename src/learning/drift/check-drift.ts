/**
 * One drift check of one run: per instrument the last trade date's features against the training reference, and the last decisions.
 * Invariant: rows that are hardly newer than those of the check before are that check again, so that looking twice is no second check.
 */
import { HOUR_MS, MINUTE_MS } from '../../domain/exchange-time';
import type { DecisionRecord } from '../../domain/proposals';
import type { BarSeries } from '../../features/bar-series';
import type { LabelBand } from '../manifest';
import { driftDays, driftWindow } from './drift-day';
import type { TimedFeatureRows } from './drift-day';
import { DriftError } from './drift-error';
import type { DriftReference } from './drift-reference';
import { judgeDrift } from './judge-drift';
import type { DriftReport, DriftState } from './judge-drift';
import { livePerformance } from './live-performance';
import type { LivePerformance } from './live-performance';

/** A check counts as another one when its rows are at least this much newer (market time). */
export const CHECK_ADVANCE_MS = HOUR_MS / 2;

export interface CheckInput {
  readonly symbol: string;
  readonly reference: DriftReference;
  /** The last days' features, more than one trade date of them, and their bars. */
  readonly rows: TimedFeatureRows;
  readonly blocks: readonly BarSeries[];
  /** Decisions of the run on these bars. */
  readonly decisions: readonly DecisionRecord[];
  readonly label: LabelBand;
  readonly seed: number;
}

export interface InstrumentDrift {
  readonly symbol: string;
  /** Trade date of the newest row. */
  readonly tradeDate: string;
  /** Close of the newest bar, ISO, UTC. */
  readonly through: string;
  readonly features: DriftReport;
  readonly performance: LivePerformance;
}

/** A check as stored and printed. */
export interface DriftCheck {
  readonly runId: string;
  readonly source: 'recorded' | 'journal';
  /** The worst of all instruments, features and performance. */
  readonly state: DriftState;
  readonly instruments: readonly InstrumentDrift[];
  /** Instruments of the run that were not checked, and why. */
  readonly skipped: readonly { readonly symbol: string; readonly why: string }[];
}

/** Checks one instrument. `previous`: its state at the check before. Throws DriftError NOTHING_TO_CHECK, ROWS_INVALID, FEATURES_DIFFER. */
export function checkInstrument(input: CheckInput, previous: DriftState | null): InstrumentDrift {
  const { symbol, reference, rows, blocks, decisions, label, seed } = input;
  const days = driftDays(rows, reference.features);
  const newest = days.at(-1);
  if (newest === undefined) throw new DriftError('NOTHING_TO_CHECK', `There are no bars of ${symbol} to check.`);
  return {
    symbol,
    tradeDate: newest.tradeDate,
    through: new Date(rows.starts[rows.starts.length - 1] + MINUTE_MS).toISOString(),
    features: judgeDrift(reference, driftWindow(days), previous),
    performance: livePerformance(decisions, blocks, label, seed),
  };
}

/** The check that an hourly monitor would have made now, with the one an hour before it as its predecessor. Throws as checkInstrument. */
export function checkWithPredecessor(input: CheckInput): InstrumentDrift {
  const { reference, rows } = input;
  const last = rows.starts[rows.starts.length - 1] ?? 0;
  const earlier = driftWindow(driftDays(rowsUntil(rows, last - HOUR_MS), reference.features));
  return checkInstrument(input, judgeDrift(reference, earlier, null).state);
}

function rowsUntil({ starts, values, columns }: TimedFeatureRows, last: number): TimedFeatureRows {
  const kept = Array.from(starts).filter((start) => start <= last);
  return { starts: kept, values: values.subarray(0, kept.length * columns.length), columns };
}

/** Whether rows up to `through` are worth a check after the one that ended at `before` (ISO times). */
export const isAnotherCheck = (before: string, through: string): boolean =>
  Date.parse(through) - Date.parse(before) >= CHECK_ADVANCE_MS;

const WORST_FIRST: readonly DriftState[] = ['alarm', 'exceeded', 'quiet', 'not-judged'];

/** The worst state of features and performance over all instruments. */
export function worstState(instruments: readonly InstrumentDrift[]): DriftState {
  const states = new Set<DriftState>(
    instruments.flatMap(({ features, performance }) => [features.state, performance.state]),
  );
  return WORST_FIRST.find((state) => states.has(state)) ?? 'not-judged';
}

export interface DriftAlarm {
  /** As a trigger of a retraining. */
  readonly cause: 'drift' | 'performance';
  readonly why: string;
}

/** What the check alarms about, a sentence for each instrument and cause. */
export const alarmsOf = ({ instruments }: Pick<DriftCheck, 'instruments'>): readonly DriftAlarm[] =>
  instruments.flatMap(({ symbol, features, performance }) => [
    ...(features.state === 'alarm' ? [{ cause: 'drift' as const, why: `${symbol}: ${features.why}` }] : []),
    ...(performance.state === 'alarm' ? [{ cause: 'performance' as const, why: `${symbol}: ${performance.why}` }] : []),
  ]);
