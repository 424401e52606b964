/**
 * The weekly rebalance beside a real session, with a scripted broker behind both: six stocks that all cost 50 dollars on the evening before,
 * and got there from above or from below.
 */
import { Worker } from '@temporalio/worker';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRebalanceActivities } from '../../src/activities/rebalance-activities';
import { main } from '../../src/cli/main';
import { readRebalance, rebalanceHandle, startRebalance, type RebalanceStart } from '../../src/client/rebalance';
import { DEFAULT_REBALANCE, type RebalanceConfig } from '../../src/config/rebalance-settings';
import { stockOf } from '../../src/domain/contracts';
import { DATA_QUEUE } from '../../src/domain/ids';
import { rebalanceReportKey } from '../../src/domain/rebalance/rebalance-run';
import type {
  RebalanceOutcome,
  RebalancePhase,
  RebalanceReport,
  RebalanceStatus,
} from '../../src/domain/rebalance/rebalance-run';
import type { BarProvider } from '../../src/market-data/providers/provider';
import { openFolderStore } from '../../src/storage/folder-store';
import type { ObjectStore } from '../../src/storage/object-store';
import * as messages from '../../src/workflows/messages';
import { RULES, sessionsFrom } from '../domain/rebalance/market';
import { BUNDLE, OPEN, type Rig } from './trading-rig';

export const NAMES = ['AA', 'BB', 'CC', 'DD', 'EE', 'FF'];
const STARTS = [40, 42, 45, 55, 58, 62];
const DAYS = sessionsFrom('2013-08-26', 31);
export const PRICE = 50;
export const CASH = 9_000;
/** What the scripted broker takes for a share. */
export const FEE = 2.25;

/** 30 % of 9,000 dollars at 50. */
export const SHARES = 54;
/** Bought three times, the fees paid. */
export const CASH_LEFT = CASH - 3 * SHARES * (PRICE + FEE);

export const SETTINGS: RebalanceConfig = {
  ...DEFAULT_REBALANCE,
  rules: {
    ...RULES,
    momentum: { windows: [20], skip: 1 },
    holdings: 3,
    keepRank: 3,
    costs: { feePerShare: FEE, minimumFee: 0, halfSpreadBps: 0, slippageBps: 0 },
    investedShare: 0.9,
  },
  trade: true,
  approval: { needed: false, hours: 1 },
  paceMs: 5,
};

/** Straight lines from `starts` to PRICE on the evening before the broker's day. */
function writePrices(folder: string, starts: readonly number[]): void {
  const rows = NAMES.flatMap((ticker, name) =>
    DAYS.map((date, at) => {
      const price = (starts[name] + ((PRICE - starts[name]) * at) / (DAYS.length - 1)).toFixed(4);
      return `${date},${ticker},${price},${price},${price},${price},1000,1`;
    }),
  );
  mkdirSync(join(folder, 'equity_1d'), { recursive: true });
  const header = 'date,ticker,open,high,low,close,volume,adj_factor';
  writeFileSync(join(folder, 'equity_1d', 'test_daily_2013.csv'), `${[header, ...rows].join('\n')}\n`);
}

/** Days to the evening before the broker's day: AA rises, all others fall, CC is unknown. Notes who was asked for. */
export const providerWithoutCC = (asked: string[]): BarProvider => ({
  name: 'csv',
  cannot: ({ contract }) => (contract === 'CC' ? 'it has no CC' : null),
  async *bars({ contract, from, to }) {
    asked.push(contract);
    yield sessionsFrom('2013-08-20', 36)
      .filter((day) => day < '2013-10-09')
      .map((day, at) => ({ day: Date.parse(day), price: contract === 'AA' ? 50 + at : 90 - at }))
      .filter(({ day }) => day >= from && day < to)
      .map(({ day, price }) => ({
        start: day,
        open: price,
        high: price,
        low: price,
        close: price,
        volume: 1,
        adjustmentFactor: null,
      }));
  },
});

export const traded = (outcome: RebalanceOutcome): Extract<RebalanceOutcome, { kind: 'traded' }> => {
  if (outcome.kind !== 'traded') throw new Error(JSON.stringify(outcome));
  return outcome;
};

/** `omega rebalance …` for the rig's account: its exit code and all that it said. */
export async function omegaRebalance(
  { address, account }: Rig,
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly said: string }> {
  const said: string[] = [];
  const note = (text: string): void => void said.push(text);
  const env = { TEMPORAL_ADDRESS: address, IBKR_ACCOUNT: account };
  const code = await main(['rebalance', ...args], { out: note, err: note, env, folder: tmpdir() });
  return { code, said: said.join('\n') };
}

export class RebalanceRig {
  cash = CASH;
  /** What a share is offered at; null: no quote comes. */
  ask: number | null = PRICE;
  /** Why the broker cannot be looked at; null when it can. */
  failing: string | null = null;
  /** Awaited before the cash of the open is told. */
  beforeCash: () => Promise<void> = () => Promise.resolve();
  providers: readonly BarProvider[] = [];
  settings = SETTINGS;
  private running: { readonly worker: Worker; readonly run: Promise<void> } | null = null;

  private constructor(
    readonly rig: Rig,
    readonly store: ObjectStore,
    private readonly folder: string,
  ) {}

  static async open(rig: Rig): Promise<RebalanceRig> {
    const folder = mkdtempSync(join(tmpdir(), 'omega-rebalance-'));
    writePrices(folder, STARTS);
    rig.broker.price = PRICE;
    await rig.session.signal(messages.brokerConnected, { epoch: 1, nextValidId: 1, positions: [] });
    const self = new RebalanceRig(rig, await openFolderStore(join(folder, 'store')), folder);
    await self.startWorker();
    return self;
  }

  /** AA, BB and CC fell now, and DD, EE and FF rose. */
  turnPrices(): void {
    writePrices(this.folder, [...STARTS].reverse());
  }

  /** Again after `stopWorker`: what a process that dies and comes back is to the server. */
  async startWorker(): Promise<void> {
    const { rig, store, folder } = this;
    const settings = () => this.settings;
    const activities = createRebalanceActivities({
      client: rig.client,
      store,
      get settings() {
        return settings();
      },
      dataFolder: folder,
      pollMs: 20,
      providers: () => this.providers,
      withBroker: async (look) => {
        if (this.failing !== null) throw new Error(this.failing);
        return look({
          totalCash: this.cash,
          netLiquidation: 100_000,
          marketTime: OPEN,
          ask: () => Promise.resolve(this.ask),
          stocks: (tickers) => Promise.resolve(tickers.map((ticker) => stockOf(7_001 + NAMES.indexOf(ticker), ticker))),
        });
      },
    });
    const worker = await Worker.create({
      connection: rig.nativeConnection,
      taskQueue: DATA_QUEUE,
      workflowBundle: BUNDLE,
      activities: { ...activities, readCash: () => this.beforeCash().then(() => activities.readCash()) },
      stickyQueueScheduleToStartTimeout: '1s',
    });
    this.running = { worker, run: worker.run() };
  }

  async stopWorker(): Promise<void> {
    this.running?.worker.shutdown();
    await this.running?.run;
    this.running = null;
  }

  async close(): Promise<void> {
    await rebalanceHandle(this.rig.client, this.rig.account)
      .terminate('test is over')
      .catch(() => undefined);
    await this.stopWorker();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private starts = 0;
  start(more: Partial<RebalanceStart> = {}) {
    this.starts += 1;
    const start = { account: this.rig.account, asOf: null, manner: {}, paper: null, askBecause: null, ...more };
    return startRebalance(this.rig.client, start, OPEN + this.starts * 1_000);
  }

  /** Runs one to its end. */
  async executed(): Promise<RebalanceOutcome> {
    const handle = await this.start();
    if (handle === null) throw new Error('one runs already');
    return handle.result();
  }

  /** Polls until it is in the phase; throws with the last status after 15 seconds. */
  async until(phase: RebalancePhase): Promise<RebalanceStatus> {
    const deadline = Date.now() + 15_000;
    for (;;) {
      const status = await readRebalance(this.rig.client, this.rig.account);
      if (status.phase === phase) return status;
      if (Date.now() > deadline) throw new Error(`waited in vain for ${phase}: ${JSON.stringify(status)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async report(rebalanceId: string): Promise<RebalanceReport> {
    const bytes = await this.store.get(rebalanceReportKey(rebalanceId));
    return JSON.parse(new TextDecoder().decode(bytes)) as RebalanceReport;
  }

  /** Side, ticker and shares of what the broker got, in its order. */
  placed(): readonly string[] {
    return this.rig.broker.placed.map(({ side, quantity, contract }) => `${side} ${quantity} ${contract.symbol}`);
  }
}
