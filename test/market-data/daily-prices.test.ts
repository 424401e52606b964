/** Daily bars and sectors from CSV: what is read, what is put aside and why, what is refused. */
import { parseDailyPrices } from '../../src/market-data/daily-prices';
import { RecordedDataError } from '../../src/market-data/recorded-market';
import { parseSectors } from '../../src/market-data/sector-table';

const HEADER = 'timestamp,date,ticker,open,high,low,close,volume,adj_close,adj_factor';
const row = (date: string, ticker: string, prices = '10,11,9,10.5,100,5.25,0.5'): string =>
  `x,${date},${ticker},${prices}`;
const read = (...rows: readonly string[]) => parseDailyPrices('a.csv', [HEADER, ...rows].join('\n'));
const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof RecordedDataError) return error.code;
  }
  return 'nothing thrown';
};

test('bars by ticker, alphabetical', () => {
  const { histories, rejected } = read(row('2015-01-05', 'KO'), row('2015-01-05', 'AA'), row('2015-01-06', 'KO'));
  expect(histories.map(({ ticker, bars }) => [ticker, bars.length])).toEqual([
    ['AA', 1],
    ['KO', 2],
  ]);
  expect(histories[0].bars[0]).toEqual({
    date: '2015-01-05',
    open: 10,
    high: 11,
    low: 9,
    close: 10.5,
    volume: 100,
    factor: 0.5,
  });
  expect(rejected).toEqual([]);
});

test('one stock however its ticker is written', () => {
  const { histories } = read(row('2015-01-05', 'BRK B'), row('2015-01-06', ' brk-b '), row('2015-01-07', 'BRK.B'));
  expect(histories.map(({ ticker, bars }) => [ticker, bars.length])).toEqual([['BRK.B', 3]]);
  expect(parseSectors('s.csv', 'ticker,sector\n brk b ,Insurance\nBRK-B,Insurance\n')).toEqual(
    new Map([['BRK.B', 'Insurance']]),
  );
});

test.each([
  [row('05/01/2015', 'KO'), /is not YYYY-MM-DD/],
  [row('2015-01-06', ''), /no ticker/],
  [row('2015-01-06', 'KO', '10,11,9,,100,5,0.5'), /close is no number/],
  [row('2015-01-06', 'KO', '10,11,9,-1,100,5,0.5'), /close is no number from 0/],
  [row('2015-01-06', 'KO', '10,10.2,9,10.5,100,5,0.5'), /high and low do not enclose/],
  [row('2015-01-05', 'KO'), /not after the row before it/],
])('%s is put aside with its reason', (wrong, reason) => {
  const { rejected, histories } = read(row('2015-01-05', 'KO'), wrong);
  expect(rejected).toEqual([expect.objectContaining({ line: 3, reason: expect.stringMatching(reason) as string })]);
  expect(histories[0].bars).toHaveLength(1);
});

test('a price of 0 is kept for the rebalance to name', () => {
  expect(read(row('2015-01-05', 'KO', '0,0,0,0,0,0,1')).histories[0].bars[0].close).toBe(0);
});

test('a file without the columns, or without rows, is refused', () => {
  expect(codeOf(() => parseDailyPrices('a.csv', 'date,ticker\n2015-01-05,KO'))).toBe('COLUMNS_MISSING');
  expect(codeOf(() => read())).toBe('NO_ROWS');
  expect(codeOf(() => parseSectors('s.csv', 'name,sector\nKO,drinks'))).toBe('COLUMNS_MISSING');
  expect(codeOf(() => parseSectors('s.csv', 'ticker,sector\n'))).toBe('NO_ROWS');
  expect(() => parseSectors('s.csv', 'ticker,sector\nJPM,Banks\njpm,Technology\n')).toThrow(
    'The sector file s.csv says Banks and Technology of JPM; leave one row of it.',
  );
});

test('sectors by ticker, other columns ignored', () => {
  expect(parseSectors('s.csv', 'ticker,name,sector\nko,Coca-Cola,Drinks\nJPM,,Banks\nXX,,\n')).toEqual(
    new Map([
      ['KO', 'Drinks'],
      ['JPM', 'Banks'],
    ]),
  );
});
