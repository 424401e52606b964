/** `omega report [--day D]`: totals of a trade date, as the session counts them; of a finished demonstration day, its whole report. */
import { Command } from 'commander';
import type { DayTotals, SessionSnapshot } from '../domain/session-snapshot';
import { CliError } from './cli-error';
import type { CommandIo } from './command-io';
import { printResult } from './command-io';
import { currentPlace } from './current-place';
import { inCents } from './day-totals';
import { finishedDay } from './demo/finished-day';
import { countsOf, daySummary, noteLines } from './demo/summary';
import { money, signedMoney } from './number-format';
import { withSession } from './session-access';

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
        printResult(io, json, finished, [...daySummary(finished), ...noteLines([finished])]);
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
      printResult(io, json, inCents(totals), totalsLines(totals));
    });
