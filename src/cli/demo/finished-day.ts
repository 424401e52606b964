/** The report of a trade date that the demonstration finished. */
import { join } from 'node:path';
import type { DayReport } from './day-report';
import { readJson } from './demo-folder';

const dayFile = (daysFolder: string, tradeDate: string): string => join(daysFolder, `${tradeDate}.json`);

/** Null while the day is not finished. A report of an earlier version carries no notes. */
export function finishedDay(daysFolder: string, tradeDate: string): DayReport | null {
  const found = readJson(dayFile(daysFolder, tradeDate)) as (Omit<DayReport, 'notes'> & Partial<DayReport>) | null;
  return found === null ? null : { ...found, notes: found.notes ?? [] };
}
