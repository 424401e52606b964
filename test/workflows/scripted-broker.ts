/** An in-memory BrokerPort for workflow tests: keeps orders and positions as a broker does, answers as the script says. */
import type {
  BrokerCommission,
  BrokerEvent,
  BrokerExecution,
  BrokerPosition,
  LookupRequest,
  MirroredOrder,
  OrderEvidence,
  PlaceResult,
} from '../../src/domain/broker-events';
import type { Latch } from '../../src/broker/latch';
import type { BrokerPort, ConnectionState } from '../../src/broker/port';
import { ibSymbolOf } from '../../src/domain/contracts';
import { ORDER_LEGS, orderRef, parseOrderRef, type OrderLeg } from '../../src/domain/ids';
import type { OrderIntent } from '../../src/domain/intents';
import { refusal } from '../../src/domain/refusals';

export type Behaviour =
  /** Acknowledged, rests. */
  | 'rest'
  /** Acknowledged and filled at once. */
  | 'fill'
  /** Written, never heard of. */
  | 'swallow'
  /** Arrives, no callback, no answer to the write. */
  | 'arrive-unanswered'
  /** Does not arrive, no answer to the write. */
  | 'lost-unanswered'
  | 'reject'
  | 'not-ready'
  | 'expired';

const FEE = 2.25;
const DONE = ['Filled', 'Cancelled', 'Inactive'];

export class ScriptedBroker implements BrokerPort {
  readonly orders = new Map<string, MirroredOrder>();
  readonly executions: BrokerExecution[] = [];
  readonly commissions: BrokerCommission[] = [];
  readonly placed: OrderIntent[] = [];
  readonly held = new Map<number, { symbol: string; secType?: string; quantity: number; averageCost: number }>();
  /** What happens to the next intents, the last entry again and again. */
  script: Behaviour[] = ['fill'];
  price = 1_650;
  now = 0;
  fenced = true;
  insideExecutionWindow = true;
  private readonly listeners = new Set<(event: BrokerEvent) => void>();
  private readonly latchListeners = new Set<(latch: Latch) => void>();
  private readonly watchers = new Set<(state: ConnectionState) => void>();
  private state: ConnectionState = {
    phase: 'ready',
    epoch: 1,
    serverVersion: 193,
    account: 'DEMO1000001',
    nextValidId: 1,
    reason: null,
  };

  connection = (): ConnectionState => this.state;
  marketTime = (): number => this.now;
  readMarketTime = async (): Promise<number> => this.now;
  netLiquidation = (): number => 100_000;

  reconnect(nextValidId = 1): void {
    this.state = { ...this.state, epoch: this.state.epoch + 1, nextValidId };
    for (const watcher of this.watchers) watcher(this.state);
  }

  async place(intent: OrderIntent): Promise<PlaceResult> {
    const existing = [...this.orders.values()].filter((order) => parseOrderRef(order.orderRef)?.key === intent.key);
    if (existing.length > 0) return { outcome: 'exists', orders: existing };
    const behaviour = this.script.length > 1 ? this.script.shift() : this.script[0];
    switch (behaviour) {
      case 'not-ready':
        return { outcome: 'not-sent', refusal: refusal('BROKER_NOT_READY', 'socket is down') };
      case 'expired':
        return { outcome: 'not-sent', refusal: refusal('EXPIRED', 'time to live is over') };
      case 'lost-unanswered':
        throw new Error('connection lost while writing');
      default:
    }
    this.placed.push(intent);
    if (behaviour !== 'swallow') this.take(intent, behaviour ?? 'fill');
    if (behaviour === 'arrive-unanswered') throw new Error('connection lost after writing');
    return { outcome: 'sent', epoch: this.state.epoch, sentAt: this.now, sentMonotonicMs: 0 };
  }

  private take(intent: OrderIntent, behaviour: Behaviour): void {
    const opposite = intent.side === 'buy' ? 'sell' : 'buy';
    for (const [offset, leg] of ORDER_LEGS.entries()) {
      if (leg !== 'entry' && intent.bracket === null) continue;
      const side = leg === 'entry' ? intent.side : opposite;
      this.orders.set(orderRef(intent.key, leg), {
        orderRef: orderRef(intent.key, leg),
        orderId: intent.orderIdBase + offset,
        permId: intent.orderIdBase + offset,
        conId: intent.contract.conId,
        side,
        quantity: intent.quantity,
        orderType: leg === 'entry' ? 'MKT' : leg === 'stop' ? 'STP' : 'LMT',
        lmtPrice: null,
        auxPrice: null,
        status: leg === 'entry' ? 'Submitted' : 'PreSubmitted',
        completed: false,
      });
    }
    if (behaviour === 'reject') {
      for (const leg of ORDER_LEGS) this.setStatus(intent.key, leg, 'Inactive', false);
      this.emit({
        type: 'order-error',
        orderId: intent.orderIdBase,
        orderRef: intent.key,
        code: 201,
        message: 'Order rejected',
      });
      for (const leg of ORDER_LEGS) this.announce(intent.key, leg);
      return;
    }
    if (behaviour === 'arrive-unanswered') return;
    for (const leg of ORDER_LEGS) this.announce(intent.key, leg);
    if (behaviour === 'fill') this.fill(intent.key, 'entry', intent.quantity);
  }

  /** Executes `shares` of a leg; complete legs become Filled, the sibling of a complete resting leg is cancelled. */
  fill(key: string, leg: OrderLeg, shares: number, price = this.price, silent = false): void {
    const order = this.orders.get(orderRef(key, leg));
    if (order === undefined) throw new Error(`no ${leg} of ${key}`);
    const execution: BrokerExecution = {
      execId: `0000.${this.executions.length + 1}.01`,
      orderRef: order.orderRef,
      orderId: order.orderId,
      permId: order.permId,
      clientId: 101,
      conId: order.conId,
      ...this.namesOf(order.conId),
      side: order.side,
      shares,
      price,
      time: this.now,
    };
    this.executions.push(execution);
    const commission = { execId: execution.execId, commission: FEE * shares, realizedPnl: null };
    this.commissions.push(commission);
    const held = this.held.get(order.conId) ?? { ...this.namesOf(order.conId), quantity: 0, averageCost: price * 50 };
    this.held.set(order.conId, { ...held, quantity: held.quantity + (order.side === 'buy' ? shares : -shares) });
    if (!silent) {
      this.emit({ type: 'execution', execution });
      this.emit({ type: 'commission', commission, orderRef: order.orderRef });
    }
    const executed = this.executions.filter((one) => one.orderRef === order.orderRef);
    if (executed.reduce((sum, one) => sum + one.shares, 0) < order.quantity) return;
    this.setStatus(key, leg, 'Filled', !silent);
    if (leg !== 'entry') this.setStatus(key, leg === 'stop' ? 'target' : 'stop', 'Cancelled', !silent);
  }

  private namesOf(conId: number): { symbol: string; secType: string } {
    const contract = this.placed.find((intent) => intent.contract.conId === conId)?.contract;
    return contract === undefined
      ? { symbol: 'ES', secType: 'FUT' }
      : { symbol: ibSymbolOf(contract), secType: contract.secType };
  }

  private setStatus(key: string, leg: OrderLeg, status: string, announce = true): void {
    const order = this.orders.get(orderRef(key, leg));
    if (order === undefined) return;
    this.orders.set(order.orderRef, { ...order, status, completed: DONE.includes(status) });
    if (announce) this.announce(key, leg);
  }

  private announce(key: string, leg: OrderLeg): void {
    const order = this.orders.get(orderRef(key, leg));
    if (order !== undefined) this.emit({ type: 'order', order });
  }

  emit(event: BrokerEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  async cancel(key: string, legs: readonly OrderLeg[]) {
    const live = legs.filter((leg) => {
      const order = this.orders.get(orderRef(key, leg));
      return order !== undefined && !DONE.includes(order.status);
    });
    for (const leg of live) this.setStatus(key, leg, 'Cancelled');
    return live.length === 0
      ? { outcome: 'nothing-to-cancel' as const, detail: '' }
      : { outcome: 'sent' as const, detail: '' };
  }

  async modify(key: string, leg: OrderLeg, change: { readonly price?: number }): Promise<PlaceResult> {
    const order = this.orders.get(orderRef(key, leg));
    if (order === undefined) return { outcome: 'not-sent', refusal: refusal('BROKER_NOT_READY', 'no such order') };
    this.orders.set(order.orderRef, { ...order, auxPrice: change.price ?? null });
    this.announce(key, leg);
    return { outcome: 'sent', epoch: this.state.epoch, sentAt: this.now, sentMonotonicMs: 0 };
  }

  async cancelAll(): Promise<void> {}

  async lookup(request: LookupRequest): Promise<OrderEvidence> {
    const ofKey = (ref: string): boolean => parseOrderRef(ref)?.key === request.key;
    const executions = this.executions.filter(({ orderRef: ref }) => ofKey(ref));
    return {
      synced: true,
      epoch: this.state.epoch,
      marketTime: this.now,
      fenced: this.fenced,
      insideExecutionWindow: this.insideExecutionWindow,
      orders: [...this.orders.values()].filter(({ orderRef: ref }) => ofKey(ref)),
      executions,
      commissions: this.commissions.filter(({ execId }) => executions.some((one) => one.execId === execId)),
      position: this.held.get(request.conId)?.quantity ?? 0,
    };
  }

  async positions(): Promise<readonly BrokerPosition[]> {
    return [...this.held].map(([conId, position]) => ({ conId, ...position }));
  }

  async executionsToday() {
    return { executions: this.executions, commissions: this.commissions };
  }

  listedOrders(): readonly string[] {
    return [...this.orders.values(), ...this.executions].map(({ orderRef: ref }) => ref);
  }

  onEvent(listener: (event: BrokerEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  onLatch(listener: (latch: Latch) => void): () => void {
    this.latchListeners.add(listener);
    return () => this.latchListeners.delete(listener);
  }

  latch(latch: Latch): void {
    for (const listener of this.latchListeners) listener(latch);
  }

  onConnection(listener: (state: ConnectionState) => void): () => void {
    this.watchers.add(listener);
    return () => this.watchers.delete(listener);
  }
}
