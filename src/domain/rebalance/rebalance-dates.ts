/** Which closes a rebalance decides on and which session its orders are for. Pure; dates of New York, `YYYY-MM-DD`. */
import { weekdayOf } from '../calendar';
import { addDays, isStockDay } from '../exchange-holidays';
import { utcOf } from '../exchange-time';
import { RebalanceError } from './rebalance-error';

const NEW_YORK = 'America/New_York';
/** Half an hour before the open: what the news says by then counts. */
const NEWS_UNTIL_MINUTE = 9 * 60;
/** Sessions without prices before the day of the orders that a dry run still decides over. */
const OLDEST_PRICES = 5;

export interface RebalanceDates {
  readonly decidedOn: string;
  readonly tradeOn: string;
  /** Sessions between the two that the data lack; orders are for 0 alone. */
  readonly missed: number;
  /** That the day asked for is none of trading, and how old the closes are. */
  readonly notices: readonly string[];
}

const businessDayAtOrAfter = (date: string): string => {
  let day = date;
  while (!isStockDay(day)) day = addDays(day, 1);
  return day;
};

function businessDaysBetween(from: string, to: string): number {
  let count = 0;
  for (let day = addDays(from, 1); day < to; day = addDays(day, 1)) if (isStockDay(day)) count += 1;
  return count;
}

/**
 * For orders on `asOf`, or on the session after the newest prices when it is null: nothing of the day itself is known when it is decided.
 * `sessions` of the data, ascending. Throws RebalanceError NO_PRICES when there are none before, or only old ones.
 */
export function rebalanceDates(sessions: readonly string[], asOf: string | null): RebalanceDates {
  const before = asOf === null ? sessions : sessions.filter((session) => session < asOf);
  const decidedOn = before[before.length - 1];
  if (decidedOn === undefined)
    throw new RebalanceError(
      'NO_PRICES',
      `There is no price before ${asOf ?? 'today'}: the data begin on ${sessions[0] ?? 'no day'}.`,
    );
  const asked = asOf ?? addDays(decidedOn, 1);
  const old = businessDaysBetween(decidedOn, asked);
  if (old > OLDEST_PRICES)
    throw new RebalanceError(
      'NO_PRICES',
      `The newest prices before ${asked} are of ${decidedOn}, ${old} business days old: too old to decide on.`,
    );
  const tradeOn = sessions[before.length] ?? businessDayAtOrAfter(asked);
  const closed = asOf !== null && asOf !== tradeOn;
  return {
    decidedOn,
    tradeOn,
    missed: old,
    notices: [
      ...(closed ? [`There is no trading on ${asOf}: the orders are for ${tradeOn}.`] : []),
      ...(old === 0 ? [] : [`The closes are old: ${between(decidedOn, tradeOn, old)}.`]),
    ],
  };
}

const between = (decidedOn: string, tradeOn: string, missed: number): string =>
  `${missed === 1 ? 'one session without prices lies' : `${missed} sessions without prices lie`} between ${decidedOn} and ${tradeOn}`;

/** Orders are decided on the session before: throws RebalanceError STALE_PRICES otherwise. */
export function needFreshPrices({ decidedOn, tradeOn, missed }: RebalanceDates): void {
  if (missed > 0)
    throw new RebalanceError(
      'STALE_PRICES',
      `Nothing is ordered on old closes: ${between(decidedOn, tradeOn, missed)}. Run omega data heal, or name rebalance.universe so that each run fetches its prices, and start again.`,
    );
}

/** Until when news counts for orders of a session, UTC ms. */
export const newsCutOff = (tradeOn: string): number => utcOf(tradeOn, NEWS_UNTIL_MINUTE, NEW_YORK);

/** The Monday of a date's week. */
const weekOf = (date: string): string => addDays(date, 1 - weekdayOf(date));

/** The session of each week on which a weekly rebalance trades: the first from `weekday` (1 = Monday) on, in the next week if there is none. */
export function weeklySessions(sessions: readonly string[], weekday: number): readonly string[] {
  const chosen: string[] = [];
  let due = '';
  for (const session of sessions) {
    if (due === '') due = addDays(weekOf(session), weekday - 1);
    if (session < due) continue;
    chosen.push(session);
    const next = addDays(weekOf(due), 7 + weekday - 1);
    due = next > session ? next : addDays(weekOf(session), 7 + weekday - 1);
  }
  return chosen;
}
