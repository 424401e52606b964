/**
 * What a stacker and a validator see of a bar, the same live and in training: float32, in an order that the run's roles fix.
 * A voter is two columns, p(sell) and p(buy): its p(hold) is what they leave.
 */
import { advanceRegime, NO_REGIME } from '../domain/regime';
import type { Regime } from '../domain/regime';
import type { Vote } from '../domain/vote';
import type { BarSeries } from '../features/bar-series';

export type VoteProbabilities = Vote['probabilities'];

export const COLUMNS_A_VOTER = 2;
export const REGIME_INPUTS = ['efficiency', 'volatility_rank', 'is_trend', 'is_low', 'is_high'] as const;

const regimeInputs = ({ direction, volatility, efficiency, volatilityRank }: Regime): readonly number[] => [
  efficiency,
  volatilityRank,
  Number(direction === 'trend'),
  Number(volatility === 'low'),
  Number(volatility === 'high'),
];

/** A stacker's row: the votes in the order of its voters, then the regime. */
export const stackerRow = (votes: readonly VoteProbabilities[], regime: Regime): Float32Array =>
  Float32Array.from([...votes.flatMap(([sell, , buy]) => [sell, buy]), ...regimeInputs(regime)]);

/** The row, and below it one row for each voter with that voter's columns at their `baseline`. */
export function occludedRows(row: Float32Array, voters: number, baseline: readonly number[]): Float32Array {
  const rows = new Float32Array((1 + voters) * row.length);
  for (let r = 0; r <= voters; r += 1) {
    rows.set(row, r * row.length);
    const from = (r - 1) * COLUMNS_A_VOTER;
    if (r > 0) rows.set(baseline.slice(from, from + COLUMNS_A_VOTER), r * row.length + from);
  }
  return rows;
}

/** A validator's row: the model columns, the side as ±1, and the voters' mean p(sell) and p(buy). */
export function validatorRow(
  features: Float32Array,
  side: 'buy' | 'sell',
  votes: readonly VoteProbabilities[],
): Float32Array {
  const mean = (c: 0 | 2): number => votes.reduce((sum, vote) => sum + vote[c], 0) / votes.length;
  const row = new Float32Array(features.length + 3);
  row.set(features);
  row.set([side === 'buy' ? 1 : -1, mean(0), mean(2)], features.length);
  return row;
}

/** The regime at the close of each bar of a contract, null while warming up. */
export function regimesOf({ length, start, close, afterBreak }: BarSeries): readonly (Regime | null)[] {
  let state = NO_REGIME;
  return Array.from({ length }, (_item, i) => {
    state = advanceRegime(state, { start: start[i], close: close[i], continues: afterBreak[i] === 0 });
    return state.regime;
  });
}
