/** The account's net liquidation and P&L as the gateway streams them, told as equity. */
import { EventName, type IBApi } from '@stoqey/ib';
import { equityOf, NO_EQUITY, withNetLiquidation, withPnl, withTotalCash, type EquityState } from './equity';
import type { Equity } from './market-data-port';
import { isSet } from './order-messages';
import type { PendingRequests } from './pending-requests';

export interface AccountStreamParts {
  readonly pending: PendingRequests;
  readonly send: (what: string, call: (api: IBApi) => void) => void;
  readonly account: () => string | null;
  readonly tell: (equity: Equity) => void;
}

const setOrNull = (value: number | undefined): number | null => (isSet(value) ? value : null);

export class AccountStream {
  private state: EquityState = NO_EQUITY;
  private pnlId: number | null = null;

  constructor(private readonly parts: AccountStreamParts) {}

  attach(api: IBApi): void {
    api.on(EventName.updateAccountValue, (key, value, _currency, account) => {
      if (account !== this.parts.account()) return;
      if (key === 'NetLiquidation') this.take(withNetLiquidation(this.state, Number(value)));
      if (key === 'TotalCashValue') this.take(withTotalCash(this.state, Number(value)));
    });
    api.on(EventName.pnl, (id, daily, unrealized, realized) => {
      if (id !== this.pnlId) return;
      const pnl = { daily: setOrNull(daily), unrealized: setOrNull(unrealized), realized: setOrNull(realized) };
      this.take(withPnl(this.state, pnl));
    });
  }

  /** Subscribes on a new connection; what was known before is forgotten. */
  open(): void {
    const { pending, send } = this.parts;
    const account = this.parts.account();
    this.state = NO_EQUITY;
    if (account === null) return;
    const id = pending.allocateId();
    this.pnlId = id;
    send('account values', (api) => api.reqAccountUpdates(true, account));
    send('account P&L', (api) => api.reqPnL(id, account, null));
  }

  /** As last told on this connection; null before the first report. */
  last(): Equity | null {
    return equityOf(this.state);
  }

  private take(state: EquityState): void {
    this.state = state;
    const equity = equityOf(state);
    if (equity !== null) this.parts.tell(equity);
  }
}
