/**
 * Feature rows that do not change, and are autocorrelated as real ones are: what a drift check must stay silent on, hour by hour.
 * Each feature is a stationary AR(1) process over five-minute rows that runs on from day to day, half of it shared by all features,
 * its spread by time of day as in a trading day, its volatility drawn anew for each day and remembered by the next.
 */
import { DAY_MS } from '../src/domain/exchange-time';
import { SLOT_MINUTES, driftWindow } from '../src/learning/drift/drift-day';
import type { DriftDay, DriftFeature } from '../src/learning/drift/drift-day';
import type { DriftReference } from '../src/learning/drift/drift-reference';
import { judgeDrift } from '../src/learning/drift/judge-drift';
import type { DriftState } from '../src/learning/drift/judge-drift';
import { ksTest } from '../src/learning/drift/kolmogorov-smirnov';
import { createRandom } from '../src/learning/random';
import type { Random } from '../src/learning/random';

export const TRADE_DATES_A_MONTH = 21;
export const HOURS_A_DAY = 23;
const SLOTS_AN_HOUR = 60 / SLOT_MINUTES;
const SLOTS = HOURS_A_DAY * SLOTS_AN_HOUR;
const ALARM_P_VALUE = 0.05;

export interface SimulatedMarket {
  readonly seed: number;
  readonly features: number;
  /** Correlation of a row with the next, five minutes later. */
  readonly autocorrelation: number;
  /** Correlation of a day's log volatility with the next day's, and its standard deviation. */
  readonly volatilityMemory: number;
  readonly volatilitySpread: number;
  readonly referenceDays: number;
  /** Checked after the reference. */
  readonly days: number;
}

export const UNCHANGED: Omit<SimulatedMarket, 'seed'> = {
  features: 15,
  autocorrelation: 0.95,
  volatilityMemory: 0,
  volatilitySpread: 0.2,
  referenceDays: 60,
  days: TRADE_DATES_A_MONTH,
};

/** Standard normal (Box & Muller). */
const gaussian = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());

const isoDay = (index: number): string => new Date(Date.UTC(2020, 0, 1) + index * DAY_MS).toISOString().slice(0, 10);

/** All days of the simulation; the first `referenceDays` of them are what a run was trained on. */
export function simulatedDays(market: SimulatedMarket): readonly DriftDay[] {
  const { seed, features, autocorrelation, volatilityMemory, volatilitySpread, referenceDays, days } = market;
  const random = createRandom(seed);
  const fresh = Math.sqrt(1 - autocorrelation ** 2);
  const level = Array.from({ length: features + 1 }, () => gaussian(random));
  let logVolatility = volatilitySpread * gaussian(random);
  return Array.from({ length: referenceDays + days }, (_item, index) => {
    const surprise = Math.sqrt(1 - volatilityMemory ** 2) * volatilitySpread * gaussian(random);
    logVolatility = volatilityMemory * logVolatility + surprise;
    const values = new Float32Array(SLOTS * features);
    for (let slot = 0; slot < SLOTS; slot += 1) {
      level.forEach((value, i) => (level[i] = autocorrelation * value + fresh * gaussian(random)));
      const spread = Math.exp(logVolatility) * (1 + 0.5 * Math.cos((2 * Math.PI * slot) / SLOTS));
      for (let i = 0; i < features; i += 1)
        values[slot * features + i] = spread * (level[i] + level[features]) * Math.SQRT1_2;
    }
    return { tradeDate: isoDay(index), slots: Int16Array.from({ length: SLOTS }, (_slot, i) => i), values };
  });
}

const head = ({ tradeDate, slots, values }: DriftDay, rows: number): DriftDay => ({
  tradeDate,
  slots: slots.slice(0, rows),
  values: values.slice(0, (rows * values.length) / slots.length),
});

export interface HourlyChecks {
  readonly checks: number;
  /** Checks that exceed, and alarms: those within a trade date of each other are one, as their windows overlap. */
  readonly exceeded: number;
  readonly alarms: number;
  readonly alarmsAMonth: number;
  /** Share of the checks in which an hourly KS test of independent rows calls a tenth of the features. */
  readonly naiveShare: number;
}

/** Checks every hour of the days after the reference, `everyHours` apart, as the monitor does. `shift`: added to every feature from then on. */
export function hourlyChecks(market: SimulatedMarket, { shift = 0, everyHours = 1 } = {}): HourlyChecks {
  const { referenceDays, features: width } = market;
  const all = simulatedDays(market).map((day, index) =>
    index < referenceDays || shift === 0 ? day : { ...day, values: day.values.map((value) => value + shift) },
  );
  const features: DriftFeature[] = Array.from({ length: width }, (_item, i) => ({
    name: `f${i}`,
    timeframeMinutes: 1,
  }));
  const reference: DriftReference = { schemaHash: '', features, days: all.slice(0, referenceDays) };
  const naive = naiveTest(reference);
  let state: DriftState | null = null;
  let lastAlarm = -Infinity;
  const counts = { checks: 0, exceeded: 0, alarms: 0, naive: 0 };
  for (let index = referenceDays; index < all.length; index += 1) {
    const today = all[index];
    for (let hour = everyHours; hour <= HOURS_A_DAY; hour += everyHours) {
      const rows = hour * SLOTS_AN_HOUR;
      const report = judgeDrift(reference, driftWindow([all[index - 1], head(today, rows)]), state);
      counts.checks += 1;
      counts.exceeded += Number(report.state === 'exceeded' || report.state === 'alarm');
      if (report.state === 'alarm') {
        const now = index * HOURS_A_DAY + hour;
        counts.alarms += Number(now - lastAlarm > HOURS_A_DAY);
        lastAlarm = now;
      }
      counts.naive += Number(naive(today, rows));
      state = report.state;
    }
  }
  const { checks, exceeded, alarms } = counts;
  const alarmsAMonth = (alarms * TRADE_DATES_A_MONTH) / market.days;
  return { checks, exceeded, alarms, alarmsAMonth, naiveShare: counts.naive / checks };
}

/** What E9 warns of: the last hour's rows against all training rows, as if rows were independent. */
function naiveTest({ days, features: { length: width } }: DriftReference): (today: DriftDay, rows: number) => boolean {
  const column = (values: Float32Array, i: number): Float32Array => values.filter((_value, at) => at % width === i);
  const pooled = Float32Array.from(days.flatMap(({ values }) => Array.from(values)));
  const references = Array.from({ length: width }, (_item, i) => column(pooled, i).sort());
  return ({ values }, rows) => {
    const hour = values.subarray((rows - SLOTS_AN_HOUR) * width, rows * width);
    const called = references.filter((sorted, i) => ksTest(sorted, column(hour, i).sort()).pValue < ALARM_P_VALUE);
    return called.length >= width / 10;
  };
}
