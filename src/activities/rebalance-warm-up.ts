/** The rebalance's daily prices brought up to date in the store: whatever days are missing are asked of the configured providers, name by name. */
import { DAY_MS } from '../domain/exchange-time';
import { healSeries } from '../market-data/bar-store/heal-series';
import type { BarStore } from '../market-data/bar-store/bar-store';
import type { BarProvider } from '../market-data/providers/provider';

export interface PriceWarmUp {
  readonly tickers: readonly string[];
  /** Sessions that have to be there. */
  readonly sessions: number;
  /** UTC ms; days that begin from here on are not asked for. */
  readonly until: number;
  /** In the order in which they are asked. */
  readonly providers: readonly BarProvider[];
  /** UTC ms. */
  readonly now: () => number;
  /** Called before each name. */
  readonly beat: (ticker: string) => void;
}

/** Calendar days that hold a session, weekends and holidays counted, and some to spare. */
const DAYS_A_SESSION = 1.55;

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** One sentence a hole that nobody could answer for; a provider that fails is named in it, and the next one is asked. */
export async function warmUpPrices(
  bars: BarStore,
  { tickers, sessions, until, providers, now, beat }: PriceWarmUp,
): Promise<readonly string[]> {
  const notes: string[] = [];
  const to = Math.floor(until / DAY_MS) * DAY_MS;
  const from = to - Math.ceil(sessions * DAYS_A_SESSION) * DAY_MS;
  for (const contract of tickers) {
    beat(contract);
    const series = { contract, whatToShow: 'TRADES', interval: '1d' } as const;
    const healed = await healSeries(bars, { series, from, to, providers, now });
    notes.push(...healed.notes.map((note) => `${contract}: ${note}`));
    for (const { left, refusals } of healed.gaps)
      for (const gap of left)
        notes.push(`${contract} has no prices from ${dayOf(gap.from)} to ${dayOf(gap.to)}: ${refusals.join('; ')}`);
  }
  return notes;
}
