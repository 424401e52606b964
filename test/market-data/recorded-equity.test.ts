import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unitOf } from '../../src/domain/instruments';
import { DEFAULT_SCHEMA } from '../../src/features/schema';
import { stockSchema } from '../../src/features/stock-schema';
import { stockData } from '../../src/learning/training/learning-data';
import { trainingSet } from '../../src/learning/training/training-set';
import type { TrainingSet } from '../../src/learning/training/training-set';
import { inStockHours, loadRecordedStock } from '../../src/market-data/recorded-equity';
import type { RecordedStock } from '../../src/market-data/recorded-equity';

const at = (iso: string): number => Date.parse(iso);

describe('the recorded minutes of SPY', () => {
  let stock: RecordedStock;
  beforeAll(async () => {
    stock = await loadRecordedStock('data', 'SPY');
  });

  it('are 43 sessions of 390 regular minutes each; the others are counted', () => {
    expect(stock.tradeDates).toHaveLength(43);
    expect(stock.bars).toHaveLength(43 * 390);
    expect(stock.bars.length + stock.outsideHours + stock.rejected.length).toBe(31_757);
    expect(stock.rejected).toEqual([]);
    expect(stock.bars[0].start).toBe(at('2011-01-03T14:30:00Z'));
    // Clocks in New York went forward on 13 March.
    expect(stock.bars.at(-1)?.start).toBe(at('2011-03-31T19:59:00Z'));
  });

  it('make a set without quotes: 11 trade dates held out, columns of three bar lengths, a band of modelled cost', () => {
    const schema = stockSchema(DEFAULT_SCHEMA);
    expect(schema.modelColumns).toEqual(
      expect.arrayContaining(['rsi', 'rsi_5m', 'rsi_15m', 'ret_15', 'minute_of_day']),
    );
    expect(schema.columns.filter((name) => /bid|ask|spread|imbalance|ofi|^ret_\d+_/.test(name))).toEqual([]);
    const data = stockData(stock);
    const series = data.series('SPY', stock.tradeDates, schema);
    const set = trainingSet('SPY', series, stock.tradeDates, schema, unitOf('SPY'), data.quotes) as TrainingSet;
    expect(set.holdOutDays).toEqual(stock.tradeDates.slice(-11));
    expect(set.label).toEqual({
      horizonBars: 20,
      bandPoints: 0.03,
      spreadPoints: 0.01,
      feePoints: 0.01,
      tickPoints: 0.01,
      quotes: 'modelled',
    });
    expect(set.learning.length).toBeGreaterThan(10_000);
    expect(set.holdOut.length).toBe(11 * (390 - 20 - 15));
    const row = set.holdOut[0];
    const bar = stock.bars.findIndex(({ start }) => start === set.rows.starts[row]);
    expect(set.spans[row].from).toBeCloseTo(stock.bars[bar].close, 9);
    expect(set.spans[row].to).toBeCloseTo(stock.bars[bar + 20].close, 9);
    expect(set.spans[row].cost).toBeCloseTo(0.02, 9);
    const move = stock.bars[bar + 20].close - stock.bars[bar].close;
    expect(set.rows.data.y[row]).toBe(move > 0.03 ? 2 : move < -0.03 ? 0 : 1);
  });
});

it('keeps to the regular hours of New York, half days and holidays', () => {
  expect(inStockHours(at('2011-01-03T14:29:00Z'), 'SPY')).toBe(false);
  expect(inStockHours(at('2011-01-03T14:30:00Z'), 'SPY')).toBe(true);
  expect(inStockHours(at('2011-01-03T20:59:00Z'), 'SPY')).toBe(true);
  expect(inStockHours(at('2011-01-03T21:00:00Z'), 'SPY')).toBe(false);
  expect(inStockHours(at('2011-03-14T13:30:00Z'), 'SPY')).toBe(true);
  // Martin Luther King's day; the day after Thanksgiving closes at 13:00.
  expect(inStockHours(at('2011-01-17T15:00:00Z'), 'SPY')).toBe(false);
  expect(inStockHours(at('2011-11-25T17:59:00Z'), 'SPY')).toBe(true);
  expect(inStockHours(at('2011-11-25T18:00:00Z'), 'SPY')).toBe(false);
});

describe('a bad file', () => {
  let folder: string;
  beforeEach(() => mkdirSync(join((folder = mkdtempSync(join(tmpdir(), 'omega-equity-'))), 'equity_1m')));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, ...rows: string[]): void =>
    writeFileSync(join(folder, 'equity_1m', name), ['timestamp,open,high,low,close,volume', ...rows].join('\n'));

  it('keeps bad rows aside with the reason and goes on', async () => {
    write(
      'SPY_1m.csv',
      '2011-01-03T15:00:00Z,126.1,126.2,126,126.1,100',
      '2011-01-03T15:00:00Z,126.1,126.2,126,126.1,100',
      '2011-01-03T15:01:00Z,126.1,126,126.2,126.1,100',
      '2011-01-03T15:02:00Z,126.105,126.2,126,126.1,100',
      '2011-01-03T15:03:00Z,126.1,126.2',
      '2011-01-03T15:04:00Z,126.1,126.2,126,126.1,100',
    );
    const { bars, rejected } = await loadRecordedStock(folder, 'SPY');
    expect(bars).toHaveLength(2);
    expect(rejected.map(({ line, reason }) => [line, reason])).toEqual([
      [3, 'timestamp is not after the row before it'],
      [4, 'high and low do not enclose open and close'],
      [5, 'a price is off the tick grid'],
      [6, 'expected 6 columns, found 3'],
    ]);
  });

  it.each([
    ['has no files', () => undefined, 'NO_FILES'],
    ['has no rows', () => write('SPY_1m.csv'), 'NO_ROWS'],
    [
      'overlaps another',
      () => ['SPY_1m_1.csv', 'SPY_1m_2.csv'].forEach((name) => write(name, '2011-01-03T15:00:00Z,1,1,1,1,1')),
      'FILES_OVERLAP',
    ],
  ])('%s: said in one sentence', async (_what, make, code) => {
    make();
    await expect(loadRecordedStock(folder, 'SPY')).rejects.toMatchObject({ code });
    await expect(loadRecordedStock(join(folder, 'none'), 'SPY')).rejects.toMatchObject({ code: 'FOLDER_MISSING' });
  });
});
