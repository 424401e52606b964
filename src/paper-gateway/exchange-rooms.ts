/** What the answers to requests may use of the exchange: its rooms, and the few acts that concern the whole of it. */
import type { RecordedMarket } from '../market-data/recorded-market';
import type { AccountFeeds } from './account-feeds';
import type { ContractUniverse } from './contract-universe';
import type { FaultBoard } from './fault-board';
import type { HistoryDesk } from './history-desk';
import type { Ledger } from './ledger';
import type { MarketStreams } from './market-streams';
import type { MarketView } from './market-view';
import type { MatchingEngine } from './matching-engine';
import type { GatewaySession } from './messages';
import type { OrderDesk } from './order-desk';
import type { OrderMessenger } from './order-messenger';
import type { ClientPacing } from './pacing';
import type { PaperAccount } from './paper-account';

export interface ExchangeRooms {
  readonly recorded: RecordedMarket;
  readonly universe: ContractUniverse;
  readonly ledger: Ledger;
  readonly market: MarketView;
  readonly account: PaperAccount;
  readonly faults: FaultBoard;
  readonly engine: MatchingEngine;
  readonly orders: OrderDesk;
  readonly streams: MarketStreams;
  readonly history: HistoryDesk;
  readonly feeds: AccountFeeds;
  readonly notices: OrderMessenger;
  openSessions(): readonly GatewaySession[];
  /** Limits of one session; null when they are switched off. */
  pacingOf(session: GatewaySession): ClientPacing | null;
  /** Runs `change`, makes it durable, then tells the clients. */
  transact(change: () => void): void;
  /** Runs once between the next commit and its messages (faults that strike exactly there). */
  onceCommitted(action: () => void): void;
  /** A notice to every session, inside a transaction. */
  broadcast(code: number, message: string): void;
}
