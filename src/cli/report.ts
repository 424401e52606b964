/** `omega report [--day D]`: totals of a trade date, as the session counts them; of a finished demonstration day, its whole report. */
import { Command } from 'commander';
import { ensembleDays, type EnsembleDay } from '../activities/market-feed/judged-entries';
import type { DayTotals, SessionSnapshot } from '../domain/session-snapshot';
import { readAuditDay } from '../storage/audit-reader';
import { CliError } from './cli-error';
import type { CommandIo } from './command-io';
import { printResult } from './command-io';
import { currentPlace } from './current-place';
import { inCents } from './day-totals';
import { finishedDay } from './demo/finished-day';
import { countsOf, daySummary, noteLines } from './demo/summary';
import { ensembleDayText } from './ensemble-text';
import { money, signedMoney } from './number-format';
import { withSession } from './session-access';
import { storePlace, withStore } from './store-place';

interface ReportOptions {
  readonly day?: string;
  readonly json?: boolean;
}

/** Totals of `day`, or of the open (else the last) trade date; null when the session does not remember it. */
export function totalsOfDay(
  session: SessionSnapshot,
  day: string | undefined,
): (DayTotals & { readonly tradeDate: string }) | null {
  if (session.tradeDate !== null && (day === undefined || day === session.tradeDate)) {
    return { ...session.day, tradeDate: session.tradeDate };
  }
  const past =
    day === undefined ? session.pastDays.at(-1) : session.pastDays.find(({ tradeDate }) => tradeDate === day);
  return past ?? null;
}

const totalsLines = (totals: DayTotals & { readonly tradeDate: string }): readonly string[] => [
  `${totals.tradeDate}: realized ${signedMoney(totals.realizedPnl)}, fees ${money(totals.fees)}, ${totals.trades} trades, ${totals.contractsTraded} contracts`,
  `  ${totals.proposals} proposals · refused: ${countsOf(totals.refusals)} · orders: ${countsOf(totals.orders)}`,
];

/** What validator and voters did on the day, from the audit log; why it cannot be told when that cannot be read. */
async function ensembleOf(io: CommandIo, account: string, tradeDate: string): Promise<readonly EnsembleDay[] | string> {
  try {
    const place = storePlace(io);
    const { entries } = await withStore(place, (store) => readAuditDay(store, place.stateDir, tradeDate));
    return ensembleDays(
      entries.flatMap((entry) => (entry.type === 'decision' && entry.record.account === account ? [entry.record] : [])),
    );
  } catch (error) {
    if (error instanceof CliError) return error.message;
    throw error;
  }
}

const ensembleLines = (days: readonly EnsembleDay[] | string): readonly string[] =>
  typeof days === 'string'
    ? [`  the ensemble's part is not known: ${days}`]
    : days.flatMap((day) => ensembleDayText(day) ?? []).map((text) => `  ${text}`);

export const reportCommand = (io: CommandIo): Command =>
  new Command('report')
    .description('totals of a trade date')
    .option('--day <date>', 'YYYY-MM-DD; the current trade date when left out')
    .option('--json', 'print JSON')
    .action(async ({ day, json }: ReportOptions) => {
      if (day !== undefined && !/^\d{4}-\d\d-\d\d$/.test(day)) {
        throw new CliError('USAGE', `--day needs a date like 2013-10-09, not ${day}.`);
      }
      const place = currentPlace(io);
      const finished = day === undefined || place.demo === null ? null : finishedDay(place.demo.days, day);
      if (finished !== null) {
        const ensemble = await ensembleOf(io, place.account, finished.tradingDay);
        const lines = [...daySummary(finished), ...ensembleLines(ensemble), ...noteLines([finished])];
        printResult(io, json, { ...finished, ensemble }, lines);
        return;
      }
      const session = await withSession(place, (access) => access.snapshot());
      const totals = totalsOfDay(session, day);
      if (totals === null) {
        throw new CliError(
          'NOT_FOUND',
          `The session of ${place.account} remembers nothing of ${day ?? 'any trade date'}.`,
        );
      }
      const ensemble = await ensembleOf(io, place.account, totals.tradeDate);
      printResult(io, json, { ...inCents(totals), ensemble }, [...totalsLines(totals), ...ensembleLines(ensemble)]);
    });
