/**
 * Reading everything the broker holds of the account into the mirror: executions, open orders, completed orders, positions, and at
 * first the account. One reading at a time; who asks while one runs gets the next, because the running one may predate the question.
 */
import { EventName, type IBApi } from '@stoqey/ib';
import { BrokerError } from './broker-error';
import type { BrokerConnection } from './connection';
import type { MirrorEntry, OrderMirror } from './mirror-state';
import { beginSnapshot, endOpenOrders, endSnapshot } from './order-mirror';
import type { PendingRequests } from './pending-requests';
import type { RequestSender } from './request-sender';

export interface SyncParts {
  readonly connection: BrokerConnection;
  readonly sender: RequestSender;
  readonly pending: PendingRequests;
  readonly mirror: () => OrderMirror;
  /** Told of orders that were believed live and that the broker does not know. */
  readonly forgotten: (entries: readonly MirrorEntry[]) => void;
}

/** Answers that carry no request id; only one reading runs at a time, so the newest question is meant. */
type EndMark = 'openOrders' | 'completedOrders' | 'positions' | 'account';

export class BrokerSync {
  private readonly ends: Record<EndMark, number | null> = {
    openOrders: null,
    completedOrders: null,
    positions: null,
    account: null,
  };
  private running: Promise<void> | null = null;
  private next: Promise<void> | null = null;

  constructor(private readonly parts: SyncParts) {}

  /** Registers the listeners of the end marks on a new API object. */
  attach(api: IBApi): void {
    const ended = (mark: EndMark) => (): void => {
      const id = this.ends[mark];
      if (id !== null) this.parts.pending.settle(id);
    };
    api.on(EventName.openOrderEnd, () => {
      endOpenOrders(this.parts.mirror());
      ended('openOrders')();
    });
    api.on(EventName.completedOrdersEnd, ended('completedOrders'));
    api.on(EventName.positionEnd, ended('positions'));
    api.on(EventName.accountDownloadEnd, ended('account'));
    api.on(EventName.execDetailsEnd, (id) => this.parts.pending.settle(id));
  }

  /** Reads everything; `account` also subscribes to the account's values. Rejects with BrokerError. */
  read(account: boolean): Promise<void> {
    if (this.running === null) return this.start(account);
    this.next ??= this.running.then(
      () => this.startNext(account),
      () => this.startNext(account),
    );
    return this.next;
  }

  private startNext(account: boolean): Promise<void> {
    this.next = null;
    return this.start(account);
  }

  private start(account: boolean): Promise<void> {
    const running = this.readAll(account).finally(() => {
      if (this.running === running) this.running = null;
    });
    this.running = running;
    return running;
  }

  private async readAll(account: boolean): Promise<void> {
    const { connection, mirror, forgotten } = this.parts;
    const epoch = connection.accepted?.epoch;
    const name = mirror().account;
    // Whatever an earlier, aborted reading is still owed arrives before this answer.
    await connection.roundTrip();
    beginSnapshot(mirror());
    const executions = this.parts.pending.allocateId();
    await Promise.all([
      this.ask(executions, 'executions', (api) => api.reqExecutions(executions, { acctCode: name })),
      this.askMarked('openOrders', 'open orders', (api) => api.reqAllOpenOrders()),
      this.askMarked('completedOrders', 'completed orders', (api) => api.reqCompletedOrders(false)),
      this.askMarked('positions', 'positions', (api) => api.reqPositions()),
      ...(account ? [this.askMarked('account', 'account values', (api) => api.reqAccountUpdates(true, name))] : []),
    ]);
    if (connection.accepted?.epoch !== epoch) {
      throw new BrokerError('CONNECTION_LOST', 'The connection changed while the broker was read.');
    }
    forgotten(endSnapshot(mirror()));
  }

  private askMarked(mark: EndMark, what: string, call: (api: IBApi) => void): Promise<void> {
    const id = this.parts.pending.allocateId();
    this.ends[mark] = id;
    return this.ask(id, what, call);
  }

  private ask(id: number, what: string, call: (api: IBApi) => void): Promise<void> {
    const { pending, sender } = this.parts;
    const answer = pending.wait(id, what);
    sender.send(what, call).catch((error: unknown) => {
      pending.fail(id, new BrokerError('CONNECTION_LOST', `${what}: ${String(error)}`));
    });
    return answer;
  }
}
