/** What the leak controls are run on: the rows that training's folds see, and what each row's mid makes over its label's horizon. */
import { join } from 'node:path';
import { unitOf } from '../src/domain/instruments';
import type { FutureSymbol } from '../src/domain/instruments';
import { DEFAULT_SCHEMA } from '../src/features/schema';
import { stockSchema } from '../src/features/stock-schema';
import type { EvaluationRows } from '../src/learning/evaluation/cross-validation';
import { rowsByDate } from '../src/learning/evaluation/label-shift';
import { HORIZON_BARS } from '../src/learning/labels';
import type { ContractSeries } from '../src/learning/training-rows';
import { futuresData, stockData } from '../src/learning/training/learning-data';
import { rowsAt, trainingSet } from '../src/learning/training/training-set';
import { loadRecordedStock } from '../src/market-data/recorded-equity';
import { loadRecordedMarket } from '../src/market-data/recorded-minutes';

const DATA = join(__dirname, '../data');

export type SetName = 'spy' | 'futures';

export interface ControlRows {
  readonly tradeDates: number;
  /** Labelled rows without the hold-out's; every `step`-th of them. */
  readonly rows: EvaluationRows;
  /** Log-return of the mid over the label's horizon, one per row. */
  readonly futureReturn: Float32Array;
}

/** Rejects where the days are no basis for training. */
export async function controlRows(set: SetName, instrument: FutureSymbol, step: number): Promise<ControlRows> {
  const symbol = set === 'spy' ? ('SPY' as const) : instrument;
  const data =
    symbol === 'SPY'
      ? stockData(await loadRecordedStock(DATA, symbol))
      : futuresData(await loadRecordedMarket(DATA, { instruments: [symbol] }));
  const schema = symbol === 'SPY' ? stockSchema(DEFAULT_SCHEMA) : DEFAULT_SCHEMA;
  const days = data.tradeDates;
  const series = data.series(symbol, days, schema);
  const training = trainingSet(symbol, series, days, schema, unitOf(symbol), data.quotes);
  if (typeof training === 'string') throw new Error(`${symbol} cannot be learnt from: ${training}.`);
  const rows = rowsAt(
    training,
    training.learning.filter((_row, i) => i % step === 0),
  );
  const returns = futureReturns(series);
  const futureReturn = Float32Array.from(rows.starts, (start) => returns.get(start) ?? Number.NaN);
  return { tradeDates: rowsByDate(rows).length, rows, futureReturn };
}

function futureReturns(series: readonly ContractSeries[]): ReadonlyMap<number, number> {
  const returns = new Map<number, number>();
  for (const { block } of series) {
    const mid = block.bid.map((bid, row) => (bid + block.ask[row]) / 2);
    for (let row = 0; row + HORIZON_BARS < block.length; row += 1)
      returns.set(block.start[row], Math.log(mid[row + HORIZON_BARS] / mid[row]));
  }
  return returns;
}
