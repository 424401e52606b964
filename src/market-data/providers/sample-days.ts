/** Two files with days of the same share, adjusted as of different dates, as one series. Pure. */
import type { CsvRow } from './csv-rows';

/**
 * `newer` counts where both have a day; what only `older` has comes before it. Factors of `older` are brought to the date that `newer` is
 * adjusted as of by the ratio on the first day they share, so that no return of an adjusted price crosses from one scale to the other.
 */
export function joinedDays(older: readonly CsvRow[], newer: readonly CsvRow[]): readonly CsvRow[] {
  if (older.length === 0) return newer;
  const newerByDate = new Map(newer.map((row) => [row.date, row]));
  const shared = older.find(({ date }) => newerByDate.has(date));
  const ratio = shared === undefined ? 1 : factorOf(newerByDate.get(shared.date)) / factorOf(shared);
  const before = older.filter(({ date }) => !newerByDate.has(date));
  return [...before.map((row): CsvRow => ({ ...row, adj_factor: String(factorOf(row) * ratio) })), ...newer].toSorted(
    (a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0),
  );
}

const factorOf = (row: CsvRow | undefined): number => Number(row?.adj_factor);
