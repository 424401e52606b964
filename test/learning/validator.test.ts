import { Tensor } from 'onnxruntime-node';
import { MAJORITY_RULES } from '../../src/domain/decision-ensemble';
import { INSTRUMENTS } from '../../src/domain/instruments';
import { roundTripCost } from '../../src/domain/decision-vetoes';
import { columnsOf, markBreaks } from '../../src/features/bar-series';
import { labelRows, UNLABELLED } from '../../src/learning/labels';
import { openSession } from '../../src/learning/onnx-session';
import { createRandom } from '../../src/learning/random';
import type { OutOfFoldVotes } from '../../src/learning/stacker';
import type { ContractSeries } from '../../src/learning/training-rows';
import { predictBoosting } from '../../src/learning/trees/gradient-boosting';
import {
  exportValidator,
  fitValidator,
  primarySignals,
  tradeSpans,
  validatorRows,
  type TradeSpan,
  type ValidatorRows,
} from '../../src/learning/validator';
import { minuteRows } from './evaluation/small-recipes';
import { stackingData } from './stacking-rows';

const ROWS = 1_600;
const data = stackingData(ROWS);
const rows = minuteRows(data);

/** A voter that calls sides at random, holding every fourth row. */
const random = createRandom(11);
const called: OutOfFoldVotes = {
  name: 'caller',
  probabilities: Float64Array.from(
    Array.from({ length: ROWS }, (_item, r) =>
      r % 4 === 0 ? [0.1, 0.8, 0.1] : random.next() < 0.5 ? [0.7, 0.2, 0.1] : [0.1, 0.2, 0.7],
    ).flat(),
  ),
};
const signals = primarySignals([called], ROWS, MAJORITY_RULES);

/** What each row's trade makes: `gain(row, direction)` points before a cost of 0.5. */
const spansOf = (gain: (row: number, direction: number) => number): TradeSpan[] =>
  signals.map((signal, row) => {
    const direction = signal === 'sell' ? -1 : 1;
    return { from: 100, to: 100 + direction * gain(row, direction), cost: 0.5 };
  });
/** Side and first column agree: good; with noise. */
const knowable = spansOf((row, direction) => direction * data.x[row * 6] * 2 + 0.5 + (random.next() - 0.5));
const luck = spansOf(() => (random.next() < 0.5 ? 2 : -2));

describe('the rows of a validator', () => {
  it('are those on which the primary signal would have traded, profitable after costs or not', () => {
    const { data: made, net, starts, voters } = validatorRows([called], rows, signals, knowable);
    const traded = signals.flatMap((signal, row) => (signal === 'hold' ? [] : [row]));
    expect(traded).toHaveLength((ROWS * 3) / 4);
    expect([...(starts as number[])]).toEqual(traded.map((row) => rows.starts[row]));
    expect(voters).toEqual(['caller']);
    expect(made).toMatchObject({ columns: 9, classes: 2 });
    traded.slice(0, 50).forEach((row, i) => {
      const side = signals[row] === 'buy' ? 1 : -1;
      const { from, to, cost } = knowable[row];
      expect(net[i]).toBeCloseTo(side * (to - from) - cost, 12);
      expect(made.y[i]).toBe(side * (to - from) - cost > 0 ? 1 : 0);
      const expected = Float32Array.from([
        ...data.x.subarray(row * 6, row * 6 + 6),
        side,
        called.probabilities[3 * row],
        called.probabilities[3 * row + 2],
      ]);
      expect(made.x.subarray(9 * i, 9 * i + 9)).toEqual(expected);
    });
  });

  it('take mids and spread from the bars that labels are made of', () => {
    let close = 1_000;
    const draw = createRandom(2);
    const start = Date.parse('2013-10-09T14:00:00Z');
    const bars = Array.from({ length: 120 }, (_item, i) => {
      close += Math.round((draw.next() - 0.5) * 8) / 4;
      const quote = { time: 0, bid: close - 0.25, ask: close + (i % 2) * 0.25, bidSize: 1, askSize: 1 };
      return { bar: { start: start + i * 60_000, open: close, high: close, low: close, close, volume: 1 }, quote };
    });
    const block = markBreaks(columnsOf(bars));
    const band = { horizonBars: 20, bandPoints: 1, spreadPoints: 0, feePoints: 0, tickPoints: 0 };
    const labels = labelRows(block, band);
    const labelled = bars.flatMap(({ bar }, i) => (labels[i] === UNLABELLED ? [] : [bar.start]));
    expect(labelled).toHaveLength(100);
    const series = [{ contract: 'ESZ3', block } as unknown as ContractSeries];
    const spans = tradeSpans(series, labelled, 20, INSTRUMENTS.ES);
    const { bid, ask } = bars[1].quote;
    expect(spans[1]).toEqual({
      from: (bid + ask) / 2,
      to: (bars[21].quote.bid + bars[21].quote.ask) / 2,
      cost: roundTripCost(0.5, INSTRUMENTS.ES),
    });
    labelled.forEach((_start, i) => {
      const { from, to } = spans[i];
      const move = Math.log(to / from);
      expect(labels[i]).toBe(move > 1 / from ? 2 : move < -1 / from ? 0 : 1);
    });
    expect(() => tradeSpans(series, [1], 20, INSTRUMENTS.ES)).toThrow(RangeError);
  });
});

describe('a validator', () => {
  it('stops the trades that lose, knows where trades break even, and answers the same from its file', async () => {
    const made = validatorRows([called], rows, signals, knowable);
    const validator = await fitValidator(made, 1);
    if (typeof validator === 'string') throw new Error(validator);
    const { outOfFold, role, trees } = validator;
    expect(outOfFold.auc).toBeGreaterThan(0.8);
    expect(outOfFold.vetoedNet).toBeLessThan(0);
    expect(outOfFold.passedNet).toBeGreaterThan(0);
    expect(outOfFold.vetoedNet + outOfFold.passedNet).toBeCloseTo(
      made.net.reduce((sum, points) => sum + points, 0),
      6,
    );
    const gains = made.net.filter((points) => points > 0);
    const losses = made.net.filter((points) => points <= 0);
    const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(role.breakEven * mean(gains) + (1 - role.breakEven) * mean(losses)).toBeCloseTo(0, 9);

    const session = await openSession(exportValidator(validator, {}));
    const outputs = await session.run({ features: new Tensor('float32', made.data.x, [made.data.rows, 9]) });
    await session.release();
    const own = predictBoosting(trees, made.data.x);
    const answer = outputs.probabilities.data as Float32Array;
    expect(Math.max(...own.map((p, i) => Math.abs(p - answer[i])))).toBeLessThan(1e-5);
  });

  it('is refused, with the reason, where it could learn nothing', async () => {
    const few = validatorRows(
      [called],
      rows,
      signals.map((signal, row) => (row < 200 ? signal : 'hold')),
      knowable,
    );
    expect(await fitValidator(few, 1)).toBe('only 150 primary signals out of fold, 200 needed');
    const always = validatorRows(
      [called],
      rows,
      signals,
      spansOf(() => 3),
    );
    expect(await fitValidator(always, 1)).toBe('the trades of a fold all came out alike');
    const lucky: ValidatorRows = validatorRows([called], rows, signals, luck);
    const outcome = await fitValidator(lucky, 1);
    if (typeof outcome === 'string') expect(outcome).toBe('out of fold its opinion does not rise with success');
    else expect(Math.abs(outcome.outOfFold.auc - 0.5)).toBeLessThan(0.06);
    // Good early, bad late: what one part teaches, the other denies.
    const turning = spansOf((row, direction) => (row < ROWS / 2 ? 2 : -2) * direction * data.x[row * 6]);
    expect(await fitValidator(validatorRows([called], rows, signals, turning), 1)).toBe(
      'out of fold its opinion does not rise with success',
    );
  });
});
