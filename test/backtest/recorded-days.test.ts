/** The back-test of recorded days against what the gateway executed on them, and the same bytes twice. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reportOf, type BacktestReport } from '../../src/backtest/backtest-report';
import { compareTrades } from '../../src/backtest/compare-trades';
import { DEFAULT_COSTS } from '../../src/backtest/cost-model';
import { GatewayBroker } from '../../src/backtest/gateway-broker';
import { readGatewayRecord } from '../../src/backtest/gateway-record';
import { refitDaily } from '../../src/backtest/model-source';
import { ModelledBroker } from '../../src/backtest/modelled-broker';
import { pageOf } from '../../src/backtest/page/page';
import { runBacktest } from '../../src/backtest/run-backtest';
import { DEFAULT_CONFIG } from '../../src/config/config';
import { tradeDateBounds } from '../../src/domain/calendar';
import type { RecordedMarket } from '../../src/market-data/recorded-market';
import { loadRecordedMarket } from '../../src/market-data/recorded-minutes';
import { DEFAULT_SCHEMA } from '../../src/features/schema';
import { openFolderStore } from '../../src/storage/folder-store';

const ROOT = join(__dirname, '..', '..');
const RECORD = join(__dirname, 'fixtures', 'recorded-days.json');
const DATES = ['2013-10-09', '2013-10-10', '2013-10-11'] as const;
const CASH = 100_000;
/** Fits and three days take seconds of a core; a busy machine has less than one. */
const PATIENCE_MS = 300_000;

let folder: string;
let market: RecordedMarket;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'omega-backtest-'));
  market = await loadRecordedMarket(join(ROOT, 'data'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function backtest(tradeDates: readonly string[], fills: 'gateway' | 'modelled'): Promise<BacktestReport> {
  const instruments = ['ES', 'GC'] as const;
  const startClock = tradeDateBounds(tradeDates[0]).start;
  const account = 'BACKTEST';
  const store = await openFolderStore(folder);
  const run = await runBacktest({
    market,
    config: DEFAULT_CONFIG,
    account,
    instruments,
    tradeDates,
    models: refitDaily({
      market,
      instruments,
      schema: DEFAULT_SCHEMA,
      seed: 1,
      codeVersion: 'test',
      store,
      onProgress: () => undefined,
    }),
    broker:
      fills === 'gateway'
        ? new GatewayBroker({ market, account, cash: CASH, seed: 1, startClock })
        : new ModelledBroker({ market, cash: CASH, startClock, costs: DEFAULT_COSTS }),
    onProgress: () => undefined,
  });
  return reportOf({
    run,
    instruments,
    fills: fills === 'gateway' ? { kind: 'gateway', seed: 1 } : { kind: 'modelled', ...DEFAULT_COSTS },
    limits: DEFAULT_CONFIG.limits,
    data: { name: 'data', files: market.files },
    models: 'refit',
    seed: 1,
    cash: CASH,
    command: 'omega backtest',
    codeVersion: 'test',
    comparison: compareTrades('the record', readGatewayRecord(RECORD), run.executions, tradeDates),
  });
}

describe('a back-test of recorded days', () => {
  it(
    'agrees with the gateway execution by execution over three days, halts included',
    async () => {
      const { comparison, figures } = await backtest(DATES, 'gateway');
      expect(comparison?.differences).toEqual([]);
      expect(comparison?.equal).toBe(46);
      // The totals of the same run's own report.
      expect(figures.days.map(({ trades }) => trades)).toEqual([10, 11, 2]);
      expect(figures.days.map(({ decisions }) => decisions)).toEqual([2743, 2724, 2756]);
      expect(figures.days.map(({ buyAndHold }) => Math.round(buyAndHold * 100) / 100)).toEqual([
        -1304.44, -361.94, -344.44,
      ]);
      expect(figures.costs.fee).toBeCloseTo(111.42, 6);
      expect(figures.endEquity - figures.startEquity).toBeCloseTo(-3526.42, 6);
      expect(figures.days[1].refusals).toEqual({ HALTED: 56 });
      expect(figures.days.map(({ halt }) => halt?.slice(0, 16) ?? null)).toEqual([
        null,
        'LIMIT_DAILY_LOSS',
        'LIMIT_DAILY_LOSS',
      ]);
      expect(figures.days[2].liftedHalt).toMatch(/^LIMIT_DAILY_LOSS/);
    },
    PATIENCE_MS,
  );

  it(
    'gives the same page twice, to the byte, and says what differs when fills are modelled',
    async () => {
      const [first, second] = [await backtest([DATES[0]], 'gateway'), await backtest([DATES[0]], 'gateway')];
      expect(pageOf(second)).toBe(pageOf(first));
      expect(JSON.stringify(second)).toBe(JSON.stringify(first));

      const modelled = await backtest([DATES[0]], 'modelled');
      const { comparison, figures } = modelled;
      expect(comparison?.differences.length).toBeGreaterThan(0);
      expect(pageOf(modelled)).toContain('Modelled: a market order fills at the open of the next bar');
      // Money is conserved: what the account gained is what the trades made.
      expect(figures.endEquity - figures.startEquity).toBeCloseTo(figures.netPnl, 1);
      expect(figures.costs.impact).toBeGreaterThan(0);
    },
    PATIENCE_MS,
  );
});
