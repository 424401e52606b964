/**
 * Modelled fills on one-minute bars: a market order fills at the open of the next bar that trades, worse by half the spread, the slippage
 * and the impact; a stop at its price or, gapped over, at the open, with the same costs; a target when the bar goes beyond it, at its price.
 * Invariants:
 *  1. An order never trades in a bar that began before it was placed.
 *  2. Of a bar that touches stop and target, the stop is believed: inside a bar the order of prices is not known.
 *  3. Cash = start + realised price results − fees; what is open is valued at the last close.
 */
import type { BrokerEvent } from '../domain/broker-events';
import type { Bar } from '../domain/bars';
import { isTwoSided } from '../domain/bars';
import { tradeDateBounds, tradeDateOf } from '../domain/calendar';
import { MINUTE_MS } from '../domain/exchange-time';
import { orderRef, type OrderLeg } from '../domain/ids';
import { asFuture } from '../domain/contracts';
import { INSTRUMENTS, type Instrument } from '../domain/instruments';
import type { OrderIntent } from '../domain/intents';
import { applyFill, flatPosition, type Position } from '../domain/positions';
import type { Side } from '../domain/proposals';
import { firstMinuteFrom, type RecordedContract, type RecordedMarket } from '../market-data/recorded-market';
import { conIdOf } from '../paper-gateway/contract-universe';
import { feeOf, IMPACT_BARS, squareRootImpact, type CostModel } from './cost-model';
import { NO_COSTS, type ExecutionCosts, type SimulatedBroker } from './simulated-broker';

export interface ModelledBrokerOptions {
  readonly market: RecordedMarket;
  readonly cash: number;
  readonly startClock: number;
  readonly costs: CostModel;
}

/** A leg that may trade. Protective legs wait for their entry. */
interface WorkingLeg {
  readonly intent: OrderIntent;
  readonly leg: OrderLeg;
  readonly side: Side;
  readonly kind: 'market' | 'limit' | 'stop';
  /** Limit or stop price; the market order's is the price it was decided at, when known. */
  readonly price: number | null;
  readonly quantity: number;
  readonly placedAt: number;
  readonly active: boolean;
}

/** A price without its costs, and the price that slippage is measured from. */
interface Touch {
  readonly raw: number;
  readonly reference: number;
  readonly takes: boolean;
}

const OFFSET: Readonly<Record<OrderLeg, number>> = { entry: 0, stop: 1, target: 2 };

export class ModelledBroker implements SimulatedBroker {
  private clock: number;
  private cash: number;
  private legs: WorkingLeg[] = [];
  private events: BrokerEvent[] = [];
  private nextExecution = 1;
  private readonly positions = new Map<number, Position>();
  private readonly costs = new Map<string, ExecutionCosts>();
  private readonly contracts: ReadonlyMap<number, RecordedContract>;

  constructor(private readonly options: ModelledBrokerOptions) {
    this.clock = options.startClock;
    this.cash = options.cash;
    this.contracts = new Map(
      options.market.contracts.map((contract) => [conIdOf(contract.symbol, contract.deliveryMonth), contract]),
    );
  }

  place(intent: OrderIntent): void {
    const opposite: Side = intent.side === 'buy' ? 'sell' : 'buy';
    const common = { intent, quantity: intent.quantity, placedAt: this.clock } as const;
    const kind = intent.orderType;
    const price = kind === 'limit' ? intent.limitPrice : intent.referencePrice;
    this.put({ ...common, leg: 'entry', side: intent.side, kind, price, active: true });
    if (intent.bracket === null) return;
    const { stopPrice, targetPrice } = intent.bracket;
    this.put({ ...common, leg: 'stop', side: opposite, kind: 'stop', price: stopPrice, active: false });
    this.put({ ...common, leg: 'target', side: opposite, kind: 'limit', price: targetPrice, active: false });
  }

  cancel({ key }: OrderIntent): void {
    this.end(({ intent }) => intent.key === key);
  }

  advanceTo(time: number, onStep: () => void): void {
    while (this.clock < time) {
      const minute = Math.floor(this.clock / MINUTE_MS) * MINUTE_MS;
      // Without orders or positions nothing can happen on the way.
      const idle = this.legs.length === 0 && this.positions.size === 0;
      const next = idle ? time : Math.min(time, minute + MINUTE_MS);
      this.clock = next;
      if (next === minute + MINUTE_MS) this.matchMinute(minute);
      onStep();
    }
  }

  takeEvents(): readonly BrokerEvent[] {
    const { events } = this;
    this.events = [];
    return events;
  }

  positionIn(conId: number): number {
    return this.positions.get(conId)?.quantity ?? 0;
  }

  netLiquidation(): number {
    let equity = this.cash;
    for (const [conId, { quantity, averagePrice, contract }] of this.positions) {
      const last = this.barsBefore(conId, this.clock, 1).at(-1)?.close ?? averagePrice;
      equity += (last - averagePrice) * quantity * contract.multiplier;
    }
    return Math.round(equity * 100) / 100;
  }

  costsOf(execId: string): ExecutionCosts {
    return this.costs.get(execId) ?? NO_COSTS;
  }

  private put(leg: WorkingLeg): void {
    this.legs.push(leg);
    this.tell(leg, leg.active ? 'Submitted' : 'PreSubmitted');
  }

  /** Ends every leg that `which` names, with its broker's word. */
  private end(which: (leg: WorkingLeg) => boolean): void {
    const ended = this.legs.filter(which);
    this.legs = this.legs.filter((leg) => !ended.includes(leg));
    for (const leg of ended) this.tell(leg, 'Cancelled');
  }

  private tell({ intent, leg, side, kind, price, quantity }: WorkingLeg, status: string): void {
    this.events.push({
      type: 'order',
      order: {
        orderRef: orderRef(intent.key, leg),
        orderId: intent.orderIdBase + OFFSET[leg],
        permId: intent.orderIdBase + OFFSET[leg],
        conId: intent.contract.conId,
        side,
        quantity,
        orderType: kind === 'market' ? 'MKT' : kind === 'limit' ? 'LMT' : 'STP',
        lmtPrice: kind === 'limit' ? price : null,
        auxPrice: kind === 'stop' ? price : null,
        status,
        completed: false,
      },
    });
  }

  /** Entries and reductions before what protects, stops before targets. */
  private matchMinute(start: number): void {
    this.expire(start);
    for (const conId of new Set(this.legs.map(({ intent }) => intent.contract.conId))) {
      const bar = this.barAt(conId, start);
      if (bar === null) continue;
      for (const leg of ['entry', 'stop', 'target'] as const) this.matchLegs(conId, leg, bar);
    }
  }

  /** An entry lives for its trade date, and what was to protect it with it. */
  private expire(start: number): void {
    const isOver = (leg: WorkingLeg): boolean =>
      leg.leg === 'entry' && leg.kind === 'limit' && tradeDateBounds(tradeDateOf(leg.placedAt)).end <= start;
    const expired = new Set(this.legs.filter(isOver).map(({ intent }) => intent.key));
    if (expired.size > 0) this.end(({ intent }) => expired.has(intent.key));
  }

  private matchLegs(conId: number, which: OrderLeg, bar: Bar): void {
    for (const waiting of [...this.legs]) {
      const leg = this.legs.find((other) => other.intent.key === waiting.intent.key && other.leg === waiting.leg);
      if (leg === undefined || leg.leg !== which || !leg.active || leg.intent.contract.conId !== conId) continue;
      if (leg.placedAt > bar.start) continue;
      const touch = touchOf(leg, bar);
      if (touch !== null) this.fill(leg, touch, bar);
    }
  }

  private fill(leg: WorkingLeg, touch: Touch, bar: Bar): void {
    const { intent, side, quantity } = leg;
    const instrument = INSTRUMENTS[asFuture(intent.contract).symbol];
    const per = this.costsPerContract(touch, intent.contract.conId, instrument, quantity, bar.start);
    const direction = side === 'buy' ? 1 : -1;
    const price = touch.raw + direction * (per.half + per.slippage + per.impact);
    const dollars = quantity * instrument.multiplier;
    const fee = feeOf(this.options.costs, instrument, quantity);
    const execId = `modelled.${String(this.nextExecution).padStart(6, '0')}.01`;
    this.nextExecution += 1;
    // Between decision and open the market moves by itself: that is slippage too, of either sign.
    const waited = direction * (touch.raw - touch.reference);
    this.costs.set(execId, {
      fee,
      spread: per.half * dollars,
      slippage: (per.slippage + waited) * dollars,
      impact: per.impact * dollars,
    });
    this.book(leg, { side, shares: quantity, price, time: bar.start }, fee);
    this.legs = this.legs.filter((other) => other !== leg);
    this.tellFill(leg, execId, price, bar.start, fee);
    this.afterFill(leg);
  }

  private costsPerContract(
    { takes }: Touch,
    conId: number,
    { tickSize }: Instrument,
    quantity: number,
    time: number,
  ): { readonly half: number; readonly slippage: number; readonly impact: number } {
    if (!takes) return { half: 0, slippage: 0, impact: 0 };
    const { slippageTicks, impact } = this.options.costs;
    const before = this.barsBefore(conId, time, IMPACT_BARS);
    return {
      half: this.halfSpread(conId, time) ?? tickSize / 2,
      slippage: slippageTicks * tickSize,
      impact: squareRootImpact(impact, quantity, before),
    };
  }

  private book(leg: WorkingLeg, fill: { side: Side; shares: number; price: number; time: number }, fee: number): void {
    const { contract } = leg.intent;
    const held = this.positions.get(contract.conId) ?? flatPosition(contract);
    const { position, realizedPnl } = applyFill(held, fill);
    if (position.quantity === 0) this.positions.delete(contract.conId);
    else this.positions.set(contract.conId, position);
    this.cash += realizedPnl - fee;
  }

  private tellFill(leg: WorkingLeg, execId: string, price: number, time: number, fee: number): void {
    const { intent, side, quantity } = leg;
    const reference = orderRef(intent.key, leg.leg);
    const orderId = intent.orderIdBase + OFFSET[leg.leg];
    const { conId, symbol } = intent.contract;
    const execution = { execId, orderRef: reference, orderId, permId: orderId, clientId: 0, conId, symbol };
    this.events.push(
      { type: 'execution', execution: { ...execution, side, shares: quantity, price, time } },
      { type: 'commission', commission: { execId, commission: fee, realizedPnl: null }, orderRef: reference },
    );
  }

  /** An entry wakes what protects it; of stop and target the one ends the other. */
  private afterFill({ intent, leg }: WorkingLeg): void {
    if (leg !== 'entry') return this.end((other) => other.intent.key === intent.key);
    this.legs = this.legs.map((other) => (other.intent.key === intent.key ? { ...other, active: true } : other));
  }

  private barAt(conId: number, start: number): Bar | null {
    const minutes = this.contracts.get(conId)?.minutes ?? [];
    const minute = minutes[firstMinuteFrom(minutes, start)];
    return minute?.start === start ? minute.bar : null;
  }

  /** The last `count` bars that had ended at `time`. */
  private barsBefore(conId: number, time: number, count: number): readonly Bar[] {
    const minutes = this.contracts.get(conId)?.minutes ?? [];
    const bars: Bar[] = [];
    for (
      let index = firstMinuteFrom(minutes, time - MINUTE_MS + 1) - 1;
      index >= 0 && bars.length < count;
      index -= 1
    ) {
      const { bar } = minutes[index];
      if (bar !== null) bars.unshift(bar);
    }
    return bars;
  }

  /** Half the last recorded two-sided spread at or before `time`, points. */
  private halfSpread(conId: number, time: number): number | null {
    const minutes = this.contracts.get(conId)?.minutes ?? [];
    for (let index = firstMinuteFrom(minutes, time) - 1; index >= 0; index -= 1) {
      const { quote } = minutes[index];
      if (isTwoSided(quote)) return (quote.ask - quote.bid) / 2;
    }
    return null;
  }
}

/** Whether and at which raw price the bar trades the leg. */
function touchOf({ kind, side, price }: WorkingLeg, bar: Bar): Touch | null {
  if (kind === 'market') return { raw: bar.open, reference: price ?? bar.open, takes: true };
  if (price === null) return null;
  const buys = side === 'buy';
  if (kind === 'stop') {
    if (buys ? bar.high < price : bar.low > price) return null;
    const raw = buys ? Math.max(bar.open, price) : Math.min(bar.open, price);
    return { raw, reference: price, takes: true };
  }
  if (buys ? bar.open < price : bar.open > price) return { raw: bar.open, reference: bar.open, takes: false };
  return (buys ? bar.low < price : bar.high > price) ? { raw: price, reference: price, takes: false } : null;
}
