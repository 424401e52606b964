/**
 * From the models' opinions to a proposal, or to the reason why there is none. Pure: the live feed, the replay of an audit log and a back-test
 * call this one function with what they know at the close of a bar.
 * Invariants: 1. risk limits are the session's, strategy rules (hours, hold, cooldown) are decided here; 2. an exit is never held
 * back by an entry rule, a regime or a veto; 3. the same inputs give the same decision, bit for bit.
 */
import type { Quote } from './bars';
import { isTwoSided } from './bars';
import { inRegularHours, minutesToRegularClose } from './calendar';
import type { FutureContract } from './contracts';
import { judgeEnsemble, missedValidator } from './decision-ensemble';
import type { EnsembleOpinion, EnsembleRecord } from './decision-ensemble';
import { MINUTE_MS } from './exchange-time';
import type { Instrument } from './instruments';
import { roundToTick } from './instruments';
import type { DecisionContext, EntryProposal, ExitProposal, Proposal, Side } from './proposals';
import { regimeName } from './regime';
import type { Sizing } from './sizing';
import { entrySize } from './sizing';
import type { Signal } from './vote';

/** Strategy rules of requirement F3; bars are one minute. */
export interface DecisionRules {
  readonly minimumHoldBars: number;
  readonly cooldownBars: number;
  readonly regularHoursOnly: boolean;
  readonly flattenMinutesBeforeClose: number | null;
  readonly sizing: Sizing;
  /** Stop and target distance in multiples of ATR(14), at least `minimumTicks`. */
  readonly stopAtr: number;
  readonly targetAtr: number;
  readonly minimumTicks: number;
  readonly orderType: 'market' | 'limit';
  readonly timeToLiveBars: number;
}

interface DecidedBar {
  readonly decisionId: string;
  readonly instrument: Instrument;
  readonly contract: FutureContract;
  /** End of the decided bar, UTC ms. */
  readonly barClose: number;
  readonly quote: Quote | null;
  /** ATR(14) in price points, null while warming up. */
  readonly atr: number | null;
  readonly context: DecisionContext;
  readonly rules: DecisionRules;
}

/** A bar to decide on, with the signal of whoever votes elsewhere, or with the models' opinions, which become one here. */
export type DecisionInput = DecidedBar & ({ readonly signal: Signal } | { readonly ensemble: EnsembleOpinion });

export type Decision = (
  | { readonly action: 'none'; readonly reason: string }
  | { readonly action: 'enter' | 'exit'; readonly reason: string; readonly proposal: Proposal }
) & {
  /** How opinions became the signal; left out where the signal was given. */
  readonly ensemble?: EnsembleRecord;
};

/** A bar with its signal. */
interface Signalled extends DecidedBar {
  readonly signal: Signal;
  readonly judged: EnsembleRecord | null;
}

const none = (reason: string): Decision => ({ action: 'none', reason });

/** A decision that was made from opinions. */
export type EnsembleDecision = Decision & { readonly ensemble: EnsembleRecord };

/** The decision at the close of one bar of one instrument. Throws RangeError for a voting weight that is negative or not finite. */
export function decide(input: DecidedBar & { readonly ensemble: EnsembleOpinion }): EnsembleDecision;
export function decide(input: DecisionInput): Decision;
export function decide(input: DecisionInput): Decision {
  if ('signal' in input) return decideSignal({ ...input, judged: null });
  const judged = judgeEnsemble(input.ensemble);
  return { ensemble: judged, ...decideSignal({ ...input, signal: judged.signal, judged }) };
}

function decideSignal(input: Signalled): Decision {
  const { context } = input;
  if (context.exitPending) return none('an exit is under way');
  if (context.entryPending) return none('an entry is under way');
  return context.position === 0 ? decideEntry(input) : decideExit(input);
}

function decideExit(input: Signalled): Decision {
  const { context, signal, rules, barClose } = input;
  const closeReason = endOfHours(input);
  if (closeReason !== null) return exit(input, closeReason);

  const against = context.position > 0 ? signal === 'sell' : signal === 'buy';
  if (!against) return none(signal === 'hold' ? 'holding' : 'vote agrees with the position');
  const held = context.enteredAt === null ? Infinity : (barClose - context.enteredAt) / MINUTE_MS;
  if (held < rules.minimumHoldBars)
    return none(`opposite vote inside the minimum hold of ${rules.minimumHoldBars} bars`);
  return exit(input, 'opposite vote');
}

/** Why a position must not be held past this bar, or null. */
function endOfHours({ rules, barClose, instrument }: DecidedBar): string | null {
  if (rules.flattenMinutesBeforeClose === null) return null;
  const left = minutesToRegularClose(barClose, instrument);
  if (left === null || !inRegularHours(barClose, instrument)) return 'outside regular hours';
  return left <= rules.flattenMinutesBeforeClose ? `${left} minutes before the regular close` : null;
}

function exit({ decisionId, instrument, contract }: DecidedBar, reason: string): Decision {
  const proposal: ExitProposal = { kind: 'exit', decisionId, symbol: instrument.symbol, contract, reason };
  return { action: 'exit', reason, proposal };
}

function decideEntry(input: Signalled): Decision {
  const { signal, quote, atr, instrument, rules, judged } = input;
  if (signal === 'hold') return none('vote is hold');
  const closed = entryWindowClosed(input);
  if (closed !== null) return none(closed);
  if (!isTwoSided(quote)) return none('no two-sided quote');
  if (atr === null || !(atr > 0)) return none('no volatility estimate yet');
  const usual = entrySize(rules.sizing, atr, instrument);
  if (usual < 1) return none('volatility target allows less than one contract');
  const quantity = judged === null ? usual : Math.floor(usual * sizeShareOf(judged));
  const stopped = judged === null ? null : entryStopped(judged, quantity);
  if (stopped !== null) return stopped;
  return {
    action: 'enter',
    reason: `vote ${signal}`,
    proposal: entry(input, signal, quantity, atr, quote.bid, quote.ask),
  };
}

function sizeShareOf({ given: { regime, rules } }: EnsembleRecord): number {
  return (regime && rules.regimes.sizeShare[regime.volatility]) ?? 1;
}

/** What the regime or the validator holds against an entry that every other rule allows; asked last, so that what they stop is counted. */
function entryStopped(judged: EnsembleRecord, quantity: number): Decision | null {
  const { given, validator } = judged;
  const stop = (stoppedBy: 'regime' | 'validator' | 'validator-absent', reason: string): Decision => ({
    ...none(reason),
    ensemble: { ...judged, stoppedBy },
  });
  const name = given.regime && regimeName(given.regime);
  if (name !== null && given.rules.regimes.suppressEntries.includes(name))
    return stop('regime', `no entries in ${name}`);
  if (quantity < 1) return stop('regime', `${name} allows less than one contract`);
  const missed = missedValidator(given);
  if (missed !== null) return stop('validator-absent', `the validator does not answer: ${missed}`);
  if (validator.verdict !== 'vetoed') return null;
  const { probability, breakEven } = validator;
  const said = `validator vetoes ${judged.signal}: profitable with ${probability.toFixed(2)}, ${breakEven.toFixed(2)} needed`;
  return stop('validator', said);
}

/** Why no entry may begin at this bar, or null. A position needs its minimum hold before the end-of-day exit. */
function entryWindowClosed({ barClose, instrument, rules, context }: DecidedBar): string | null {
  if (rules.regularHoursOnly && !inRegularHours(barClose, instrument)) return 'outside regular hours';
  if (rules.flattenMinutesBeforeClose !== null) {
    const left = minutesToRegularClose(barClose, instrument);
    const needed = rules.flattenMinutesBeforeClose + rules.minimumHoldBars;
    if (left !== null && left > 0 && left <= needed) return `less than ${needed} minutes before the regular close`;
  }
  if (context.lastStopAt !== null && (barClose - context.lastStopAt) / MINUTE_MS < rules.cooldownBars) {
    return `cooldown of ${rules.cooldownBars} bars after a stop`;
  }
  return null;
}

function entry(input: DecidedBar, side: Side, quantity: number, atr: number, bid: number, ask: number): EntryProposal {
  const { instrument, rules, contract, decisionId, barClose } = input;
  const direction = side === 'buy' ? 1 : -1;
  const mid = (bid + ask) / 2;
  const floor = rules.minimumTicks * instrument.tickSize;
  const stopDistance = Math.max(rules.stopAtr * atr, floor);
  const targetDistance = Math.max(rules.targetAtr * atr, floor);
  return {
    kind: 'enter',
    decisionId,
    symbol: instrument.symbol,
    contract,
    side,
    quantity,
    orderType: rules.orderType,
    limitPrice: rules.orderType === 'limit' ? (side === 'buy' ? ask : bid) : null,
    stopPrice: roundToTick(mid - direction * stopDistance, instrument),
    targetPrice: roundToTick(mid + direction * targetDistance, instrument),
    referencePrice: mid,
    expiresAt: barClose + rules.timeToLiveBars * MINUTE_MS,
  };
}
