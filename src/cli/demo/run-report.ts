/** The document that `--json FILE` writes: the days, and the memory that was used. Pure. */
import type { DayReport } from './day-report';
import type { MemoryReport } from './memory';

export type ReportedDay = Omit<DayReport, 'differences'>;

export interface RunReport {
  readonly days: readonly ReportedDay[];
  readonly traderRssMb: number | null;
  readonly marketRssMb: number | null;
  readonly machineRssMb: number | null;
  /** What did not reconcile, and why memory figures are absent; empty when there is nothing to say. */
  readonly notes: readonly string[];
}

export function runReport(reports: readonly DayReport[], memory: MemoryReport): RunReport {
  const { memoryNote, ...megabytes } = memory;
  const unreconciled = reports.flatMap((report) =>
    report.differences.map((difference) => `${report.tradingDay}: ${difference}`),
  );
  return {
    days: reports.map(({ differences: _differences, ...day }) => day),
    ...megabytes,
    notes: [...unreconciled, ...(memoryNote === null ? [] : [`memory: ${memoryNote}`])],
  };
}
