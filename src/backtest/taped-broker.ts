/** A broker whose executions are kept with their order and costs, for the report. */
import type { BrokerEvent } from '../domain/broker-events';
import { tradeDateOf } from '../domain/calendar';
import { asFuture } from '../domain/contracts';
import { parseOrderRef } from '../domain/ids';
import type { OrderIntent } from '../domain/intents';
import type { ExecutedTrade } from './execution';
import type { ExecutionCosts, SimulatedBroker } from './simulated-broker';

export interface TapedExecution extends ExecutedTrade {
  readonly key: string;
  readonly purpose: OrderIntent['purpose'];
  readonly costs: ExecutionCosts;
}

export class TapedBroker implements SimulatedBroker {
  private readonly intents = new Map<string, OrderIntent>();
  private readonly tape: { readonly execId: string; readonly trade: Omit<TapedExecution, 'costs' | 'fee'> }[] = [];

  constructor(private readonly broker: SimulatedBroker) {}

  /** Everything executed so far, in order. */
  get executions(): readonly TapedExecution[] {
    return this.tape.map(({ execId, trade }) => {
      const costs = this.broker.costsOf(execId);
      return { ...trade, fee: costs.fee, costs };
    });
  }

  place(intent: OrderIntent): void {
    this.intents.set(intent.key, intent);
    this.broker.place(intent);
  }

  cancel(intent: OrderIntent): void {
    this.broker.cancel(intent);
  }

  advanceTo(time: number, onStep: () => void): void {
    this.broker.advanceTo(time, onStep);
  }

  takeEvents(): readonly BrokerEvent[] {
    const events = this.broker.takeEvents();
    for (const event of events) if (event.type === 'execution') this.note(event);
    return events;
  }

  positionIn(conId: number): number {
    return this.broker.positionIn(conId);
  }

  netLiquidation(): number {
    return this.broker.netLiquidation();
  }

  costsOf(execId: string): ExecutionCosts {
    return this.broker.costsOf(execId);
  }

  private note({ execution }: Extract<BrokerEvent, { type: 'execution' }>): void {
    const name = parseOrderRef(execution.orderRef);
    const intent = name === null ? undefined : this.intents.get(name.key);
    if (name === null || intent === undefined)
      throw new Error(`an execution of the unknown order ${execution.orderRef}`);
    const { execId, time, side, shares, price, conId } = execution;
    const { symbol } = asFuture(intent.contract);
    const { key, leg } = name;
    const trade = {
      key,
      leg,
      purpose: intent.purpose,
      tradeDate: tradeDateOf(time),
      time,
      symbol,
      conId,
      side,
      shares,
      price,
    };
    this.tape.push({ execId, trade });
  }
}
