/**
 * Sectors of tickers from a CSV file of the user's own: a header with the columns `ticker` and `sector`, one row a ticker, any others
 * ignored. Nothing of the kind ships with the repository: sector tables are licensed.
 */
import { parse } from 'csv-parse/sync';
import { writtenTicker } from '../domain/share-class';
import { readCsv, textOfError } from './recorded-csv';
import { RecordedDataError } from './recorded-market';

/** Throws RecordedDataError FILE_UNREADABLE, COLUMNS_MISSING, NO_ROWS. */
export async function loadSectors(path: string): Promise<ReadonlyMap<string, string>> {
  const { text } = await readCsv(path);
  return parseSectors(path, text);
}

/** Sectors by our own tickers, however the file writes them. Throws FILE_UNREADABLE, too, where a ticker has two sectors. */
export function parseSectors(path: string, text: string): ReadonlyMap<string, string> {
  let rows: readonly Readonly<Partial<Record<string, string>>>[];
  try {
    rows = parse(text, { columns: true, skip_empty_lines: true, bom: true, trim: true });
  } catch (error) {
    throw new RecordedDataError(
      'FILE_UNREADABLE',
      `The sector file ${path} is not CSV (${textOfError(error)}); replace it.`,
    );
  }
  const [first] = rows;
  if (first !== undefined && !('ticker' in first && 'sector' in first))
    throw new RecordedDataError('COLUMNS_MISSING', `The sector file ${path} needs the columns ticker and sector.`);
  const sectors = new Map<string, string>();
  for (const { ticker: written, sector } of rows) {
    const ticker = writtenTicker(written ?? '');
    if (ticker === '' || !sector) continue;
    const before = sectors.get(ticker) ?? sector;
    if (before !== sector)
      throw new RecordedDataError(
        'FILE_UNREADABLE',
        `The sector file ${path} says ${before} and ${sector} of ${ticker}; leave one row of it.`,
      );
    sectors.set(ticker, sector);
  }
  if (sectors.size === 0)
    throw new RecordedDataError('NO_ROWS', `The sector file ${path} holds no row with a ticker and a sector.`);
  return sectors;
}
