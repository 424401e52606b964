/** The market of all recorded contracts at the virtual time of the ledger: quotes to trade against, marks to value positions with. */
import type { ContractUniverse, Listing } from './contract-universe';
import type { MarketReplay, TwoSidedQuote } from './market-replay';
import { isMatchingOpen } from './matching-hours';

export class MarketView {
  constructor(
    private readonly universe: ContractUniverse,
    private readonly clock: { readonly clock: number },
  ) {}

  get now(): number {
    return this.clock.clock;
  }

  listing(conId: number): Listing | null {
    return this.universe.listingById(conId);
  }

  replay(conId: number): MarketReplay | null {
    return this.listing(conId)?.replay ?? null;
  }

  /** Orders in the contract can match now. */
  isOpen(conId: number): boolean {
    const listing = this.listing(conId);
    if (listing === null) return false;
    return listing.kind === 'future'
      ? isMatchingOpen(this.now, listing.instrument)
      : (listing.replay?.isOpenAt(this.now) ?? false);
  }

  /** What an order in the contract can trade against now; null when it has to wait. */
  tradableQuote(conId: number): TwoSidedQuote | null {
    return this.isOpen(conId) ? (this.replay(conId)?.tradableQuoteAt(this.now) ?? null) : null;
  }

  /** Value of one contract in points, of a stock in dollars: the last trade, held inside the quote when that is newer, as IB marks; null before any price. */
  mark(conId: number): number | null {
    const replay = this.replay(conId);
    if (replay === null) return null;
    const last = replay.lastTradeAt(this.now);
    const quote = replay.tradableQuoteAt(this.now);
    if (quote === null) return last?.price ?? null;
    if (last === null) return (quote.bid + quote.ask) / 2;
    return last.time > quote.time ? last.price : Math.min(Math.max(last.price, quote.bid), quote.ask);
  }
}
