/** What `omega rebalance` was asked for, checked: every wrong option is one sentence (USAGE). */
import { parse } from 'csv-parse/sync';
import { readFileSync } from 'node:fs';
import type { Holding } from '../domain/rebalance/account-value';
import { writtenTicker } from '../domain/share-class';
import { CliError, messageOf } from './cli-error';

const wrong = (message: string): never => {
  throw new CliError('USAGE', message);
};

export function dateOption(name: string, text: string | undefined): string | null {
  if (text === undefined) return null;
  const isDate = /^\d{4}-\d\d-\d\d$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text);
  return isDate === true ? text : wrong(`--${name} needs a date like 2017-08-28, not ${text}.`);
}

export function cashOption(text: string): number {
  const value = Number(text);
  return text.trim() !== '' && Number.isFinite(value) && Math.abs(value) <= 1e12
    ? value
    : wrong(`--cash needs a number of dollars, not ${text}.`);
}

/** Rows `ticker,quantity` under such a header. Throws USAGE. */
export function readHoldings(path: string | null): readonly Holding[] {
  if (path === null) return [];
  let rows: readonly Readonly<Record<string, string>>[];
  try {
    rows = parse(readFileSync(path, 'utf8'), { columns: true, skip_empty_lines: true, bom: true, trim: true });
  } catch (error) {
    return wrong(`--holdings: ${path} can't be read (${messageOf(error)}).`);
  }
  return rows.map(({ ticker, quantity }, at) => {
    const shares = Number(quantity);
    if (!ticker || !quantity || !Number.isFinite(shares))
      return wrong(`--holdings: row ${at + 2} of ${path} needs a ticker and a quantity (columns ticker,quantity).`);
    return { ticker: writtenTicker(ticker), quantity: shares };
  });
}
