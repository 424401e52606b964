/** Trades over the label horizon, where no quotes were recorded. */
import type { Signal } from '../../../src/domain/vote';
import { HORIZON_BARS } from '../../../src/learning/labels';
import type { FittedInstrument } from '../../../src/learning/training/assemble-run';
import { horizonTrading } from '../../../src/learning/training/horizon-trading';
import type { TrainingSet } from '../../../src/learning/training/training-set';
import { generatedSet } from './generated-set';

const SHARES = 200;
const set: TrainingSet = { ...generatedSet(), symbol: 'SPY' };

const partsOf = (): never => {
  throw new Error('not read');
};
const secondLevel = { calibrations: new Map(), stacker: null, validator: null, notes: [] };
const FITTED: readonly FittedInstrument[] = [{ set, voters: new Map(), partsOf, secondLevel }];

/** The run says `signals[i % length]` of the i-th held-out row. */
function trading(...signals: readonly Signal[]) {
  const said = set.holdOut.map((_row, i) => signals[i % signals.length]);
  const predictions = { probabilities: new Float64Array(0), y: new Uint8Array(0), classes: 3, tradeDates: [] };
  return horizonTrading(FITTED, [{ symbol: 'SPY', predictions, signals: said, auc: null }]);
}

const net = (row: number, side: 1 | -1): number => {
  const { from, to, cost } = set.spans[row];
  return SHARES * (side * (to - from) - cost);
};

it('one trade at a time, to the end of its horizon, after costs', () => {
  const { daily, trades } = trading('buy');
  // Rows are a minute apart: the next signal counts when the label of the last trade is known.
  const taken = set.holdOut.filter((_row, i) => i % HORIZON_BARS === 0);
  expect(trades).toBe(taken.length);
  expect(daily).toHaveLength(set.holdOutDays.length);
  expect(daily[0].tradeDate).toBe(set.holdOutDays[0]);
  expect(daily[0].netPnl).toBeCloseTo(
    taken.reduce((sum, row) => sum + net(row, 1), 0),
    6,
  );
});

it('a sale earns what the price falls; a hold and an instrument without answers trade nothing, the day still counts', () => {
  const [first] = set.holdOut;
  const sold = trading('sell', ...set.holdOut.map(() => 'hold' as const));
  expect(sold.trades).toBe(1);
  expect(sold.daily[0].netPnl).toBeCloseTo(net(first, -1), 6);
  const nothing = { daily: [{ tradeDate: set.holdOutDays[0], netPnl: 0 }], trades: 0 };
  expect(trading('hold')).toEqual(nothing);
  expect(horizonTrading(FITTED, [])).toEqual(nothing);
});
