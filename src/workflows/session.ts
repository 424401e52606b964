/** The running session: carried state and what is in flight around it. Only reducers of domain/ make a new state. */
import { log, setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { contractName, type TradedSymbol } from '../domain/contracts';
import type { OrderIntent } from '../domain/intents';
import { freeze, ordersOf } from '../domain/session-orders';
import type { SessionState } from '../domain/session-state';
import type { PlaceOutcome } from './activity-types';
import { brokerCalls, type BrokerCalls } from './broker-calls';
import { modeAttribute, stateAttribute } from './search-attributes';

export interface Session {
  state: SessionState;
  readonly calls: BrokerCalls;
  /** Reserved intents not handed over yet, in the order of their broker ids. */
  readonly outbox: OrderIntent[];
  /** Who waits for an intent's outcome, by key. */
  readonly waiting: Map<string, (outcome: PlaceOutcome) => void>;
  /** Keys whose order workflow is being started: nobody can signal it yet. */
  readonly starting: Set<string>;
  /** Keys that an operator wants cancelled: one that still waits is never sent. */
  readonly cancelWanted: Set<string>;
  /** Symbols with a running flatten procedure in this run. */
  readonly flattening: Set<TradedSymbol>;
  /** Placements and starts of order workflows that must not be cut by continue-as-new. */
  inFlight: number;
  /** The run is about to continue as new: nothing more is sent by it. */
  leaving: boolean;
  attributes: string;
}

export const openSession = (state: SessionState): Session => ({
  state,
  calls: brokerCalls(state.account),
  outbox: [],
  waiting: new Map(),
  starting: new Set(),
  cancelWanted: new Set(),
  flattening: new Set(),
  inFlight: 0,
  leaving: false,
  attributes: '',
});

/** Takes the next state and shows it in the UI. */
export function take(session: Session, state: SessionState): void {
  session.state = state;
  setCurrentDetails(describe(state));
  const standing = standingOf(state);
  if (session.attributes === standing + state.mode) return;
  session.attributes = standing + state.mode;
  upsertSearchAttributes([
    { key: stateAttribute, value: standing },
    { key: modeAttribute, value: state.mode },
  ]);
}

const standingOf = ({ halt, pausedBy }: SessionState): string =>
  halt.phase === 'ACTIVE' && pausedBy !== null ? 'PAUSED' : halt.phase;

/**
 * Runs work beside the handlers. A failure that nobody expected must neither stop the session nor pass unseen: it freezes the symbol
 * and asks a human.
 */
export function beside(session: Session, symbol: TradedSymbol, work: Promise<void>): void {
  work.catch((error: unknown) => {
    log.error('session work failed', { symbol, error });
    const why = error instanceof Error ? error.message : String(error);
    take(session, freeze(session.state, symbol, `unexpected failure: ${why}`));
  });
}

function describe(state: SessionState): string {
  const { halt, positions, day } = state;
  const held = Object.values(positions).map(({ contract, quantity, averagePrice }) => {
    return `| ${contractName(contract)} | ${quantity} | ${averagePrice} |`;
  });
  return [
    `**${state.account}** ${standingOf(state)}${halt.cause === null ? '' : `: ${halt.cause}`} · mode ${state.mode}`,
    `trade date ${state.tradeDate ?? 'closed'} · ${ordersOf(state).length} orders · ${day.executions} executions · realized ${day.realizedPnl.toFixed(2)} · fees ${day.fees.toFixed(2)}`,
    ...(held.length === 0 ? ['flat'] : ['', '| contract | position | average |', '|---|---|---|', ...held]),
    ...Object.entries(state.frozen).map(([symbol, why]) => `\n${symbol} frozen: ${why}`),
  ].join('\n');
}
