/**
 * Weights of the voters by recent performance: Hedge over the last 200 resolved decisions, no weight below 0.05 (issue of the learning
 * half; requirement E3). Pure, JSON-safe; folding the same bars and votes gives the same weights, bit for bit.
 * Invariants: 1. weights sum to 1 and none is below the floor; 2. a decision counts once, when its horizon is over; 3. a model that did
 * not vote on a decision neither gains nor loses by it.
 * Sources: Freund & Schapire 1997 (Hedge, and its rate for a known number of rounds); Freund et al. 1997 (experts that sleep).
 */
import { advanceHorizon, awaitHorizon, NO_HORIZON, outcomeOf } from './decision-horizon';
import type { Horizon, HorizonBar, Resolved } from './decision-horizon';
import type { Signal, Vote } from './vote';

export const HEDGE_DECISIONS = 200;
export const HEDGE_FLOOR = 0.05;

/** How outcomes are judged: the label of the models that vote. */
export interface HedgeRule {
  readonly horizonBars: number;
  /** Half-width of the hold band, points. */
  readonly bandPoints: number;
}

/** Loss by model, 0 … 1; models that did not vote are absent. */
export type Losses = Readonly<Record<string, number>>;

export interface ResolvedLosses {
  readonly decidedAt: number;
  readonly outcome: Signal;
  readonly losses: Losses;
}

export interface HedgeState {
  readonly horizon: Horizon<readonly Vote[]>;
  /** The last HEDGE_DECISIONS, oldest first. */
  readonly resolved: readonly ResolvedLosses[];
  /** Decisions whose horizon had no end to judge by. */
  readonly dropped: number;
}

export const NO_HEDGE: HedgeState = { horizon: NO_HORIZON, resolved: [], dropped: 0 };

const CLASSES: readonly Signal[] = ['sell', 'hold', 'buy'];

/** Half of the Brier score: 0 for certainty in the outcome, 1 for certainty in another; proper, so honesty pays. */
export const brierLoss = (probabilities: Vote['probabilities'], outcome: Signal): number =>
  probabilities.reduce((sum, p, c) => sum + (p - (CLASSES[c] === outcome ? 1 : 0)) ** 2, 0) / 2;

function judged({ decidedAt, from, to, item }: Resolved<readonly Vote[]>, bandPoints: number): ResolvedLosses {
  const outcome = outcomeOf(from, to, bandPoints);
  const losses = item.map(({ model, probabilities }) => [model, brierLoss(probabilities, outcome)] as const);
  return { decidedAt, outcome, losses: Object.fromEntries(losses) };
}

/** One more closed bar: decisions whose horizon it ends are resolved. */
export function advanceHedge(state: HedgeState, bar: HorizonBar, { bandPoints }: HedgeRule): HedgeState {
  const { horizon, resolved, dropped } = advanceHorizon(state.horizon, bar);
  if (horizon === state.horizon) return state;
  const all = [...state.resolved, ...resolved.map((decision) => judged(decision, bandPoints))];
  return { horizon, resolved: all.slice(-HEDGE_DECISIONS), dropped: state.dropped + dropped };
}

/** The votes on the bar that closed last, to be judged when its horizon is over; without votes there is nothing to judge. */
export function recordVotes(
  state: HedgeState,
  barClose: number,
  votes: readonly Vote[],
  { horizonBars }: HedgeRule,
): HedgeState {
  if (votes.length === 0) return state;
  const horizon = awaitHorizon(state.horizon, barClose, horizonBars, votes);
  return horizon === state.horizon ? state : { ...state, horizon };
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Sum of a model's losses; where it did not vote it is charged the mean of those who did. */
function totalLoss(model: string, resolved: readonly ResolvedLosses[]): number {
  return resolved.reduce((sum, { losses }) => sum + (losses[model] ?? meanOf(Object.values(losses))), 0);
}

/**
 * The weight of each of `models` by name, summing to 1; equal ones before anything is resolved. With more models than the floor leaves
 * room for (20) all weights are equal. The order of `models` changes nothing.
 */
export function hedgeWeights({ resolved }: HedgeState, models: readonly string[]): Readonly<Record<string, number>> {
  const names = [...new Set(models)].sort();
  const floor = Math.min(HEDGE_FLOOR, 1 / names.length);
  const rate = Math.sqrt((8 * Math.log(names.length)) / HEDGE_DECISIONS);
  const totals = names.map((model) => totalLoss(model, resolved));
  const least = Math.min(...totals);
  const powers = totals.map((total) => Math.exp(-rate * (total - least)));
  const sum = powers.reduce((a, b) => a + b, 0);
  const free = 1 - floor * names.length;
  return Object.fromEntries(names.map((name, i) => [name, floor + (free * powers[i]) / sum]));
}
