/** Reads an account's market journal, also while the feed appends to it. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BarWithQuote } from '../domain/bars';
import { tradeDateOf } from '../domain/calendar';
import { splitLines } from './append-log';
import { errorCode } from './durable-files';
import { parseJournal } from './journal-rows';
import type { ConsumedRow } from './journal-rows';
import { MarketJournalError } from './market-journal-error';

export interface JournalReader {
  /** Rows whose bar starts in [from, to), UTC ms, ascending, over trade dates. */
  read(symbol: string, from: number, to: number): Promise<readonly BarWithQuote[]>;
  /** The same rows in the order they were consumed, with when and from where: what an audit replay feeds. */
  readConsumed(symbol: string, from: number, to: number): Promise<readonly ConsumedRow[]>;
  /** The last `count` rows whose bar starts before `before`, ascending, over as many trade dates as it takes. */
  lastRows(symbol: string, count: number, before: number): Promise<readonly BarWithQuote[]>;
}

/** A sentence for the operator: a torn or damaged line in a file, with how many rows it cost. */
export type ReportProblem = (problem: string) => void;

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;
const DAY_FILE = /^(\d{4}-\d{2}-\d{2})\.jsonl$/;

/** The file of one account, instrument and trade date below the state directory. */
export const journalFile = (stateDir: string, account: string, symbol: string, tradeDate: string): string =>
  join(symbolFolder(stateDir, account, symbol), `${tradeDate}.jsonl`);

const symbolFolder = (stateDir: string, account: string, symbol: string): string =>
  join(stateDir, 'journal', checkedName(account), checkedName(symbol));

/** A reader of an account's journal; an account without one reads as empty. */
export function openJournalReader(stateDir: string, account: string, report: ReportProblem): JournalReader {
  const datesOf = (symbol: string) => storedDates(symbolFolder(stateDir, account, symbol));
  const readDay = async (symbol: string, tradeDate: string): Promise<readonly ConsumedRow[]> => {
    const path = journalFile(stateDir, account, symbol, tradeDate);
    const { rows, problems } = parseJournal(splitLines(await readFile(path, 'utf8')), path);
    problems.forEach(report);
    return rows;
  };
  const readConsumed: JournalReader['readConsumed'] = async (symbol, from, to) => {
    if (to <= from) return [];
    const [first, last] = [tradeDateOf(from), tradeDateOf(to - 1)];
    const rows: ConsumedRow[] = [];
    for (const date of await datesOf(symbol)) {
      if (date >= first && date <= last) rows.push(...(await readDay(symbol, date)));
    }
    return (
      rows
        .filter(({ row }) => row.bar.start >= from && row.bar.start < to)
        // Stable: rows of one instant stay in the order they were appended.
        .sort((a, b) => a.consumedAt - b.consumedAt)
    );
  };

  return {
    readConsumed,
    read: async (symbol, from, to) => ascending(await readConsumed(symbol, from, to)),
    lastRows: async (symbol, count, before) => {
      const dates = (await datesOf(symbol)).filter((date) => date <= tradeDateOf(before));
      let rows: readonly BarWithQuote[] = [];
      for (const date of dates.reverse()) {
        if (rows.length >= count) break;
        rows = [...ascending(await readDay(symbol, date)).filter(({ bar }) => bar.start < before), ...rows];
      }
      return rows.slice(Math.max(0, rows.length - count));
    },
  };
}

const ascending = (rows: readonly ConsumedRow[]): readonly BarWithQuote[] =>
  rows.map(({ row }) => row).sort((a, b) => a.bar.start - b.bar.start);

/** Trade dates with a file, ascending. */
async function storedDates(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).flatMap((name) => DAY_FILE.exec(name)?.[1] ?? []).sort();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function checkedName(name: string): string {
  if (NAME.test(name)) return name;
  throw new MarketJournalError(
    'INVALID_NAME',
    `${JSON.stringify(name)} cannot name a journal folder: use letters, digits, - and _.`,
  );
}
