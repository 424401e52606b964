/** The end of a day and of the run as text: the result against buy-and-hold, whatever it is. Pure. */
import { ABSENT, money, signedMoney, wholeNumber } from '../number-format';
import type { DayReport } from './day-report';

/** `filled 3, expired 1`, or `none`. */
export const countsOf = (counts: Readonly<Partial<Record<string, number>>>): string => {
  const parts = Object.entries(counts).flatMap(([name, count]) =>
    count === undefined || count === 0 ? [] : [`${name} ${count}`],
  );
  return parts.length === 0 ? 'none' : parts.join(', ');
};

const milliseconds = (value: number | null): string => (value === null ? ABSENT : `${value.toFixed(1)} ms`);

/** What the day made after fees, dollars. */
const resultOf = ({ realizedPnl, fees }: DayReport): number => realizedPnl - fees;

function comparison(result: number, hold: number): string {
  const verdict = result === hold ? 'level with' : result > hold ? 'ahead of' : 'behind';
  return `${verdict} buy-and-hold at ${signedMoney(hold)}`;
}

export function daySummary(report: DayReport): readonly string[] {
  const { latencyMs: latency } = report;
  const result = resultOf(report);
  return [
    `${report.tradingDay}: ${signedMoney(result)} (realized ${signedMoney(report.realizedPnl)} less fees of ${money(report.fees)}), ${comparison(result, report.buyAndHoldPnl)}`,
    `  ${report.instruments.join(' ')} · ${wholeNumber(report.bars)} bars · ${wholeNumber(report.decisions)} decisions · ${report.proposals} proposals · ${report.trades} trades · max drawdown ${money(report.maxDrawdown)}`,
    `  orders: ${countsOf(report.orders)} · refused: ${countsOf(report.refusals)} · models: ${report.modelRun ?? 'none (learning-only)'}`,
    `  decision to order at the gateway: p50 ${milliseconds(latency.p50)}, p99 ${milliseconds(latency.p99)} (${latency.n} orders) · ${wholeNumber(report.historyEvents)} history events`,
    report.reconciled
      ? "  reconciled: the session's counters and positions equal the broker's messages"
      : `  NOT RECONCILED: ${report.differences.join('; ')}`,
  ];
}

/** One line for several days, nothing for one. */
export function runSummary(reports: readonly DayReport[]): readonly string[] {
  if (reports.length < 2) return [];
  const sum = (pick: (report: DayReport) => number): number =>
    reports.reduce((total, report) => total + pick(report), 0);
  const [result, hold] = [sum(resultOf), sum((day) => day.buyAndHoldPnl)];
  return [
    `${reports.length} days: ${signedMoney(result)} after fees of ${money(sum((day) => day.fees))}, ${comparison(result, hold)}, ${sum((day) => day.trades)} trades`,
  ];
}

/** What must be known beside the figures, each sentence once. */
export const noteLines = (reports: readonly Pick<DayReport, 'notes'>[]): readonly string[] =>
  [...new Set(reports.flatMap(({ notes }) => notes))].map((note) => `note: ${note}`);
