/**
 * The broker of a back-test: takes intents, moves through recorded time, and says what a broker says. Synchronous: whatever a call caused
 * waits in `takeEvents` when it returns. Times are market time, UTC ms; money is dollars.
 */
import type { BrokerEvent } from '../domain/broker-events';
import type { OrderIntent } from '../domain/intents';

/** What an execution cost against the price that was seen when it was decided (a market order) or asked for (a stop, a limit). */
export interface ExecutionCosts {
  readonly fee: number;
  /** Half of the bid-ask spread. */
  readonly spread: number;
  /** What the price moved against the order between its reference and its fill; negative when it moved in its favour. */
  readonly slippage: number;
  /** What the order itself moved the price. */
  readonly impact: number;
}

export interface SimulatedBroker {
  /** Hands an intent over: entry and, for a bracket, its resting legs. */
  place(intent: OrderIntent): void;
  /** Cancels whatever is live of an intent. */
  cancel(intent: OrderIntent): void;
  /** Moves the clock; everything on the way happens. Never past an instant at which something may have happened to an order. */
  advanceTo(time: number, onStep: () => void): void;
  /** What was said since the last call, in order. */
  takeEvents(): readonly BrokerEvent[];
  /** Signed contracts held. */
  positionIn(conId: number): number;
  netLiquidation(): number;
  /** Costs of an execution that was told. */
  costsOf(execId: string): ExecutionCosts;
}

export const NO_COSTS: ExecutionCosts = { fee: 0, spread: 0, slippage: 0, impact: 0 };

export const addCosts = (a: ExecutionCosts, b: ExecutionCosts): ExecutionCosts => ({
  fee: a.fee + b.fee,
  spread: a.spread + b.spread,
  slippage: a.slippage + b.slippage,
  impact: a.impact + b.impact,
});

export const totalCosts = ({ fee, spread, slippage, impact }: ExecutionCosts): number =>
  fee + spread + slippage + impact;
