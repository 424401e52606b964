/** A training set over generated rows, a minute apart on five days; the last one is held out. */
import { tradeDateOf } from '../../../src/domain/calendar';
import { MINUTE_MS } from '../../../src/domain/exchange-time';
import { HORIZON_BARS } from '../../../src/learning/labels';
import type { TrainingSet } from '../../../src/learning/training/training-set';
import { generatedData } from '../generated-data';

const DAYS = ['2013-10-07', '2013-10-08', '2013-10-09', '2013-10-10', '2013-10-11'];
const COLUMNS = ['a', 'b', 'c', 'd', 'e', 'f'];

export function generatedSet(rowsADay = 150, columns: readonly string[] = COLUMNS): TrainingSet {
  const rows = DAYS.length * rowsADay;
  const starts = Float64Array.from(
    { length: rows },
    (_item, row) => Date.parse(`${DAYS[Math.floor(row / rowsADay)]}T14:00:00Z`) + (row % rowsADay) * MINUTE_MS,
  );
  const held = (row: number): boolean => tradeDateOf(starts[row]) === DAYS[DAYS.length - 1];
  const all = Array.from({ length: rows }, (_item, row) => row);
  return {
    symbol: 'GC',
    contracts: ['GCZ3'],
    days: DAYS,
    holdOutDays: DAYS.slice(-1),
    columns,
    label: { horizonBars: HORIZON_BARS, bandPoints: 0.2, spreadPoints: 0.1, feePoints: 0.05, tickPoints: 0.1 },
    rows: {
      data: generatedData(rows, columns.length, 5),
      starts,
      ends: starts.map((start) => start + HORIZON_BARS * MINUTE_MS),
    },
    regimes: all.map((row) =>
      row % 150 < 20
        ? null
        : { direction: row % 3 === 0 ? 'trend' : 'range', volatility: 'medium', efficiency: 0.3, volatilityRank: 0.5 },
    ),
    spans: all.map((row) => ({ from: 1300 + (row % 7), to: 1300 + (row % 11), cost: 0.25 })),
    learning: all.filter((row) => !held(row)),
    holdOut: all.filter(held),
  };
}
