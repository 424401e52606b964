/**
 * The gates on the hold-out (requirement E8). A model passes on the AUC of p(buy) − p(sell), its lower 95 % bound, the Sharpe ratio of
 * daily net P&L and the number of trades; a policy (RL) on the last two. Fewer than 10 trade dates decide nothing: noise alone reaches
 * an AUC of 0.60 on two days in 7–12 % of tries.
 */
import type { Probabilities } from '../dataset';
import { directionalRows } from '../metrics';
import { bootstrapAuc, quantile } from './bootstrap-auc';

export const MIN_AUC = 0.6;
/** The lower bound must be above a coin's. */
export const MIN_AUC_BOUND = 0.5;
export const MIN_SHARPE = 0;
export const MIN_TRADES = 30;
export const MIN_TRADE_DATES = 10;
/** One-sided confidence of the bound. */
const CONFIDENCE = 0.95;
const TRADE_DATES_PER_YEAR = 252;

/** Net of all costs, one entry per trade date of the hold-out, 0 without trades. */
export interface DailyResult {
  readonly tradeDate: string;
  readonly netPnl: number;
}

export interface TradingEvidence {
  readonly daily: readonly DailyResult[];
  readonly trades: number;
}

export interface LabelledPredictions {
  readonly probabilities: Probabilities;
  readonly y: Uint8Array;
  readonly classes: number;
  /** Trade date of each row. */
  readonly tradeDates: readonly string[];
}

export type GateEvidence =
  | ({ readonly kind: 'model'; readonly predictions: LabelledPredictions } & TradingEvidence)
  | ({ readonly kind: 'policy' } & TradingEvidence);

export interface GateFigures {
  readonly tradeDates: number;
  readonly trades: number;
  /** Of daily net P&L, × √252; null for fewer than two days or days that are all alike. */
  readonly sharpe: number | null;
  /** Null for a policy, or when no row is labelled buy or none sell. */
  readonly auc: number | null;
  readonly aucLowerBound: number | null;
}

export const GATE_NAMES = ['auc', 'auc-bound', 'sharpe', 'trades'] as const;
export type GateName = (typeof GATE_NAMES)[number];

export type GateVerdict =
  | { readonly outcome: 'passed'; readonly figures: GateFigures }
  | {
      readonly outcome: 'refused';
      readonly figures: GateFigures;
      readonly failures: readonly { readonly gate: GateName; readonly why: string }[];
    }
  | {
      readonly outcome: 'insufficient';
      readonly code: 'GATE_INSUFFICIENT_DATA';
      readonly figures: GateFigures;
      readonly why: string;
    };

/** Mean over standard deviation (n − 1) of daily results × √252; null for fewer than two days or no variation. */
export function dailySharpe(results: readonly number[]): number | null {
  if (results.length < 2) return null;
  const mean = results.reduce((sum, result) => sum + result, 0) / results.length;
  const variance = results.reduce((sum, result) => sum + (result - mean) ** 2, 0) / (results.length - 1);
  return variance === 0 ? null : (mean / Math.sqrt(variance)) * Math.sqrt(TRADE_DATES_PER_YEAR);
}

function aucFigures(evidence: GateEvidence, seed: number): Pick<GateFigures, 'auc' | 'aucLowerBound'> {
  if (evidence.kind === 'policy') return { auc: null, aucLowerBound: null };
  const { probabilities, y, classes, tradeDates } = evidence.predictions;
  const { rows, scores, buys } = directionalRows(probabilities, y, classes);
  const bootstrap = bootstrapAuc({ scores, positive: buys, groups: rows.map((row) => tradeDates[row]) }, seed);
  if (bootstrap === null) return { auc: null, aucLowerBound: null };
  return { auc: bootstrap.auc, aucLowerBound: quantile(bootstrap.resampled, 1 - CONFIDENCE) };
}

/** Trade dates that the verdict rests on: those with predictions and a daily result. */
function tradeDatesOf(evidence: GateEvidence): number {
  const traded = new Set(evidence.daily.map(({ tradeDate }) => tradeDate));
  if (evidence.kind === 'policy') return traded.size;
  return [...new Set(evidence.predictions.tradeDates)].filter((date) => traded.has(date)).length;
}

const shown = (value: number | null): string => (value === null ? 'not defined' : value.toFixed(3));

function failuresOf(kind: GateEvidence['kind'], figures: GateFigures): { gate: GateName; why: string }[] {
  const { auc, aucLowerBound, sharpe, trades } = figures;
  const failures: { gate: GateName; why: string }[] = [];
  if (kind === 'model' && !(auc !== null && auc >= MIN_AUC))
    failures.push({ gate: 'auc', why: `AUC is ${shown(auc)}, ${MIN_AUC.toFixed(2)} needed` });
  if (kind === 'model' && !(aucLowerBound !== null && aucLowerBound > MIN_AUC_BOUND)) {
    const why = `the AUC's lower 95 % bound is ${shown(aucLowerBound)}, more than ${MIN_AUC_BOUND.toFixed(2)} needed`;
    failures.push({ gate: 'auc-bound', why });
  }
  if (!(sharpe !== null && sharpe >= MIN_SHARPE))
    failures.push({ gate: 'sharpe', why: `the Sharpe ratio is ${shown(sharpe)}, at least ${MIN_SHARPE} needed` });
  if (trades < MIN_TRADES) failures.push({ gate: 'trades', why: `${trades} trades, ${MIN_TRADES} needed` });
  return failures;
}

/** The verdict on evidence of the hold-out alone; `seed` drives the bootstrap. */
export function judgeGates(evidence: GateEvidence, seed: number): GateVerdict {
  const figures: GateFigures = {
    tradeDates: tradeDatesOf(evidence),
    trades: evidence.trades,
    sharpe: dailySharpe(evidence.daily.map(({ netPnl }) => netPnl)),
    ...aucFigures(evidence, seed),
  };
  const insufficient = (why: string): GateVerdict => ({
    outcome: 'insufficient',
    code: 'GATE_INSUFFICIENT_DATA',
    figures,
    why,
  });
  if (figures.tradeDates < MIN_TRADE_DATES)
    return insufficient(
      `The hold-out has ${figures.tradeDates} trade dates, ${MIN_TRADE_DATES} are needed for a verdict.`,
    );
  if (evidence.kind === 'model' && figures.auc === null)
    return insufficient('The hold-out has no rows labelled buy, or none labelled sell.');
  const failures = failuresOf(evidence.kind, figures);
  return failures.length === 0 ? { outcome: 'passed', figures } : { outcome: 'refused', figures, failures };
}
