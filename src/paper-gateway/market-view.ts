/** The market of all recorded contracts at the virtual time of the ledger: quotes to trade against, marks to value positions with. */
import { exchangeTime } from '../domain/exchange-time';
import type { ContractReplay, TwoSidedQuote } from './contract-replay';
import type { ContractUniverse, FutureListing } from './contract-universe';

const SATURDAY = 6;
const SUNDAY = 7;
const FRIDAY = 5;
const SESSION_START = 17 * 60;
/** The latest close of a Globex session in the history of the data (16:15 until 2015). */
const SESSION_END = 16 * 60 + 15;

/** Orders can match: inside a Globex session by Chicago's clock. Sunday's pre-open quotes, for one, are shown but not traded. */
export function isMatchingOpen(now: number): boolean {
  const { dayOfWeek, minuteOfDay } = exchangeTime(now, 'America/Chicago');
  if (dayOfWeek === SATURDAY) return false;
  if (dayOfWeek === SUNDAY) return minuteOfDay >= SESSION_START;
  if (dayOfWeek === FRIDAY) return minuteOfDay < SESSION_END;
  return minuteOfDay < SESSION_END || minuteOfDay >= SESSION_START;
}

export class MarketView {
  constructor(
    private readonly universe: ContractUniverse,
    private readonly clock: { readonly clock: number },
  ) {}

  get now(): number {
    return this.clock.clock;
  }

  listing(conId: number): FutureListing | null {
    return this.universe.futureById(conId);
  }

  replay(conId: number): ContractReplay | null {
    return this.universe.futureById(conId)?.replay ?? null;
  }

  /** What an order in the contract can trade against now; null when it has to wait. */
  tradableQuote(conId: number): TwoSidedQuote | null {
    return isMatchingOpen(this.now) ? (this.replay(conId)?.tradableQuoteAt(this.now) ?? null) : null;
  }

  /** Value of one contract in points: the last trade held inside the quote, as IB marks; null before any price. */
  mark(conId: number): number | null {
    const replay = this.replay(conId);
    if (replay === null) return null;
    const last = replay.lastTradeAt(this.now)?.price ?? null;
    const quote = replay.tradableQuoteAt(this.now);
    if (quote === null) return last;
    if (last === null) return (quote.bid + quote.ask) / 2;
    return Math.min(Math.max(last, quote.bid), quote.ask);
  }
}
