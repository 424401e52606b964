/** May an order leave this process at all (requirement A2)? Pure; the guard asks before every write of an order or a change. */
import type { Permissions } from '../config/config';
import { refusal, type Refusal } from '../domain/refusals';

/** IB names paper accounts DU…, DF…, DI…; the built-in gateway's is DEMO…. */
export const isPaperAccount = (account: string): boolean => account.startsWith('D');

export interface AccountFacts {
  /** The account orders may go to (IBKR_ACCOUNT). */
  readonly configured: string | null;
  /** Accounts the gateway says it manages. */
  readonly managed: readonly string[];
  /** The account the order names. */
  readonly ordered: string;
}

function missingPermissions(permissions: Permissions): readonly string[] {
  return [
    ...(permissions.enableOrderExec ? [] : ['ENABLE_ORDER_EXEC is off']),
    ...(permissions.allowOrders ? [] : ['ALLOW_ORDERS is off']),
    ...(permissions.dryRun ? ['DRY_RUN is on'] : []),
    ...(permissions.learningOnly ? ['learning-only mode'] : []),
  ];
}

/** The reason why no order may leave, or null. */
export function sendingRefusal(permissions: Permissions, account: AccountFacts): Refusal | null {
  const missing = missingPermissions(permissions);
  if (missing.length > 0) return refusal('ORDERS_DISABLED', missing.join(', '));
  const { configured, managed, ordered } = account;
  if (configured === null) return refusal('ACCOUNT_MISMATCH', 'no account configured: set IBKR_ACCOUNT');
  if (ordered !== configured) return refusal('ACCOUNT_MISMATCH', `order=${ordered} configured=${configured}`);
  if (!managed.includes(configured)) {
    return refusal('ACCOUNT_MISMATCH', `configured=${configured} gateway=${managed.join('+') || 'none'}`);
  }
  if (!isPaperAccount(configured) && permissions.allowLive !== configured) {
    return refusal('ACCOUNT_MISMATCH', `${configured} is a live account and ALLOW_LIVE does not name it`);
  }
  return null;
}
