/** What the audit log keeps (requirement B9): evidence of each decision, each verdict on it, and each act on the account. Times are market time, UTC ms. */
import type { TradingConfig } from '../config/config';
import type { FutureContract } from '../domain/contracts';
import type { OrderIntent } from '../domain/intents';
import type { DecisionRecord, ProposalAnswer } from '../domain/proposals';
import type { Refusal } from '../domain/refusals';

export type AuditEntry =
  /** A feed came up: under which rules and models its decisions are made from here on. */
  | {
      readonly type: 'feed-opened';
      readonly tradeDate: string;
      readonly at: number;
      readonly account: string;
      readonly modelRun: string | null;
      readonly proposalsWithheld: string | null;
      readonly trading: TradingConfig;
      readonly contracts: readonly FutureContract[];
    }
  | { readonly type: 'decision'; readonly tradeDate: string; readonly record: DecisionRecord }
  /** What the session answered to a proposal; a refusal of it is a verdict. */
  | {
      readonly type: 'verdict';
      readonly tradeDate: string;
      readonly barClose: number;
      readonly answer: ProposalAnswer;
    }
  /** A refusal that answers no proposal: an order stopped by the guard, a command refused. `subject` is its key or name. */
  | {
      readonly type: 'refusal';
      readonly tradeDate: string;
      readonly at: number;
      readonly account: string;
      readonly subject: string;
      readonly refusal: Refusal;
    }
  | {
      readonly type: 'halt';
      /** Names the halt for ever: it is kept once, however often it is told. */
      readonly event: string;
      readonly tradeDate: string;
      readonly at: number;
      readonly account: string;
      readonly cause: string;
    }
  | {
      readonly type: 'halt-lifted';
      readonly event: string;
      readonly tradeDate: string;
      readonly at: number;
      readonly account: string;
      readonly by: string;
      readonly why: string;
    }
  /** Written before the order leaves; that it was sent is for the broker to say. */
  | { readonly type: 'order-sent'; readonly tradeDate: string; readonly at: number; readonly intent: OrderIntent };

export type AuditEntryType = AuditEntry['type'];

/** Market time of an entry, UTC ms. */
export function entryTime(entry: AuditEntry): number {
  switch (entry.type) {
    case 'decision':
      return entry.record.barClose;
    case 'verdict':
      return entry.barClose;
    case 'feed-opened':
    case 'refusal':
    case 'halt':
    case 'halt-lifted':
    case 'order-sent':
      return entry.at;
  }
}
