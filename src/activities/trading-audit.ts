/**
 * What the trader process writes to the audit log (requirement B9): orders before they leave, refusals by the guard, halts and liftings.
 * Invariants: 1. an order is on this disk before its bytes leave; 2. a halt is kept once, whatever is told again after a crash.
 */
import { tradeDateOf } from '../domain/calendar';
import type { OrderIntent } from '../domain/intents';
import type { Refusal } from '../domain/refusals';
import type { AuditEntry } from '../storage/audit-entry';
import type { AuditLog } from '../storage/audit-log';
import type { HaltEvent } from '../workflows/audit-sink';

export interface TradingAudit {
  /** Resolves when the order's entry survives kill -9; `at` is market time, UTC ms. Rejects when the disk fails. */
  orderSent(intent: OrderIntent, at: number): Promise<void>;
  refused(intent: OrderIntent, refusal: Refusal, at: number): Promise<void>;
  halted(event: HaltEvent): Promise<void>;
}

export interface TradingAuditParts {
  readonly audit: Pick<AuditLog, 'append' | 'write'>;
  /** Entries of a trade date that are kept already, of this process and those before it. */
  readonly kept: (tradeDate: string) => Promise<readonly AuditEntry[]>;
}

export function createTradingAudit({ audit, kept }: TradingAuditParts): TradingAudit {
  let turn: Promise<void> = Promise.resolve();
  const keepOnce = async (told: HaltEvent): Promise<void> => {
    const tradeDate = tradeDateOf(told.at);
    const isKept = (await kept(tradeDate)).some(
      (entry) => entry.type === told.type && entry.account === told.account && entry.event === told.event,
    );
    if (!isKept) await audit.append([{ ...told, tradeDate }]);
  };
  return {
    orderSent: (intent, at) => audit.write([{ type: 'order-sent', tradeDate: tradeDateOf(at), at, intent }]),
    refused: ({ account, key }, refusal, at) =>
      audit.write([{ type: 'refusal', tradeDate: tradeDateOf(at), at, account, subject: key, refusal }]),
    halted: (told) => {
      const mine = turn.then(() => keepOnce(told));
      // The next one looks after this one is kept; the caller of this one hears of a failure.
      turn = mine.catch(() => undefined);
      return mine;
    },
  };
}
