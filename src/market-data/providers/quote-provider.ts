/** Best bid and ask of the market as providers tell them, for spreads (requirement B2); one file per provider beside this one. */
import type { Quote } from '../../domain/bars';

export interface QuoteRequest {
  readonly ticker: string;
  /** UTC ms, [from, to). */
  readonly from: number;
  readonly to: number;
}

/** A row that is no quote (requirement B8). */
export interface RejectedQuote {
  readonly row: string;
  readonly reason: string;
}

export interface QuoteProvider {
  readonly name: string;
  /** The newest quote, null when there is none or the plan does not show it. Throws ProviderError. */
  latest(ticker: string): Promise<Quote | null>;
}

export interface QuoteHistoryProvider extends QuoteProvider {
  /** Pages of quotes in ascending order of time; throws ProviderError. */
  quotes(request: QuoteRequest, aside?: (rejected: RejectedQuote) => void): AsyncIterable<readonly Quote[]>;
}

/** Why these fields are no quote, or null. A side may be absent (price 0 at Polygon, null at Tiingo), not both. */
export function quoteProblem({ time, bid, ask, bidSize, askSize }: Quote): string | null {
  if (!Number.isFinite(time)) return 'the time is no time';
  if (bid === null && ask === null) return 'neither bid nor ask';
  if ((bid !== null && !(bid > 0 && bid < Infinity)) || (ask !== null && !(ask > 0 && ask < Infinity)))
    return `bid ${bid} or ask ${ask} is no price`;
  return bidSize >= 0 && askSize >= 0 ? null : `a size is negative: ${bidSize}, ${askSize}`;
}
