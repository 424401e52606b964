/**
 * The market's regime at the close of a bar (requirement E7): trend or range by Kaufman's efficiency ratio, and the tercile of
 * volatility, both with hysteresis so that a value at a boundary does not switch back and forth. Pure; batch and stream fold one function.
 * Invariants:
 *  1. A bar counts once: one that is not later than the last changes nothing.
 *  2. No return crosses a break or a roll: the first bar after one only begins the next return.
 *  3. Nothing looks ahead: the regime after a bar depends on bars up to it.
 * Source: Kaufman 1995, "Smarter Trading" (efficiency ratio).
 */
export type Direction = 'trend' | 'range';
export type Volatility = 'low' | 'medium' | 'high';

export const DIRECTIONS: readonly Direction[] = ['trend', 'range'];
export const VOLATILITIES: readonly Volatility[] = ['low', 'medium', 'high'];

/** Returns that ratio and volatility are taken over: one label horizon. */
export const REGIME_BARS = 20;
/** A random walk's ratio over 20 bars is about 0.22 in the mean. */
export const TREND_ENTERED_AT = 0.4;
export const TREND_LEFT_BELOW = 0.3;
/** Volatilities that the tercile is a rank among: one trade date of minutes. */
export const REFERENCE_BARS = 1_380;
/** Fewer say nothing about terciles yet. */
export const REFERENCE_LEAST = 120;
/** The rank has to be this far inside a tercile before it is entered. */
export const TERCILE_MARGIN = 0.05;

export interface Regime {
  readonly direction: Direction;
  readonly volatility: Volatility;
  /** |sum of returns| / sum of |returns|, 0 … 1; 0 when nothing moved. */
  readonly efficiency: number;
  /** Share of the reference volatilities below this one, ties counted half, 0 … 1. */
  readonly volatilityRank: number;
}

/** `trend/high`: how settings name a regime. */
export type RegimeName = `${Direction}/${Volatility}`;
export const REGIME_NAMES: readonly RegimeName[] = DIRECTIONS.flatMap((direction) =>
  VOLATILITIES.map((volatility) => `${direction}/${volatility}` as const),
);
export const regimeName = ({ direction, volatility }: Regime): RegimeName => `${direction}/${volatility}`;

/** JSON-safe. */
export interface RegimeState {
  /** Start of the last bar, UTC ms. */
  readonly lastBar: number | null;
  readonly lastClose: number | null;
  /** The last REGIME_BARS log-returns, oldest first. */
  readonly returns: readonly number[];
  /** The last REFERENCE_BARS volatilities, oldest first. */
  readonly volatilities: readonly number[];
  /** Null while warming up. */
  readonly regime: Regime | null;
}

export interface RegimeBar {
  /** UTC ms. */
  readonly start: number;
  readonly close: number;
  /** False on the first bar after a break or a roll. */
  readonly continues: boolean;
}

export const NO_REGIME: RegimeState = {
  lastBar: null,
  lastClose: null,
  returns: [],
  volatilities: [],
  regime: null,
};

/** Root mean square of the returns. */
const volatilityOf = (returns: readonly number[]): number =>
  Math.sqrt(returns.reduce((sum, value) => sum + value * value, 0) / returns.length);

/** Kaufman's efficiency ratio of returns. */
export function efficiencyRatio(returns: readonly number[]): number {
  const path = returns.reduce((sum, value) => sum + Math.abs(value), 0);
  const way = Math.abs(returns.reduce((sum, value) => sum + value, 0));
  // The sum of a straight way may exceed its path by a last bit.
  return path === 0 ? 0 : Math.min(1, way / path);
}

function rankAmong(values: readonly number[], value: number): number {
  let below = 0;
  let equal = 0;
  for (const other of values) {
    if (other < value) below += 1;
    else if (other === value) equal += 1;
  }
  return (below + equal / 2) / values.length;
}

function directionOf(efficiency: number, before: Direction | null): Direction {
  return efficiency >= (before === 'trend' ? TREND_LEFT_BELOW : TREND_ENTERED_AT) ? 'trend' : 'range';
}

/** The tercile of `rank`; another than `before` only where it is TERCILE_MARGIN inside. */
function tercileOf(rank: number, before: Volatility | null): Volatility {
  const [lower, upper] = [1 / 3, 2 / 3];
  const at = (low: number, high: number): Volatility => (rank < low ? 'low' : rank < high ? 'medium' : 'high');
  switch (before) {
    case null:
      return at(lower, upper);
    case 'low':
      return at(lower + TERCILE_MARGIN, upper + TERCILE_MARGIN);
    case 'medium':
      return at(lower - TERCILE_MARGIN, upper + TERCILE_MARGIN);
    case 'high':
      return at(lower - TERCILE_MARGIN, upper - TERCILE_MARGIN);
  }
}

const appended = (values: readonly number[], value: number, most: number): readonly number[] =>
  [...values, value].slice(-most);

/** The state after one closed bar. Closes are positive prices in points. */
export function advanceRegime(state: RegimeState, { start, close, continues }: RegimeBar): RegimeState {
  if (state.lastBar !== null && start <= state.lastBar) return state;
  const moved = { ...state, lastBar: start, lastClose: close };
  if (state.lastClose === null || !continues) return moved;
  const returns = appended(state.returns, Math.log(close / state.lastClose), REGIME_BARS);
  if (returns.length < REGIME_BARS) return { ...moved, returns };
  const volatility = volatilityOf(returns);
  const volatilities = appended(state.volatilities, volatility, REFERENCE_BARS);
  if (volatilities.length < REFERENCE_LEAST) return { ...moved, returns, volatilities };
  const efficiency = efficiencyRatio(returns);
  const volatilityRank = rankAmong(volatilities, volatility);
  const regime: Regime = {
    direction: directionOf(efficiency, state.regime?.direction ?? null),
    volatility: tercileOf(volatilityRank, state.regime?.volatility ?? null),
    efficiency,
    volatilityRank,
  };
  return { ...moved, returns, volatilities, regime };
}
