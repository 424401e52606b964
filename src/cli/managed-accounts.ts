/** Is this the account the gateway is logged in to, and may it be traded? Pure. */
import { isPaperAccount } from '../broker/permissions';
import type { Config } from '../config/config';

export function notLoggedIn(account: string, managed: readonly string[]): string {
  const actual = managed.length === 0 ? 'no account' : managed.join(', ');
  return `The gateway is logged in to ${actual}, not to IBKR_ACCOUNT ${account}: correct one of them.`;
}

/** Why this account must not be traded with this configuration, or null. `managed`: the accounts the gateway names. */
export function accountRefusal(
  config: Pick<Config, 'broker' | 'permissions'>,
  managed: readonly string[],
): string | null {
  const { account } = config.broker;
  if (account === null) return 'IBKR_ACCOUNT names no account: set it to the account to trade.';
  if (!managed.includes(account)) return notLoggedIn(account, managed);
  if (!isPaperAccount(account) && config.permissions.allowLive !== account) {
    return `${account} is a live account: set ALLOW_LIVE=${account} to trade real money.`;
  }
  return null;
}
