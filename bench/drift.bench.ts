/** `omega bench drift [--months N] [--features N] [--reference N] [--seed N] [--json [FILE]]`: false alarms on data that do not change. */
import { printBench, readOptions, runBench } from './command';
import { hourlyChecks, TRADE_DATES_A_MONTH, UNCHANGED } from './drift-simulation';
import type { HourlyChecks, SimulatedMarket } from './drift-simulation';

interface DriftBench {
  readonly months: number;
  readonly worlds: readonly (HourlyChecks & { readonly name: string; readonly secondsACheck: number })[];
  /** Two days on which every feature lies one standard deviation higher. */
  readonly shifted: HourlyChecks;
}

/** Volatility drawn anew each day; remembered for weeks; rows that resemble each other for hours. */
const WORLDS: readonly { readonly name: string; readonly change: Partial<SimulatedMarket> }[] = [
  { name: 'autocorrelated rows', change: {} },
  { name: 'volatility clusters over days', change: { volatilityMemory: 0.9, volatilitySpread: 0.3 } },
  { name: 'rows alike for hours', change: { autocorrelation: 0.99 } },
];

function measure(market: SimulatedMarket): HourlyChecks & { readonly secondsACheck: number } {
  const began = performance.now();
  const counted = hourlyChecks(market);
  return { ...counted, secondsACheck: (performance.now() - began) / 1000 / counted.checks };
}

const lines = ({ months, worlds, shifted }: DriftBench): readonly string[] => [
  ...worlds.map(
    ({ name, checks, exceeded, alarms, alarmsAMonth, naiveShare, secondsACheck }) =>
      `${name}: ${checks} hourly checks (${months} months), ${exceeded} exceeded, ${alarms} alarms, ${alarmsAMonth.toFixed(2)} a month; naive hourly KS alarms in ${(100 * naiveShare).toFixed(0)} %; ${secondsACheck.toFixed(2)} s a check`,
  ),
  `all features shifted by one standard deviation: ${shifted.exceeded} of ${shifted.checks} checks of two days exceeded, ${shifted.alarms} alarm`,
];

runBench(() => {
  const counts = { months: 1, features: UNCHANGED.features, reference: UNCHANGED.referenceDays, seed: 1 };
  const { json, months, features, reference, seed } = readOptions('drift', counts);
  const base: SimulatedMarket = { ...UNCHANGED, seed, features, referenceDays: reference };
  const worlds = WORLDS.map(({ name, change }) => ({
    name,
    ...measure({ ...base, ...change, days: months * TRADE_DATES_A_MONTH }),
  }));
  const shifted = hourlyChecks({ ...base, days: 2 }, { shift: 1 });
  printBench(json, { months, worlds, shifted }, lines);
  return Promise.resolve();
});
