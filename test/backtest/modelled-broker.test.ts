/** Modelled fills on bars made by hand: prices worked out beside each expectation. */
import { GatewayRecordError, readGatewayRecord } from '../../src/backtest/gateway-record';
import { minuteActivity, squareRootImpact, type CostModel } from '../../src/backtest/cost-model';
import { ModelledBroker } from '../../src/backtest/modelled-broker';
import { contractOf } from '../../src/backtest/run-backtest';
import type { BrokerExecution } from '../../src/domain/broker-events';
import { MINUTE_MS } from '../../src/domain/exchange-time';
import type { OrderIntent } from '../../src/domain/intents';
import type { RecordedContract, RecordedMarket, RecordedMinute } from '../../src/market-data/recorded-market';

const START = Date.parse('2013-10-09T14:00:00Z');
const FREE: CostModel = { feePerContract: 0, slippageTicks: 0, impact: 0 };

type Prices = readonly [open: number, high: number, low: number, close: number];

/** One bar a minute; a quote of 0.50 around each close (half spread 0.25). */
function marketOf(bars: readonly (Prices | null)[]): {
  readonly market: RecordedMarket;
  readonly contract: RecordedContract;
} {
  const minutes = bars.map((prices, index): RecordedMinute => {
    const start = START + index * MINUTE_MS;
    if (prices === null) return { start, bar: null, quote: null };
    const [open, high, low, close] = prices;
    const quote = { time: start + 59_000, bid: close - 0.25, ask: close + 0.25, bidSize: 9, askSize: 9 };
    return { start, bar: { start, open, high, low, close, volume: 100 }, quote };
  });
  const contract: RecordedContract = { symbol: 'ES', deliveryMonth: '201312', file: 'ES', minutes };
  const market: RecordedMarket = {
    folder: 'none',
    contracts: [contract],
    rejected: [],
    skipped: [],
    tradeDates: ['2013-10-09'],
    margins: [],
    files: [],
  };
  return { market, contract };
}

function intentOf(contract: RecordedContract, change: Partial<OrderIntent> = {}): OrderIntent {
  return {
    key: 'T-1-1',
    account: 'T',
    contract: contractOf(contract),
    side: 'buy',
    quantity: 2,
    orderType: 'market',
    limitPrice: null,
    bracket: { stopPrice: 98, targetPrice: 104 },
    purpose: 'entry',
    orderIdBase: 1_000_000,
    decisionId: null,
    referencePrice: 100,
    decidedAt: START,
    expiresAt: START + MINUTE_MS,
    decidedMonotonicMs: null,
    expectedPosition: 0,
    ...change,
  };
}

/** Places after the first bar and plays the rest. */
function play(bars: readonly (Prices | null)[], costs: CostModel, change: Partial<OrderIntent> = {}) {
  const { market, contract } = marketOf(bars);
  const broker = new ModelledBroker({ market, cash: 10_000, startClock: START, costs });
  broker.advanceTo(START + MINUTE_MS, () => undefined);
  broker.place(intentOf(contract, change));
  broker.advanceTo(START + bars.length * MINUTE_MS, () => undefined);
  const executions = broker
    .takeEvents()
    .flatMap((event): readonly BrokerExecution[] => (event.type === 'execution' ? [event.execution] : []));
  return {
    broker,
    executions,
    fills: executions.map(({ orderRef, side, price, time }) => [orderRef, side, price, (time - START) / MINUTE_MS]),
  };
}

describe('modelled fills', () => {
  it('fills a market order at the next open that trades, worse by half spread and slippage', () => {
    const { fills, broker, executions } = play([[100, 100, 100, 100], null, [101, 102, 100.5, 101]], {
      ...FREE,
      slippageTicks: 1,
      feePerContract: 2,
    });
    // open 101 + half spread 0.25 + one tick 0.25
    expect(fills).toEqual([['T-1-1', 'buy', 101.5, 2]]);
    // 2 contracts × 50 dollars: half spread 25; the tick 25 and the point that the market moved meanwhile 100
    expect(broker.costsOf(executions[0].execId)).toEqual({ fee: 4, spread: 25, slippage: 125, impact: 0 });
    // 10,000 − 4 + (close 101 − 101.5) × 2 × 50
    expect(broker.netLiquidation()).toBe(9_946);
  });

  it('believes the stop of a bar that touches both, and ends the target with it', () => {
    const { fills, broker } = play(
      [
        [100, 100, 100, 100],
        [100, 105, 97, 103],
        [103, 110, 103, 110],
      ],
      FREE,
    );
    // in at 100 + 0.25, out at 98 − 0.25
    expect(fills).toEqual([
      ['T-1-1', 'buy', 100.25, 1],
      ['T-1-1/stop', 'sell', 97.75, 1],
    ]);
    expect(broker.netLiquidation()).toBe(9_750);
  });

  it('fills a gapped stop at the open and a target only beyond its price, without spread', () => {
    expect(
      play(
        [
          [100, 100, 100, 100],
          [100, 101, 99, 100],
          [95, 96, 94, 95],
        ],
        FREE,
      ).fills[1],
    ).toEqual(['T-1-1/stop', 'sell', 94.75, 2]);
    const touched = play(
      [
        [100, 100, 100, 100],
        [100, 104, 99, 104],
      ],
      FREE,
    );
    expect(touched.fills).toHaveLength(1);
    const beyond = play(
      [
        [100, 100, 100, 100],
        [100, 104.25, 99, 104],
      ],
      FREE,
    );
    expect(beyond.fills[1]).toEqual(['T-1-1/target', 'sell', 104, 1]);
  });

  it('cancels what was never entered and knows nothing of a bar that began before the order', () => {
    const limit = { orderType: 'limit', limitPrice: 99 } as const;
    const { broker, fills } = play(
      [
        [90, 90, 90, 90],
        [100, 101, 99, 100],
      ],
      FREE,
      limit,
    );
    expect(fills).toEqual([]);
    broker.cancel(intentOf(marketOf([]).contract));
    const cancelled = broker
      .takeEvents()
      .filter((event) => event.type === 'order' && event.order.status === 'Cancelled');
    expect(cancelled).toHaveLength(3);
  });

  it('moves the price by the square root of the share of the volume', () => {
    const bars = [100, 101, 100, 102].map((close, index) => ({
      start: START + index * MINUTE_MS,
      open: close,
      high: close,
      low: close,
      close,
      volume: 50,
    }));
    // changes 1, −1, 2: mean 2/3, variance (1/9 + 25/9 + 16/9) / 2 = 7/3
    expect(minuteActivity(bars)?.deviation).toBeCloseTo(Math.sqrt(7 / 3), 12);
    expect(squareRootImpact(0.5, 2, bars)).toBeCloseTo(0.5 * Math.sqrt(7 / 3) * Math.sqrt(2 / 50), 12);
    expect(squareRootImpact(0.5, 8, bars) / squareRootImpact(0.5, 2, bars)).toBeCloseTo(2, 12);
    expect(squareRootImpact(1, 1, [])).toBe(0);
  });
});

it('refuses a record that is none with one sentence', () => {
  expect(() => readGatewayRecord('/nowhere/at/all')).toThrow(GatewayRecordError);
  expect(() => readGatewayRecord(__filename)).toThrow(/holds no list of executions/);
  expect(() => readGatewayRecord(__dirname)).toThrow(/not a paper gateway's state folder/);
});
