/** Everything the terminal shows, and how events change it. Pure: the view is a function of this state. */
import type { FutureSymbol } from '../../domain/instruments';
import type { LimitsConfig } from '../../config/config';
import { DEFAULT_CONFIG } from '../../config/config';
import type { DecisionRecord, ProposalAnswer } from '../../domain/proposals';
import { refusalText } from '../../domain/refusals';
import type { FeedBar } from '../../domain/process-messages';
import type { SessionSnapshot } from '../../domain/session-snapshot';
import type { ProcessName, ProcessStatus } from './supervised-process';

export interface Notice {
  /** Wall clock, ms: a notice is about processes as often as about the market. */
  readonly at: number;
  readonly kind: 'info' | 'warning' | 'alert';
  readonly text: string;
}

export interface ViewState {
  readonly title: string;
  readonly phase: string;
  readonly instruments: readonly FutureSymbol[];
  readonly limits: LimitsConfig;
  readonly tradeDate: string | null;
  readonly dayNumber: number;
  readonly dayCount: number;
  /** UTC ms, null before the first day. */
  readonly marketTime: number | null;
  readonly minute: number;
  readonly minuteCount: number;
  readonly modelRun: string | null;
  readonly bars: Readonly<Partial<Record<string, FeedBar>>>;
  /** Newest first. */
  readonly decisions: readonly DecisionRecord[];
  readonly snapshot: SessionSnapshot | null;
  readonly processes: Readonly<Partial<Record<ProcessName, ProcessStatus>>>;
  /** Newest last. */
  readonly notices: readonly Notice[];
  readonly uiAddress: string | null;
  readonly simulated: readonly string[];
}

const KEPT_DECISIONS = 12;
const KEPT_NOTICES = 20;

export function initialView(
  title: string,
  instruments: readonly FutureSymbol[],
  dayCount: number,
  limits: LimitsConfig = DEFAULT_CONFIG.limits,
): ViewState {
  return {
    title,
    phase: 'starting',
    instruments,
    limits,
    tradeDate: null,
    dayNumber: 0,
    dayCount,
    marketTime: null,
    minute: 0,
    minuteCount: 0,
    modelRun: null,
    bars: {},
    decisions: [],
    snapshot: null,
    processes: {},
    notices: [],
    uiAddress: null,
    simulated: [],
  };
}

export const withNotice = (state: ViewState, notice: Notice): ViewState => ({
  ...state,
  notices: [...state.notices, notice].slice(-KEPT_NOTICES),
});

/** Decisions with what the session said to those it refused, at the end of their reasons. */
export function withRefusals(
  decisions: readonly DecisionRecord[],
  answers: readonly ProposalAnswer[],
): readonly DecisionRecord[] {
  const refused = new Map(
    answers.flatMap((answer) => ('refusal' in answer ? [[answer.decisionId, refusalText(answer.refusal)]] : [])),
  );
  return decisions.map((decision) => {
    const refusal = refused.get(decision.decisionId);
    return refusal === undefined ? decision : { ...decision, reason: `${decision.reason}, refused ${refusal}` };
  });
}

/** A minute was settled: its bars and decisions become the newest. */
export function withMinute(
  state: ViewState,
  minute: {
    readonly marketTime: number;
    readonly bars: readonly FeedBar[];
    readonly decisions: readonly DecisionRecord[];
  },
): ViewState {
  const bars = { ...state.bars };
  for (const bar of minute.bars) bars[bar.symbol] = bar;
  return {
    ...state,
    bars,
    marketTime: minute.marketTime,
    minute: state.minute + 1,
    decisions: [...minute.decisions, ...state.decisions].slice(0, KEPT_DECISIONS),
  };
}

export const withProcess = (state: ViewState, status: ProcessStatus): ViewState => ({
  ...state,
  processes: { ...state.processes, [status.name]: status },
});

export const withDay = (
  state: ViewState,
  day: {
    readonly tradeDate: string;
    readonly dayNumber: number;
    readonly minuteCount: number;
    readonly minute: number;
    readonly modelRun: string | null;
  },
): ViewState => ({ ...state, ...day, decisions: [] });

/** Last prices of all instruments seen. */
export function lastPrices(state: ViewState): ReadonlyMap<string, number> {
  const prices = new Map<string, number>();
  for (const bar of Object.values(state.bars)) if (bar !== undefined) prices.set(bar.symbol, bar.close);
  return prices;
}
