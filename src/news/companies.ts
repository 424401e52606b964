/** The table of companies: ticker, name and other names, from the CSV of the configuration or the shipped one (data/news/companies.csv). */
import { parse } from 'csv-parse/sync';
import { readFile } from 'node:fs/promises';
import { FUTURE_SYMBOLS } from '../domain/instruments';
import { ProviderError } from '../http/provider-error';

export interface Company {
  readonly ticker: string;
  readonly name: string;
  /** Names that mean the company wherever they stand. */
  readonly aliases: readonly string[];
  /** Names that are words of their own too (Apple, Target, Visa): a hint, never enough alone. */
  readonly weak: readonly string[];
}

const COLUMNS = ['ticker', 'name', 'aliases', 'weak'] as const;
const TICKER = /^[A-Z][A-Z0-9.-]{0,9}$/;

/** Throws ProviderError NOT_FOUND, SCHEMA naming the line. */
export async function readCompanies(path: string): Promise<readonly Company[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new ProviderError(
      'NOT_FOUND',
      'companies',
      `The table of companies ${path} cannot be read (${String(error)}).`,
    );
  });
  const [header = [], ...rows] = parse(text, { bom: true, skip_empty_lines: true, relax_column_count: true });
  if (header.join() !== COLUMNS.join()) throw wrong(path, 1, `its header is not ${COLUMNS.join()}`);
  return rows.map(([ticker = '', name = '', aliases = '', weak = ''], at) => {
    if (!TICKER.test(ticker) || name === '') throw wrong(path, at + 2, `it needs a ticker and a name`);
    if ((FUTURE_SYMBOLS as readonly string[]).includes(ticker))
      throw wrong(path, at + 2, `${ticker} is the symbol of a future here`);
    return { ticker, name, aliases: listed(aliases), weak: listed(weak) };
  });
}

const listed = (text: string): readonly string[] =>
  text
    .split('|')
    .map((part) => part.trim())
    .filter(Boolean);

const wrong = (path: string, line: number, why: string): ProviderError =>
  new ProviderError('SCHEMA', 'companies', `${path} line ${line}: ${why}.`);
