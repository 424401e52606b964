/** Trades over the label horizon, where no quotes were recorded. */
import { HORIZON_BARS } from '../../../src/learning/labels';
import type { FittedInstrument } from '../../../src/learning/training/assemble-run';
import type { FitPart } from '../../../src/learning/training/fit-part';
import { horizonTrading } from '../../../src/learning/training/horizon-trading';
import type { TrainingSet } from '../../../src/learning/training/training-set';
import { generatedSet } from './generated-set';

const RULE = { vote: 'majority', minConfidence: 0.6 } as const;
const SHARES = 200;
const set: TrainingSet = { ...generatedSet(), symbol: 'SPY' };

/** Voters that say `signals[i % length]` of the i-th held-out row: 0 sell, 1 hold, 2 buy. */
function fitted(...voters: readonly (readonly number[])[]): readonly FittedInstrument[] {
  const parts = voters.map((signals, voter): readonly [string, readonly FitPart[]] => {
    const probabilities = new Float64Array(3 * set.holdOut.length);
    set.holdOut.forEach((_row, i) => (probabilities[3 * i + signals[i % signals.length]] = 1));
    const result = { trainRows: 1, testRows: 1, columns: [0], accuracy: 1, logLoss: 0, auc: 1 };
    return [`voter-${voter}`, [{ target: 'hold-out', seed: 1, seconds: 1, result, probabilities }]];
  });
  const secondLevel = { calibrations: new Map(), stacker: null, validator: null, notes: [] };
  const partsOf = (): never => {
    throw new Error('not read');
  };
  return [{ set, voters: new Map(parts), partsOf, secondLevel, holdOut: null }];
}

const net = (row: number, side: 1 | -1): number => {
  const { from, to, cost } = set.spans[row];
  return SHARES * (side * (to - from) - cost);
};

it('one trade at a time, to the end of its horizon, after costs', () => {
  const { daily, trades } = horizonTrading(fitted([2]), RULE);
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

it('a sale earns what the price falls; a hold and a vote without a majority trade nothing, the day still counts', () => {
  const [first] = set.holdOut;
  const sold = horizonTrading(fitted([0, ...Array.from({ length: set.holdOut.length }, () => 1)]), RULE);
  expect(sold.trades).toBe(1);
  expect(sold.daily[0].netPnl).toBeCloseTo(net(first, -1), 6);
  const nothing = { daily: [{ tradeDate: set.holdOutDays[0], netPnl: 0 }], trades: 0 };
  expect(horizonTrading(fitted([1]), RULE)).toEqual(nothing);
  expect(horizonTrading(fitted([0], [2]), RULE)).toEqual(nothing);
});
