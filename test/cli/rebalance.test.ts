/** `omega rebalance`: the list on the shipped data without any key, its back-test, and what is refused with which exit code. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../src/cli/main';
import { outcomeText, statusLines } from '../../src/cli/rebalance-run-lines';
import { planRebalance, type RebalancePlan } from '../../src/activities/rebalance-steps';
import { DEFAULT_REBALANCE } from '../../src/config/rebalance-settings';
import { openBarStore } from '../../src/market-data/bar-store/bar-store';
import { sessionsFrom } from '../domain/rebalance/market';
import type { RebalanceReport } from '../../src/backtest/rebalance/rebalance-report';
import { openArticleStore } from '../../src/news/article-store';
import { openFolderStore } from '../../src/storage/folder-store';
import { article } from '../news/sample-articles';

const US20 = 'us20_etf2_daily_raw_2008_2013';
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'omega-rebalance-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function omega(...args: readonly string[]): Promise<{ readonly code: number; readonly said: string }> {
  const said: string[] = [];
  const note = (text: string): void => void said.push(text);
  const code = await main(['rebalance', ...args], { out: note, err: note, env: {}, folder });
  return { code, said: said.join('\n') };
}

async function planned(...args: readonly string[]): Promise<RebalancePlan> {
  const { code, said } = await omega('--dry-run', '--json', ...args);
  expect([code, code === 0 ? '' : said]).toEqual([0, '']);
  return JSON.parse(said) as RebalancePlan;
}

it.each<[readonly string[], number, RegExp]>([
  [['--as-of', '2017-13-01'], 2, /--as-of needs a date like/],
  [['--cash', 'much'], 2, /--cash needs a number of dollars/],
  [['--cash', '0'], 2, /EQUITY_NOT_POSITIVE: The account is worth/],
  [['--as-of', '2019-01-02'], 2, /NO_PRICES: The newest prices before 2019-01-02 are of 2017-09-01/],
  [
    ['--set', US20, '--as-of', '2008-02-01'],
    2,
    /NO_SCORES: None of the 20 names can be scored; the first: BAC has 21 of/,
  ],
  [['--set', 'none'], 2, /NO_PRICES: There is no set none, or nothing in it; there is store, us20_/],
  [['--data', 'nowhere'], 2, /NO_PRICES: There are no daily prices/],
  [['--holdings', 'nowhere.csv'], 2, /--holdings: .*nowhere.csv can't be read/],
  [['backtest', '--set', US20, '--from', '2031-01-01'], 2, /No set of daily prices has two sessions/],
  [['backtest', '--cash', '0'], 2, /more than 0 dollars/],
  [['backtest', '--html', 'no/such/folder.html'], 2, /there is no folder/],
  [['show'], 3, /Nothing runs here/],
  [['show', 'yesterday'], 2, /yesterday is no rebalance/],
  [['approve'], 2, /approve needs --why REASON/],
])('%j ends with exit code %i and one sentence', async (args, exit, sentence) => {
  const { code, said } = await omega(...args);
  expect(said).toMatch(sentence);
  expect(said).not.toMatch(/\n\s+at /);
  expect(code).toBe(exit);
});

test('the list of a past day: every name once with its reason, coverage, survivorship, no sectors, modelled fills', async () => {
  const { set, list, modelledFills, notices } = await planned('--as-of', '2012-12-25');
  expect(set).toMatch(/^us20_/);
  expect(list).toMatchObject({ decidedOn: '2012-12-24', tradeOn: '2012-12-26', sectorLimit: false });
  expect(list.names).toHaveLength(20);
  expect(list.names.every(({ why }) => why.endsWith('.'))).toBe(true);
  expect(list.coverage).toMatchObject({ names: 20, withNews: 0, used: false });
  for (const sentence of [/no trading on 2012-12-25/, /no table of sectors/, /[Ss]urvivorship/, /no news/])
    expect(notices.some((notice) => sentence.test(notice))).toBe(true);
  expect(modelledFills.map(({ ticker }) => ticker)).toEqual(list.trades.map(({ ticker }) => ticker));
  for (const { side, open, price, how } of modelledFills) {
    expect(how).toBe('modelled');
    expect(price / open - 1).toBeCloseTo((side === 'buy' ? 1 : -1) * 3.5e-4, 9);
  }
});

test('holdings, sectors and stored news come in', async () => {
  writeFileSync(join(folder, 'holdings.csv'), 'ticker,quantity\nJPM,100\nNOPE,5\n');
  writeFileSync(join(folder, 'sectors.csv'), 'ticker,sector\nJPM,banks\nWFC,banks\nBAC,banks\n');
  const settings = { rebalance: { sectorFile: 'sectors.csv', rules: { sectorLimit: 0.1 } } };
  writeFileSync(join(folder, 'omega.config.json'), JSON.stringify(settings));
  const usable = Date.parse('2013-06-02T12:00:00Z');
  const score = { score: 0.9, relevance: 1, impact: 1, scorer: 'lexicon', indirect: false } as const;
  const about = (id: string, ticker: string) =>
    article({ id, time_published: usable, usable_from: usable, scores: [{ ...score, ticker }] });
  const store = await openFolderStore(join(folder, '.omega/store'));
  await openArticleStore(store).write(
    ['KO', 'PG', 'PEP', 'WMT'].map((ticker, at) => about(String(at).repeat(64), ticker)),
  );
  const { list, notices } = await planned(
    '--set',
    US20,
    '--as-of',
    '2013-06-03',
    '--holdings',
    'holdings.csv',
    '--cash',
    '90000',
  );
  expect(list.coverage).toMatchObject({ names: 20, withNews: 4, used: true });
  expect(list.names.find(({ ticker }) => ticker === 'KO')?.sentiment).toBeGreaterThan(0.3);
  const banks = list.names.reduce(
    (sum, { sector, weightTarget }) => sum + (sector === 'banks' ? (weightTarget ?? 0) : 0),
    0,
  );
  expect(banks).toBeLessThanOrEqual(0.1 + 1e-9);
  expect(list.names.find(({ ticker }) => ticker === 'NOPE')).toMatchObject({ action: 'HOLD', code: 'NO_PRICE_ON_DAY' });
  expect(notices.some((notice) => notice.includes('not counted in the equity: NOPE'))).toBe(true);
  rmSync(join(folder, 'omega.config.json'));
});

interface StoredDays {
  readonly tickers?: readonly string[];
  readonly from?: string;
  readonly provider?: 'csv' | 'sample';
  readonly factor?: (at: number) => number | null;
  readonly lacks?: (at: number) => boolean;
}

/** 260 days of daily bars in a store of their own; PG grows faster than KO. */
async function storedDays(
  name: string,
  { tickers = ['KO', 'PG'], from = '2025-01-02', provider = 'csv', factor, lacks = () => false }: StoredDays = {},
) {
  const store = await openFolderStore(join(folder, name));
  const bars = await openBarStore(store);
  const days = sessionsFrom(from, 260);
  for (const ticker of tickers) {
    const provided = days.map((date, at) => {
      const price = Math.round(50 * (ticker === 'KO' ? 1.0005 : 1.001) ** at * 100) / 100;
      return {
        start: Date.parse(date),
        open: price,
        high: price,
        low: price,
        close: price,
        volume: 1_000,
        adjustmentFactor: factor === undefined ? (at < 200 ? 0.98 : 1) : factor(at),
      };
    });
    const kept = provided.filter((_bar, at) => !lacks(at));
    const series = { contract: ticker, whatToShow: 'TRADES', interval: '1d' } as const;
    await bars.append(series, kept, { provider, fetchedAt: Date.now() });
  }
  await bars.close();
  const plan = (asOf: string | null) =>
    planRebalance({
      dataFolder: join(process.cwd(), 'data'),
      settings: DEFAULT_REBALANCE,
      set: null,
      asOf,
      holdings: [],
      cash: 10_000,
      trade: false,
      store,
    });
  return { days, plan };
}

test('daily bars of the store come first when they reach to the day, and lie beside the files otherwise', async () => {
  const { days, plan } = await storedDays('other-store');
  const { set, list } = await plan(null);
  expect(set).toBe('store');
  expect(list.decidedOn).toBe(days[days.length - 1]);
  expect(list.names.map(({ ticker }) => ticker)).toEqual(['PG', 'KO']);
  // The factor's step is a dividend of 2 %.
  const [, ko] = list.names;
  expect(ko.momentumReturn).toBeCloseTo(1.0005 ** 231 / 0.98 - 1, 2);
  expect((await plan('2013-06-03')).set).toBe(US20);
});

test('a store that ends before the shipped file does not turn the clock back, and a sample says that it is one', async () => {
  const { set, list, notices } = await (await storedDays('old-store', { from: '2012-12-03' })).plan(null);
  expect([set, list.decidedOn]).toEqual(['us28_daily_splitadj_2012_2017', '2017-09-01']);
  expect(notices).toContainEqual(expect.stringMatching(/of the file us28_.*, recorded up to 2017-09-01/));
  const sample = await (await storedDays('sample-store', { provider: 'sample' })).plan(null);
  expect(sample.set).toBe('store');
  expect(sample.notices).toContainEqual(expect.stringMatching(/daily bars of 2 of 2 names are the sample/));
});

test('a corrupt file is named, and no list rests on its hole', async () => {
  const { plan } = await storedDays('corrupt-store', { tickers: ['KO', 'PG', 'PEP'], from: '2024-07-01' });
  const year = join(folder, 'corrupt-store/processed/daily/KO/1d/2024.parquet');
  const sound = await plan(null);
  expect(sound.list.names.map(({ ticker }) => ticker).sort()).toEqual(['KO', 'PEP', 'PG']);
  writeFileSync(year, 'garbage');
  const { list, notices } = await plan(null);
  expect(list.names.find(({ ticker }) => ticker === 'KO')).toMatchObject({ action: 'HOLD', code: 'SHORT_HISTORY' });
  expect(notices).toContainEqual(expect.stringMatching(/KO\/1d\/2024\.parquet is put aside as processed\/corrupt/));
});

test('days that every name lacks are a hole, too; factors are carried between equal ones alone', async () => {
  const { plan } = await storedDays('holed-store', {
    from: '2023-10-02',
    factor: (at) => (at === 100 ? null : at < 200 ? 0.98 : at === 230 ? null : 1),
  });
  expect((await plan(null)).list.names.map(({ code }) => code)).toEqual(['ENTERS', 'BELOW_THRESHOLD']);
  const holed = await storedDays('shared-hole', { lacks: (at) => at > 100 && at < 107 });
  await expect(holed.plan(null)).rejects.toThrow(
    /KO has no price on 2025-05-29 and 5 more of its sessions up to 2025-06-05/,
  );
  const mixed = await storedDays('mixed-store', { factor: (at) => (at < 200 ? 0.98 : null) });
  await expect(mixed.plan(null)).rejects.toThrow(/KO has no adjustment factor on .* and 0\.98 on/);
});

test('old closes and trades without a recorded open are told', async () => {
  const { list, modelledFills, notices } = await planned('--as-of', '2017-09-12');
  expect([list.decidedOn, list.tradeOn, modelledFills]).toEqual(['2017-09-01', '2017-09-12', []]);
  expect(notices.join(' ')).toContain(
    'The closes are old: 5 sessions without prices lie between 2017-09-01 and 2017-09-12.',
  );
  const past = await planned('--set', US20, '--as-of', '2014-01-03');
  const tickers = past.list.trades.map(({ ticker }) => ticker);
  const told = `No open of ${past.list.tradeOn} is recorded for ${tickers.join(', ')}:`;
  expect(past.modelledFills.length === 0 && past.notices.some((notice) => notice.startsWith(told))).toBe(true);
});

test('the back-test writes its page and its document, the same bytes twice', async () => {
  const days = ['--set', US20, '--from', '2013-06-01', '--to', '2013-09-30'];
  const { code, said } = await omega('backtest', ...days, '--html', 'a.html', '--json', 'a.json');
  expect(code).toBe(0);
  expect(said).toContain('18 weekly rebalances');
  await omega('backtest', ...days, '--html', 'b.html');
  expect(readFileSync(join(folder, 'a.html'), 'utf8')).toBe(readFileSync(join(folder, 'b.html'), 'utf8'));
  const { sets, command } = JSON.parse(readFileSync(join(folder, 'a.json'), 'utf8')) as RebalanceReport;
  expect(sets[0].figures.map(({ name }) => name)).toEqual(['rebalance', 'equal weight', 'buy and hold']);
  expect(command).toBe(`omega rebalance backtest ${days.join(' ')} --cash 100000`);
});

test('every end of a rebalance is one sentence', () => {
  expect(outcomeText({ kind: 'dry-run' })).toBe('Dry run: nothing was ordered.');
  expect(
    outcomeText({ kind: 'traded', complete: false, legs: [], differences: [{ ticker: 'KO', expected: 5, broker: 4 }] }),
  ).toBe('The broker does not hold what was filled: KO 4 instead of 5.');
  const status = {
    rebalanceId: '20170905_133000',
    phase: 'awaiting-approval',
    list: null,
    notices: [],
    approveBy: 0,
    askedBecause: 'it was due',
    legs: [],
    outcome: null,
  } as const;
  expect(statusLines(status)[1]).toMatch(
    /awaited until 1970-01-01T00:00:00.000Z, because it was due: omega rebalance approve/,
  );
});
