/** Labels of requirement E8: cost band, horizon, breaks; and splits that don't leak. */
import * as fc from 'fast-check';
import type { BarWithQuote } from '../../src/domain/bars';
import { tradeDateOf } from '../../src/domain/calendar';
import { MINUTE_MS } from '../../src/domain/exchange-time';
import { INSTRUMENTS } from '../../src/domain/instruments';
import { BREAK_GAP_MINUTES, columnsOf, markBreaks } from '../../src/features/bar-series';
import {
  BUY,
  HOLD,
  HORIZON_BARS,
  labelBand,
  labelRows,
  medianSpread,
  SELL,
  UNLABELLED,
} from '../../src/learning/labels';
import { purgedSplit } from '../../src/learning/purged-split';
import { MONDAY_MORNING, syntheticBars } from '../features/synthetic-bars';

const { ES, GC } = INSTRUMENTS;
const band = labelBand(0.25, ES);
const blockOf = (rows: readonly BarWithQuote[]) => markBreaks(columnsOf(rows));
const midOf = ({ quote }: BarWithQuote): number | null =>
  quote !== null && quote.bid !== null && quote.ask !== null && quote.bid <= quote.ask
    ? (quote.bid + quote.ask) / 2
    : null;

function risingTo(finalMid: number): BarWithQuote[] {
  return Array.from({ length: HORIZON_BARS + 1 }, (_item, i) => {
    const mid = i === HORIZON_BARS ? finalMid : 1600;
    const bar = { start: MONDAY_MORNING + i * MINUTE_MS, open: mid, high: mid, low: mid, close: mid, volume: 1 };
    return { bar, quote: { time: 0, bid: mid - 0.125, ask: mid + 0.125, bidSize: 1, askSize: 1 } };
  });
}

describe('the cost band', () => {
  it('is spread, fees of both sides and one tick, in points', () => {
    expect(band).toEqual({
      horizonBars: 20,
      bandPoints: 0.25 + 0.09 + 0.25,
      spreadPoints: 0.25,
      feePoints: 0.09,
      tickPoints: 0.25,
    });
    expect(labelBand(0.1, GC).bandPoints).toBeCloseTo(0.1 + 0.0494 + 0.1, 12);
  });

  it('takes the median spread of two-sided quotes before a time, null without one', () => {
    const rows = syntheticBars(GC, { bars: 300, seed: 4 });
    const block = blockOf(rows);
    const spreads = rows
      .filter((row) => midOf(row) !== null)
      .map(({ quote }) => quote!.ask! - quote!.bid!)
      .sort((a, b) => a - b);
    expect(medianSpread([block])).toBeCloseTo(spreads[spreads.length >> 1], 9);
    expect(medianSpread([block], rows[0].bar.start)).toBeNull();
    const silent = blockOf(rows.map(({ bar }) => ({ bar, quote: null })));
    expect(medianSpread([silent])).toBeNull();
    expect(medianSpread([silent, block])).toBe(medianSpread([block]));
  });

  it('separates buy, hold and sell at the round trip’s cost', () => {
    const labelOf = (move: number) => labelRows(blockOf(risingTo(1600 + move)), band)[0];
    const nearby = band.bandPoints ** 2 / 1600;
    expect(labelOf(band.bandPoints + nearby)).toBe(BUY);
    expect(labelOf(band.bandPoints - nearby)).toBe(HOLD);
    expect(labelOf(0)).toBe(HOLD);
    expect(labelOf(-band.bandPoints + nearby)).toBe(HOLD);
    expect(labelOf(-band.bandPoints - nearby)).toBe(SELL);
  });
});

describe('labels of any series', () => {
  it('look exactly one horizon ahead and never over a break or the end of the data', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 5, max: 600 }), (seed, bars) => {
        const rows = syntheticBars(GC, { bars, seed });
        const dates = rows.map(({ bar }) => tradeDateOf(bar.start));
        const gcBand = labelBand(0.1, GC);
        const labels = labelRows(blockOf(rows), gcBand);
        const expected = rows.map((row, i) => {
          const ahead = rows.slice(i, i + HORIZON_BARS + 1);
          if (ahead.length <= HORIZON_BARS) return UNLABELLED;
          const broken = ahead.some((next, k) => {
            if (k === 0) return false;
            const silence = next.bar.start - ahead[k - 1].bar.start;
            return silence > BREAK_GAP_MINUTES * MINUTE_MS || dates[i + k] !== dates[i + k - 1];
          });
          const [now, then] = [midOf(row), midOf(ahead[HORIZON_BARS])];
          if (broken || now === null || then === null) return UNLABELLED;
          const move = Math.log(then / now) * now;
          return move > gcBand.bandPoints ? BUY : move < -gcBand.bandPoints ? SELL : HOLD;
        });
        expect(Array.from(labels)).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });

  it('do not change when bars after their horizon do', () => {
    const rows = syntheticBars(GC, { bars: 400, seed: 8 });
    const gcBand = labelBand(0.1, GC);
    const whole = labelRows(blockOf(rows), gcBand);
    const part = labelRows(blockOf(rows.slice(0, 250)), gcBand);
    expect(part.slice(0, 250 - HORIZON_BARS)).toEqual(whole.slice(0, 250 - HORIZON_BARS));
  });
});

describe('purgedSplit', () => {
  it('lets no training label touch a test label or the embargo after it, and loses no test row', () => {
    const spans = fc.array(fc.tuple(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 1, max: 40 })), {
      maxLength: 120,
    });
    fc.assert(
      fc.property(
        spans,
        fc.integer({ min: 0, max: 400 }),
        fc.integer({ min: 1, max: 100 }),
        fc.nat(30),
        (list, from, size, embargo) => {
          const starts = list.map(([start]) => start);
          const ends = list.map(([start, length]) => start + length);
          const { train, test } = purgedSplit({ starts, ends }, from, from + size, embargo);
          expect(test).toEqual(starts.flatMap((start, i) => (start >= from && start < from + size ? [i] : [])));
          for (const i of train) {
            for (const k of test) expect(ends[i] < starts[k] || starts[i] > ends[k] + embargo).toBe(true);
          }
          // Nothing is thrown away needlessly: a row that ends before the test period trains.
          starts.forEach((_start, i) => {
            if (ends[i] < from) expect(train).toContain(i);
          });
        },
      ),
    );
  });
});
