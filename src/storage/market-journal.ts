/**
 * The market journal: bars and quotes as the feed consumed them, one file per account, instrument and trade date. What was consumed
 * cannot be asked for again (live and historical bars differ, quotes are gone), so warm-up and audit replay read it from here.
 * Invariants:
 *  1. A row is on disk before anything is computed from it: `append` resolves when it survives kill -9; it is synced right after.
 *  2. A minute is in the journal once; the first row of it stays.
 *  3. A torn or damaged line costs that line only, and is reported.
 */
import type { BarWithQuote } from '../domain/bars';
import { tradeDateOf } from '../domain/calendar';
import { openAppendLog } from './append-log';
import type { AppendLog } from './append-log';
import { MarketJournalError } from './market-journal-error';
import { journalFile, openJournalReader } from './market-journal-reader';
import type { JournalReader, ReportProblem } from './market-journal-reader';
import { headerLine, parseJournal, rowLine } from './journal-rows';
import type { ConsumedRow, RowSource } from './journal-rows';

export interface MarketJournal extends JournalReader {
  /**
   * Appends a row of `symbol` consumed at `consumedAt` (market time, UTC ms). Answers false when its minute is already there.
   * Rows taken from history (no quote, never streamed) say so, so that a replay starts from the same bars.
   */
  append(symbol: string, row: BarWithQuote, consumedAt: number, source?: RowSource): Promise<boolean>;
  /** `append` for many rows of one symbol, in order: one acknowledgement for all. Answers how many were new. */
  appendAll(symbol: string, rows: readonly BarWithQuote[], consumedAt: number, source: RowSource): Promise<number>;
  /** Syncs and closes the files. */
  close(): Promise<void>;
}

interface OpenDay {
  readonly tradeDate: string;
  readonly log: AppendLog;
  readonly starts: Set<number>;
}

/** Opens an account's journal; files are made as trade dates come. One process appends, any number may read. */
export function openMarketJournal(stateDir: string, account: string, report: ReportProblem): MarketJournal {
  const days = new Map<string, Promise<OpenDay>>();
  let closed = false;
  const openDay = async (symbol: string, tradeDate: string): Promise<OpenDay> => {
    const path = journalFile(stateDir, account, symbol, tradeDate);
    const { log, lines, torn } = await openAppendLog(path);
    try {
      const { rows, problems } = parseJournal({ lines, torn }, path);
      problems.forEach(report);
      if (lines.length === 0) await log.append(headerLine(account, symbol, tradeDate), 'written');
      return { tradeDate, log, starts: new Set(rows.map(({ row }) => row.bar.start)) };
    } catch (error) {
      await log.close();
      throw error;
    }
  };
  /** The open file of a symbol; a row of another trade date closes it and opens that one. */
  const dayFor = async (symbol: string, tradeDate: string): Promise<OpenDay> => {
    if (closed) throw new MarketJournalError('CLOSED', `The market journal of ${account} is closed.`);
    const previous = days.get(symbol);
    const next = (async () => {
      const day = await previous?.catch(() => undefined);
      if (day?.tradeDate === tradeDate) return day;
      await day?.log.close();
      return openDay(symbol, tradeDate);
    })();
    days.set(symbol, next);
    try {
      return await next;
    } catch (error) {
      if (days.get(symbol) === next) days.delete(symbol);
      throw error;
    }
  };
  const appendDay = async (symbol: string, tradeDate: string, rows: readonly ConsumedRow[]): Promise<number> => {
    const { starts, log } = await dayFor(symbol, tradeDate);
    const fresh = rows.filter(({ row }) => !starts.has(row.bar.start) && starts.add(row.bar.start));
    await Promise.all(fresh.map((row) => log.append(rowLine(row), 'written')));
    return fresh.length;
  };
  const appendAll: MarketJournal['appendAll'] = async (symbol, rows, consumedAt, source) => {
    const byDate = new Map<string, ConsumedRow[]>();
    for (const row of rows) {
      const tradeDate = tradeDateOf(row.bar.start);
      const day = byDate.get(tradeDate) ?? [];
      byDate.set(tradeDate, day);
      day.push({ row, consumedAt, source });
    }
    let added = 0;
    for (const [tradeDate, day] of byDate) added += await appendDay(symbol, tradeDate, day);
    return added;
  };
  return {
    append: async (symbol, row, consumedAt, source = 'live') =>
      (await appendAll(symbol, [row], consumedAt, source)) === 1,
    appendAll,
    ...openJournalReader(stateDir, account, report),
    close: async () => {
      closed = true;
      const open = await Promise.all(days.values());
      days.clear();
      await Promise.all(open.map(({ log }) => log.close()));
    },
  };
}
