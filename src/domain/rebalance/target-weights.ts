/**
 * Target weights of the selected names: equal, or of least variance scaled down to a volatility, within position, sector and turnover
 * limits. Pure.
 * Invariants: 1. no weight below 0, none above its limit, no sector above its own; 2. the sum is at most what may be invested;
 * 3. turnover — the lesser of purchases and sales, as US funds report it (Form N-1A), so that first investing cash is none — is within its
 * limit, except for what brings the account back within the limits, which is done first and whole.
 */
import { adjustedClose, type DailyBar } from './daily-history';
import { ledoitWolf } from './ledoit-wolf';
import { commonDates } from './market-regime';
import { minimumVariance, varianceOf } from './minimum-variance';
import { RebalanceError } from './rebalance-error';
import type { RebalanceRules } from './rebalance-rules';
import { nearestWeights, type WeightLimits } from './weight-limits';

const SESSIONS_A_YEAR = 252;

/** A name that may be traded, with what the account has of it now; `selected` names get a weight, the others are sold. */
export interface WeighedName {
  readonly ticker: string;
  /** Through the day of decision. */
  readonly bars: readonly DailyBar[];
  /** Close of the day of decision, dollars. */
  readonly price: number;
  readonly selected: boolean;
  /** False: the weight may fall and not rise. */
  readonly mayGrow: boolean;
  readonly sector: string | null;
  /** Of equity. */
  readonly weightNow: number;
}

export interface TargetWeights {
  /** In the order of the names. */
  readonly weights: readonly number[];
  /** Standard deviation a year of the whole target before turnover limits it, by the shrunk covariance; null when not estimated. */
  readonly volatility: number | null;
  readonly shrinkage: number | null;
  /** Share of the way from the account's weights to the target that the turnover limit allows, 1 when it does not bind. */
  readonly wayAllowed: number;
  /** Lesser of purchases and sales, without what the limits themselves asked for. */
  readonly turnover: number;
}

/** Daily returns `[name][day]` over the last `days` sessions that all names have. Throws RebalanceError FEWER_DAYS_THAN_NAMES, NO_PRICES. */
export function alignedReturns(names: readonly WeighedName[], days: number): readonly (readonly number[])[] {
  const dates = commonDates(names, days + 1);
  return names.map(({ ticker, bars }) => {
    const closes = new Map(bars.slice(-2 * (days + 1)).map((bar) => [bar.date, adjustedClose(bar)]));
    return dates.slice(1).map((date, at) => {
      const value = (closes.get(date) ?? NaN) / (closes.get(dates[at]) ?? NaN) - 1;
      if (!Number.isFinite(value))
        throw new RebalanceError('NO_PRICES', `${ticker} has no usable price about ${date}: its risk can't be told.`);
      return value;
    });
  });
}

interface Desired {
  readonly weights: readonly number[];
  readonly volatility: number | null;
  readonly shrinkage: number | null;
}

function desiredWeights(
  selected: readonly WeighedName[],
  limits: WeightLimits,
  { weighting, holdings }: RebalanceRules,
): Desired {
  if (selected.length === 0) return { weights: [], volatility: null, shrinkage: null };
  switch (weighting.method) {
    case 'equal':
      return {
        weights: nearestWeights(
          selected.map(() => limits.sum / Math.max(holdings, selected.length)),
          limits,
        ),
        volatility: null,
        shrinkage: null,
      };
    case 'volatility-target': {
      const { covariance, shrinkage } = ledoitWolf(alignedReturns(selected, weighting.covarianceDays));
      const weights = minimumVariance(covariance, limits);
      const volatility = Math.sqrt(varianceOf(weights, covariance) * SESSIONS_A_YEAR);
      const scale = volatility > weighting.annualVolatility ? weighting.annualVolatility / volatility : 1;
      return { weights: weights.map((weight) => weight * scale), volatility: volatility * scale, shrinkage };
    }
  }
}

function turnoverBetween(from: readonly number[], to: readonly number[]): number {
  let [bought, sold] = [0, 0];
  to.forEach((weight, at) => {
    const change = weight - from[at];
    if (change > 0) bought += change;
    else sold -= change;
  });
  return Math.min(bought, sold);
}

/** `investable`: share of equity that these names may hold. `sectors` says whether sectors are known at all. */
export function targetWeights(
  names: readonly WeighedName[],
  investable: number,
  rules: RebalanceRules,
  sectors: boolean,
): TargetWeights {
  const limitsOf = (some: readonly WeighedName[]): WeightLimits => ({
    position: rules.positionLimit,
    sectors: sectors ? some.map(({ sector }) => sector) : null,
    sector: rules.sectorLimit,
    sum: Math.max(0, investable),
  });
  const selected = names.filter((name) => name.selected);
  const desired = desiredWeights(selected, limitsOf(selected), rules);
  const byTicker = new Map(selected.map(({ ticker }, at) => [ticker, desired.weights[at]]));
  const within = nearestWeights(
    names.map(({ weightNow }) => weightNow),
    limitsOf(names),
  );
  const target = names.map(({ ticker, mayGrow }, at) => {
    const weight = byTicker.get(ticker) ?? 0;
    return mayGrow ? weight : Math.min(weight, within[at]);
  });
  const whole = turnoverBetween(within, target);
  const wayAllowed = whole > rules.turnoverLimit ? rules.turnoverLimit / whole : 1;
  const weights = wayAllowed === 1 ? target : target.map((to, at) => within[at] + wayAllowed * (to - within[at]));
  return {
    weights,
    volatility: desired.volatility,
    shrinkage: desired.shrinkage,
    wayAllowed,
    turnover: Math.min(whole, rules.turnoverLimit),
  };
}
