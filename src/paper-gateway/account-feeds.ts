/**
 * Subscriptions to account summary, account updates, positions and P&L. Invariants:
 *  1. After each transaction every subscriber knows the account as it then is: only what changed is sent.
 *  2. Figures are computed once a transaction, and only when somebody listens.
 */
import { accountValues, LEDGER_TAGS, type AccountValue } from './account-values';
import type { Ledger } from './ledger';
import type { PositionRecord } from './ledger-records';
import type { MarketView } from './market-view';
import type { ClientRequest, GatewaySession, ServerMessage } from './messages';
import type { AccountFigures, PaperAccount } from './paper-account';
import { roundMoney } from './position-accounting';

type Request<T extends ClientRequest['type']> = Extract<ClientRequest, { type: T }>;
type FeedRequest =
  | Request<'reqAccountSummary'>
  | Request<'reqAccountUpdates'>
  | Request<'reqAccountUpdatesMulti'>
  | Request<'reqPositions'>
  | Request<'reqPositionsMulti'>
  | Request<'reqPnL'>
  | Request<'reqPnLSingle'>;
export type FeedKind = FeedRequest['type'];

interface Feed {
  readonly session: GatewaySession;
  readonly request: FeedRequest;
  /** Texts last sent, by name, for the difference. */
  readonly told: Map<string, string>;
}

interface Snapshot {
  readonly figures: AccountFigures;
  readonly values: readonly AccountValue[];
}

const requestId = (request: FeedRequest): number => ('reqId' in request ? request.reqId : 0);
const keyOf = (session: GatewaySession, kind: FeedKind, reqId: number): string =>
  `${session.sessionId}/${kind}/${reqId}`;

export class AccountFeeds {
  private readonly feeds = new Map<string, Feed>();

  constructor(
    private readonly ledger: Ledger,
    private readonly market: MarketView,
    private readonly account: PaperAccount,
    private readonly send: (session: GatewaySession, message: ServerMessage) => void,
  ) {}

  subscribe(session: GatewaySession, request: FeedRequest): void {
    const { account } = this.ledger.origin;
    const named = 'account' in request ? request.account : '';
    if (named !== '' && named !== 'All' && named !== account) {
      const message = `Error validating request.-'b0' : cause - Invalid account code '${named}'`;
      return this.send(session, { type: 'error', id: requestId(request), code: 321, message });
    }
    const feed: Feed = { session, request, told: new Map() };
    this.feeds.set(keyOf(session, request.type, requestId(request)), feed);
    this.tell(feed, this.snapshot());
    this.tellEnd(feed);
  }

  cancel(session: GatewaySession, kind: FeedKind, reqId: number): void {
    this.feeds.delete(keyOf(session, kind, reqId));
  }

  dropSession(session: GatewaySession): void {
    for (const [key, feed] of this.feeds) if (feed.session === session) this.feeds.delete(key);
  }

  /** Tells every subscriber what changed since it was last told. */
  refresh(): void {
    if (this.feeds.size === 0) return;
    const snapshot = this.snapshot();
    for (const feed of this.feeds.values()) this.tell(feed, snapshot);
  }

  private snapshot(): Snapshot {
    const figures = this.account.figures();
    return { figures, values: accountValues(this.ledger.origin.account, figures) };
  }

  private tell(feed: Feed, { figures, values }: Snapshot): void {
    const { request } = feed;
    switch (request.type) {
      case 'reqAccountSummary':
        return this.tellSummary(feed, request, values);
      case 'reqAccountUpdates':
        return this.tellUpdates(feed, values);
      case 'reqAccountUpdatesMulti':
        return this.tellUpdatesMulti(feed, request, values);
      case 'reqPositions':
      case 'reqPositionsMulti':
        for (const position of this.ledger.account.positions) this.tellPosition(feed, position);
        return;
      case 'reqPnL': {
        const { dailyPnl, unrealizedPnl, realizedPnl } = figures;
        this.once(feed, 'pnl', { type: 'pnl', reqId: request.reqId, dailyPnl, unrealizedPnl, realizedPnl });
        return;
      }
      case 'reqPnLSingle':
        return this.tellSingle(feed, request);
    }
  }

  private tellEnd({ session, request }: Feed): void {
    switch (request.type) {
      case 'reqAccountSummary':
        return this.send(session, { type: 'accountSummaryEnd', reqId: request.reqId });
      case 'reqAccountUpdates':
        return this.send(session, { type: 'accountDownloadEnd', account: this.ledger.origin.account });
      case 'reqAccountUpdatesMulti':
        return this.send(session, { type: 'accountUpdateMultiEnd', reqId: request.reqId });
      case 'reqPositions':
        return this.send(session, { type: 'positionEnd' });
      case 'reqPositionsMulti':
        return this.send(session, { type: 'positionMultiEnd', reqId: request.reqId });
      case 'reqPnL':
      case 'reqPnLSingle':
        return;
    }
  }

  private tellSummary(feed: Feed, request: Request<'reqAccountSummary'>, values: readonly AccountValue[]): void {
    const wanted = new Set(request.tags.map((tag) => tag.trim()));
    const ledger = [...wanted].some((tag) => tag.startsWith('$LEDGER'));
    const all = wanted.has('All') || wanted.has('AllTags');
    for (const { key, value, currency } of values) {
      if (!all && !wanted.has(key) && !(ledger && LEDGER_TAGS.has(key))) continue;
      const { account } = this.ledger.origin;
      this.once(feed, key, { type: 'accountSummary', reqId: request.reqId, account, tag: key, value, currency });
    }
  }

  private tellUpdates(feed: Feed, values: readonly AccountValue[]): void {
    const { account } = this.ledger.origin;
    const before = feed.told.size;
    let changed = false;
    for (const { key, value, currency } of values) {
      changed = this.once(feed, key, { type: 'accountValue', key, value, currency, account }) || changed;
    }
    for (const position of this.ledger.account.positions) {
      changed = this.once(feed, `portfolio/${position.conId}`, this.portfolioMessage(position)) || changed;
    }
    if (changed || before === 0) this.send(feed.session, { type: 'accountUpdateTime', time: this.market.now });
  }

  private tellUpdatesMulti(
    feed: Feed,
    { reqId, modelCode }: Request<'reqAccountUpdatesMulti'>,
    values: readonly AccountValue[],
  ): void {
    const { account } = this.ledger.origin;
    for (const { key, value, currency } of values) {
      this.once(feed, key, { type: 'accountUpdateMulti', reqId, account, modelCode, key, value, currency });
    }
  }

  private tellPosition(feed: Feed, position: PositionRecord): void {
    const listing = this.market.listing(position.conId);
    const name = `position/${position.conId}`;
    // A position that was closed before the subscription is not listed; one that closes during it is told as 0.
    if (listing === null || (position.quantity === 0 && !feed.told.has(name))) return;
    const common = {
      account: this.ledger.origin.account,
      contract: listing.wire,
      position: position.quantity,
      averageCost: roundMoney(position.averagePrice * listing.instrument.multiplier),
    };
    if (feed.request.type === 'reqPositionsMulti') {
      const { reqId, modelCode } = feed.request;
      this.once(feed, name, { type: 'positionMulti', reqId, modelCode, ...common });
    } else {
      this.once(feed, name, { type: 'position', ...common });
    }
  }

  private tellSingle(feed: Feed, { reqId, conId }: Request<'reqPnLSingle'>): void {
    const position = this.ledger.position(conId);
    const multiplier = this.market.listing(conId)?.instrument.multiplier ?? 1;
    const unrealizedPnl = this.account.unrealized(position);
    this.once(feed, 'pnl', {
      type: 'pnlSingle',
      reqId,
      position: position.quantity,
      dailyPnl: roundMoney(unrealizedPnl + position.realizedToday),
      unrealizedPnl,
      realizedPnl: position.realizedToday,
      value: roundMoney(this.account.priceOf(position) * position.quantity * multiplier),
    });
  }

  private portfolioMessage(position: PositionRecord): ServerMessage {
    const listing = this.market.listing(position.conId);
    if (listing === null) throw new Error(`the account holds an unknown contract ${position.conId}`);
    const { multiplier } = listing.instrument;
    const mark = this.account.priceOf(position);
    return {
      type: 'portfolioValue',
      contract: listing.wire,
      position: position.quantity,
      marketPrice: mark,
      marketValue: roundMoney(mark * position.quantity * multiplier),
      averageCost: roundMoney(position.averagePrice * multiplier),
      unrealizedPnl: this.account.unrealized(position),
      realizedPnl: position.realizedToday,
      account: this.ledger.origin.account,
    };
  }

  /** Sends a message unless the same was the last one sent under its name; true when it was sent. */
  private once(feed: Feed, name: string, message: ServerMessage): boolean {
    const text = JSON.stringify(message);
    if (feed.told.get(name) === text) return false;
    feed.told.set(name, text);
    this.send(feed.session, message);
    return true;
  }
}
