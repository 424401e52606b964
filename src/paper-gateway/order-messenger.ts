/**
 * Tells the owning client what happened to its orders: collected during a transaction, sent once it is durable, bent by the faults that
 * concern callbacks. Invariants: 1. without faults every change and execution is told once, in order; 2. a client that is away is told nothing.
 */
import type { FaultBoard } from './fault-board';
import type { ExecutionRecord, OrderRecord } from './ledger-records';
import type { MarketView } from './market-view';
import type { OrderNotices } from './matching-engine';
import type { GatewaySession, ServerMessage } from './messages';
import { commissionMessage, executionMessage, openOrderMessage, orderStatusMessage } from './order-messages';

type Notice = { readonly clientId: number; readonly message: ServerMessage };

export class OrderMessenger implements OrderNotices {
  private notices: Notice[] = [];

  constructor(
    private readonly account: string,
    private readonly market: MarketView,
    private readonly faults: FaultBoard,
    private readonly sessionOf: (clientId: number) => GatewaySession | null,
    private readonly send: (session: GatewaySession, message: ServerMessage) => void,
  ) {}

  changed(order: OrderRecord): void {
    const listing = this.market.listing(order.conId);
    if (listing !== null) this.add(order.clientId, openOrderMessage(order, listing));
    this.add(order.clientId, orderStatusMessage(order));
  }

  executed(order: OrderRecord, execution: ExecutionRecord): void {
    const listing = this.market.listing(order.conId);
    if (listing !== null) this.add(order.clientId, executionMessage(execution, listing, this.account, -1));
    this.add(order.clientId, commissionMessage(execution));
  }

  failed(clientId: number, orderId: number, code: number, message: string): void {
    this.add(clientId, { type: 'error', id: orderId, code, message });
  }

  /** Hands the collected notices to the outbox, or to the faults that wait for some. */
  release(): void {
    const notices = this.notices;
    this.notices = [];
    if (notices.length === 0 || this.faults.take('lost-callbacks') !== null) return;
    const ordered = this.faults.take('executions-first') === null ? notices : executionsFirst(notices);
    const told = this.faults.take('duplicate-callbacks') === null ? ordered : [...ordered, ...ordered];
    const late = this.faults.take('late-callbacks');
    if (late === null) return this.deliver(told, this.send);
    setTimeout(() => this.deliver(told, (session, message) => session.send(message)), late.delayMs);
  }

  private add(clientId: number, message: ServerMessage): void {
    this.notices.push({ clientId, message });
  }

  private deliver(notices: readonly Notice[], send: (session: GatewaySession, message: ServerMessage) => void): void {
    for (const { clientId, message } of notices) {
      const session = this.sessionOf(clientId);
      if (session !== null) send(session, message);
    }
  }
}

function executionsFirst(notices: readonly Notice[]): readonly Notice[] {
  const early = ({ message }: Notice): boolean => message.type === 'execDetails' || message.type === 'commissionReport';
  return [...notices.filter(early), ...notices.filter((notice) => !early(notice))];
}
