/** The newest trade date there is anything to learn from: recorded minutes, and what the feed of the account has consumed since. */
import { END_OF_TIME } from './drift/recent-rows';
import { tradeDateOf } from '../domain/calendar';
import type { FutureSymbol } from '../domain/instruments';
import type { RecordedMarket } from '../market-data/recorded-market';
import type { JournalReader } from '../storage/market-journal-reader';

export interface DataSources {
  readonly recorded: Pick<RecordedMarket, 'tradeDates'> | null;
  readonly journal: Pick<JournalReader, 'lastRows'> | null;
  readonly instruments: readonly FutureSymbol[];
}

/** `YYYY-MM-DD`, null when there are no data at all. */
export async function newestTradeDate({ recorded, journal, instruments }: DataSources): Promise<string | null> {
  const dates = [...(recorded?.tradeDates ?? [])];
  for (const symbol of journal === null ? [] : instruments) {
    const [last] = (await journal?.lastRows(symbol, 1, END_OF_TIME)) ?? [];
    if (last !== undefined) dates.push(tradeDateOf(last.bar.start));
  }
  return dates.sort().at(-1) ?? null;
}
