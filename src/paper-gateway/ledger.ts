/**
 * Orders, executions and account of the gateway in memory, with the changes of the current transaction set aside for the journal.
 * Invariants:
 *  1. Every change goes through put/add here and lands in exactly one LedgerChange.
 *  2. Executions are only ever added; a correction is a new record with its own execId.
 *  3. Applying the changes of a journal in order rebuilds the same ledger.
 */
import {
  isTerminal,
  type AccountRecord,
  type ExecutionRecord,
  type LedgerChange,
  type LedgerOrigin,
  type OrderRecord,
  type PositionRecord,
} from './ledger-records';

export const FIRST_PERM_ID = 1_100_000_000;

export class Ledger {
  private readonly ordersByPermId = new Map<number, OrderRecord>();
  private readonly openPermIds = new Set<number>();
  private readonly newestPermId = new Map<string, number>();
  private readonly childPermIds = new Map<number, Set<number>>();
  private readonly executionList: ExecutionRecord[] = [];
  private accountRecord: AccountRecord;
  private currentClock: number;
  private currentRevision = 0;
  private readonly changedOrders = new Set<number>();
  private newExecutions: ExecutionRecord[] = [];
  private accountChanged = false;
  private clockChanged = false;

  constructor(
    readonly origin: LedgerOrigin,
    startTradeDate: string,
  ) {
    this.currentClock = origin.startClock;
    this.accountRecord = {
      cash: origin.startCash,
      realizedPnl: 0,
      commissions: 0,
      positions: [],
      quoteUse: {},
      tradeDate: startTradeDate,
      startOfDayNetLiquidation: origin.startCash,
      nextPermId: FIRST_PERM_ID,
      nextExecution: 1,
      highestOrderId: {},
    };
  }

  get clock(): number {
    return this.currentClock;
  }

  /** Number of transactions so far that changed more than the clock. */
  get revision(): number {
    return this.currentRevision;
  }

  get account(): AccountRecord {
    return this.accountRecord;
  }

  get executions(): readonly ExecutionRecord[] {
    return this.executionList;
  }

  /** All orders ever accepted, in order of acceptance. */
  orders(): readonly OrderRecord[] {
    return [...this.ordersByPermId.values()];
  }

  /** Orders that are not terminal, in order of acceptance. */
  openOrders(): readonly OrderRecord[] {
    return [...this.openPermIds].sort((a, b) => a - b).map((permId) => this.order(permId));
  }

  findOrder(permId: number): OrderRecord | null {
    return this.ordersByPermId.get(permId) ?? null;
  }

  /** The order of a permId that is known to exist. */
  order(permId: number): OrderRecord {
    const order = this.ordersByPermId.get(permId);
    if (order === undefined) throw new Error(`the ledger holds no order with permId ${permId}`);
    return order;
  }

  /** The newest order a client placed under an id; null when it never used it. */
  orderOf(clientId: number, orderId: number): OrderRecord | null {
    const permId = this.newestPermId.get(`${clientId}/${orderId}`);
    return permId === undefined ? null : this.order(permId);
  }

  /** A client's living orders under an id, oldest first; more than one only after a faulty modification. */
  livingOrdersOf(clientId: number, orderId: number): readonly OrderRecord[] {
    return this.openOrders().filter((order) => order.clientId === clientId && order.orderId === orderId);
  }

  /** All orders ever attached to a parent, ended ones too. */
  childrenOf(parentPermId: number): readonly OrderRecord[] {
    return [...(this.childPermIds.get(parentPermId) ?? [])].map((permId) => this.order(permId));
  }

  position(conId: number): PositionRecord {
    return (
      this.accountRecord.positions.find((position) => position.conId === conId) ?? {
        conId,
        quantity: 0,
        averagePrice: 0,
        realizedToday: 0,
      }
    );
  }

  putOrder(order: OrderRecord): OrderRecord {
    this.ordersByPermId.set(order.permId, order);
    if (isTerminal(order)) this.openPermIds.delete(order.permId);
    else this.openPermIds.add(order.permId);
    const name = `${order.clientId}/${order.orderId}`;
    this.newestPermId.set(name, Math.max(order.permId, this.newestPermId.get(name) ?? 0));
    if (order.parentPermId !== null) {
      const children = this.childPermIds.get(order.parentPermId) ?? new Set();
      this.childPermIds.set(order.parentPermId, children.add(order.permId));
    }
    this.changedOrders.add(order.permId);
    return order;
  }

  addExecution(execution: ExecutionRecord): void {
    this.executionList.push(execution);
    this.newExecutions.push(execution);
  }

  putAccount(change: Partial<AccountRecord>): void {
    this.accountRecord = { ...this.accountRecord, ...change };
    this.accountChanged = true;
  }

  putPosition(position: PositionRecord): void {
    const others = this.accountRecord.positions.filter(({ conId }) => conId !== position.conId);
    this.putAccount({ positions: [...others, position].sort((a, b) => a.conId - b.conId) });
  }

  setClock(time: number): void {
    if (time === this.currentClock) return;
    this.currentClock = time;
    this.clockChanged = true;
  }

  /** Something beyond the clock changed since the last drain. */
  hasOrderOrAccountChanges(): boolean {
    return this.changedOrders.size > 0 || this.newExecutions.length > 0 || this.accountChanged;
  }

  /** Takes the changes since the last drain; null when there are none. */
  drain(): LedgerChange | null {
    if (!this.hasOrderOrAccountChanges() && !this.clockChanged) return null;
    if (this.hasOrderOrAccountChanges()) this.currentRevision += 1;
    const change: LedgerChange = {
      clock: this.currentClock,
      revision: this.currentRevision,
      ...(this.changedOrders.size > 0 && { orders: [...this.changedOrders].map((permId) => this.order(permId)) }),
      ...(this.newExecutions.length > 0 && { executions: this.newExecutions }),
      ...(this.accountChanged && { account: this.accountRecord }),
    };
    this.changedOrders.clear();
    this.newExecutions = [];
    this.accountChanged = false;
    this.clockChanged = false;
    return change;
  }

  /** The whole ledger as one change: the first line of a compacted journal. */
  snapshot(): LedgerChange {
    return {
      clock: this.currentClock,
      revision: this.currentRevision,
      orders: this.orders(),
      executions: this.executionList,
      account: this.accountRecord,
    };
  }

  /** Rebuilds from a stored change; nothing is marked as changed. */
  apply(change: LedgerChange): void {
    for (const order of change.orders ?? []) this.putOrder(order);
    for (const execution of change.executions ?? []) this.addExecution(execution);
    if (change.account !== undefined) this.accountRecord = change.account;
    this.currentClock = change.clock;
    this.drain();
    this.currentRevision = change.revision;
  }
}
