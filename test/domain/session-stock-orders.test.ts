import fc from 'fast-check';
import { stockKey } from '../../src/domain/contracts';
import type { OrderReport } from '../../src/domain/order-report';
import type { Refusal } from '../../src/domain/refusals';
import { latch } from '../../src/domain/session-halt';
import { applyReport, freeze, freezeOf, ordersIn } from '../../src/domain/session-orders';
import { closeTradeDate, openTradeDate, snapshotOf } from '../../src/domain/session-day';
import { judgeBatch } from '../../src/domain/session-proposals';
import { answeredLeg, judgeStockOrder } from '../../src/domain/session-stock-orders';
import { newSession, type SessionState } from '../../src/domain/session-state';
import { upcast } from '../../src/domain/session-upcast';
import { exposure } from '../../src/domain/risk/exposure';
import { tradesToday } from '../../src/domain/risk/trades-per-day';
import type { StockOrderRequest } from '../../src/domain/stock-orders';
import { DEFAULT_CONFIG } from '../../src/config/config';
import { stockContract, stockLeg, STOCK_DATE, STOCK_OPEN } from '../stocks';
import { batch, entry } from '../workflows/proposals';

const ACCOUNT = 'DEMO1000001';

const opened = (): SessionState => ({
  ...openTradeDate(newSession(ACCOUNT, 1_380_000_000, { limits: DEFAULT_CONFIG.limits, mode: 'trading' }), {
    tradeDate: STOCK_DATE,
    netLiquidation: 100_000,
    marketTime: STOCK_OPEN,
  }),
  brokerEpoch: 1,
});

function placed(state: SessionState, order: StockOrderRequest): { state: SessionState; key: string } {
  const verdict = judgeStockOrder(state, order);
  if (verdict.kind !== 'place') throw new Error(JSON.stringify(verdict));
  const { key } = verdict.intent;
  const { rebalanceId, leg } = order;
  return { state: answeredLeg(verdict.state, { rebalanceId, leg, outcome: 'placed', key }), key };
}

/** The report of an order that traded to its end. */
function filled(state: SessionState, key: string, price = 100): SessionState {
  const { intent } = state.orders[key];
  const report: OrderReport = {
    key,
    symbol: stockKey(intent.contract.symbol),
    states: { entry: 'filled', stop: null, target: null },
    executions: [
      { execId: `${key}.01`, leg: 'entry', side: intent.side, shares: intent.quantity, price, time: STOCK_OPEN },
    ],
    fees: 1,
    needsHuman: false,
    freeze: null,
    reason: null,
  };
  return applyReport(state, report);
}

/** A session that holds shares bought at a hundred. */
function holding(ticker: string, shares: number): SessionState {
  const { state, key } = placed(opened(), stockLeg(ticker, 99, { rebalanceId: 'before', quantity: shares }));
  return filled(state, key);
}

const refusalOf = (state: SessionState, order: StockOrderRequest): Refusal | null => {
  const verdict = judgeStockOrder(state, order);
  return verdict.kind === 'refuse' ? verdict.refusal : null;
};
const ko = (more: Partial<StockOrderRequest> = {}): StockOrderRequest => stockLeg('KO', 0, more);
/** Decided at a time of UTC, for five minutes. */
const at = (time: string, side: 'buy' | 'sell' = 'buy'): StockOrderRequest => {
  const decidedAt = Date.parse(`${time}:00Z`);
  return ko({ side, decidedAt, expiresAt: decidedAt + 300_000 });
};
const contract = (more: object): StockOrderRequest => ko({ contract: { ...stockContract('KO'), ...more } });

test.each<[string, string, () => Refusal | null]>([
  ['learning-only', 'ORDERS_DISABLED', () => refusalOf({ ...opened(), mode: 'learning-only' }, ko())],
  ['a dry run', 'ORDERS_DISABLED', () => refusalOf({ ...opened(), mode: 'dry-run' }, ko())],
  ['half a share', 'INVALID_PROPOSAL', () => refusalOf(opened(), ko({ quantity: 0.5 }))],
  ['no shares', 'INVALID_PROPOSAL', () => refusalOf(opened(), ko({ quantity: 0 }))],
  ['no price', 'INVALID_PROPOSAL', () => refusalOf(opened(), ko({ referencePrice: Number.NaN }))],
  ['a rebalance without a name', 'INVALID_PROPOSAL', () => refusalOf(opened(), ko({ rebalanceId: ' ' }))],
  ['a future', 'UNKNOWN_CONTRACT', () => refusalOf(opened(), contract({ secType: 'FUT' }))],
  ['another currency', 'UNKNOWN_CONTRACT', () => refusalOf(opened(), contract({ currency: 'EUR' }))],
  ['no contract id', 'UNKNOWN_CONTRACT', () => refusalOf(opened(), contract({ conId: 0 }))],
  ['the id of another ticker', 'UNKNOWN_CONTRACT', () => refusalOf(holding('KO', 10), contract({ symbol: 'PEP' }))],
  ['an unread broker', 'BROKER_NOT_READY', () => refusalOf({ ...opened(), brokerEpoch: null }, ko())],
  ['no trade date', 'TRADE_DATE_CLOSED', () => refusalOf({ ...opened(), tradeDate: null }, ko())],
  ['a late leg', 'EXPIRED', () => refusalOf({ ...opened(), marketTime: STOCK_OPEN + 3_600_001 }, ko())],
  [
    'a leg before the open',
    'OUTSIDE_HOURS',
    () => refusalOf({ ...opened(), marketTime: null }, at('2013-06-03T13:29')),
  ],
  ['a leg after the close', 'OUTSIDE_HOURS', () => refusalOf(opened(), at('2013-06-03T20:00'))],
  ['a leg on a Sunday', 'OUTSIDE_HOURS', () => refusalOf(opened(), at('2013-06-09T15:00'))],
  ['a leg on a holiday', 'OUTSIDE_HOURS', () => refusalOf(opened(), at('2013-07-04T15:00'))],
  ['a leg after an early close', 'OUTSIDE_HOURS', () => refusalOf(opened(), at('2013-11-29T18:00'))],
  ['a leg that outlives the close', 'OUTSIDE_HOURS', () => refusalOf(opened(), at('2013-06-03T19:57'))],
  ['a reduction after the close', 'OUTSIDE_HOURS', () => refusalOf(holding('KO', 10), at('2013-06-03T20:00', 'sell'))],
  ['a halt', 'HALTED', () => refusalOf(latch(opened(), 'news'), ko())],
  ['a pause', 'PAUSED', () => refusalOf({ ...opened(), pausedBy: 'A. Trader' }, ko())],
  ['a freeze', 'SYMBOL_FROZEN', () => refusalOf(freeze(opened(), 'STK:KO', 'correction'), ko())],
  ['the day’s loss', 'LIMIT_DAILY_LOSS', () => refusalOf({ ...opened(), lastNetLiquidation: 97_000 }, ko())],
  ['a drawdown', 'LIMIT_DRAWDOWN', () => refusalOf({ ...opened(), highWaterMark: 130_000 }, ko())],
  ['a quarter of the account', 'LIMIT_ORDER_SIZE', () => refusalOf(opened(), ko({ quantity: 251 }))],
  ['a sale of nothing', 'SHORT_NOT_ALLOWED', () => refusalOf(opened(), ko({ side: 'sell' }))],
  ['a sale of more than is held', 'SHORT_NOT_ALLOWED', () => refusalOf(holding('KO', 9), ko({ side: 'sell' }))],
])('%s is refused as %s', (_case, code, refused) => {
  expect(refused()?.code).toBe(code);
});

test('positions and live orders together stay below the gross limit', () => {
  const names = ['AAPL', 'BA', 'C', 'CAT'];
  const state = names.reduce((next, name, leg) => placed(next, stockLeg(name, leg, { quantity: 250 })).state, opened());
  expect(refusalOf(state, ko({ leg: 9, quantity: 101 }))).toEqual({
    code: 'LIMIT_EXPOSURE',
    detail: 'worst case=110100.00 limit=110000.00',
  });
  expect(refusalOf(state, ko({ leg: 9, quantity: 100 }))).toBeNull();
});

test('what only reduces passes size, loss and pause, and is a reduction for the guard; a halt holds it back', () => {
  const held = holding('KO', 250);
  const worried: SessionState = { ...held, pausedBy: 'A. Trader', lastNetLiquidation: 50_000, lossLimitReached: 'yes' };
  const sale = ko({ side: 'sell', quantity: 250, referencePrice: 10_000 });
  const verdict = judgeStockOrder(worried, sale);
  expect(verdict).toMatchObject({ kind: 'place', intent: { purpose: 'reduce', bracket: null, expectedPosition: 250 } });
  expect(refusalOf(latch(worried, 'news'), sale)?.code).toBe('HALTED');
});

test('two sales of one position together never sell more than is held', () => {
  const { state } = placed(holding('KO', 15), ko({ side: 'sell' }));
  expect(refusalOf(state, ko({ leg: 1, side: 'sell' }))).toMatchObject({
    code: 'SHORT_NOT_ALLOWED',
    detail: 'sell=10 held=15 selling=10',
  });
  expect(refusalOf(state, ko({ leg: 1, side: 'buy' }))?.code).toBe('POSITION_OPEN');
});

test('shorts where they are allowed: opened from zero, never through it', () => {
  const allowed = { ...DEFAULT_CONFIG.limits, stockShorting: true };
  expect(refusalOf({ ...opened(), limits: allowed }, ko({ side: 'sell' }))).toBeNull();
  expect(refusalOf({ ...holding('KO', 5), limits: allowed }, ko({ side: 'sell' }))?.code).toBe('POSITION_OPEN');
});

test('a leg asked again gets its first answer, across trade dates and runs; another leg of its name is refused', () => {
  const { state, key } = placed(opened(), ko());
  const next = upcast(JSON.parse(JSON.stringify(closeTradeDate(filled(state, key)))) as { stateVersion: number });
  const answer = { rebalanceId: '2013-06-03', leg: 0, outcome: 'placed', key };
  expect(judgeStockOrder(next, ko())).toEqual({ kind: 'repeat', answer });
  expect(refusalOf(next, ko({ quantity: 11 }))).toEqual({
    code: 'INVALID_PROPOSAL',
    detail: '2013-06-03/0 was buy 10 of 8894, not buy 11 of 8894',
  });
});

test('names that are forgotten are not taken for new ones', () => {
  const week = 7 * 86_400_000;
  const decided = (n: number): Partial<StockOrderRequest> => ({
    rebalanceId: `week-${n}`,
    decidedAt: STOCK_OPEN + n * week,
    expiresAt: STOCK_OPEN + n * week + 3_600_000,
    quantity: 1,
  });
  const state = Array.from({ length: 12 }, (_, n) => n).reduce((next, n) => {
    const { state: reserved, key } = placed(next, ko(decided(n)));
    return filled(reserved, key);
  }, opened());
  expect(Object.keys(state.stockLegs)).toEqual(Array.from({ length: 10 }, (_, n) => `week-${n + 2}/0`));
  expect(refusalOf(state, ko(decided(1)))?.code).toBe('STALE_REBALANCE');
  expect(refusalOf(state, ko({ ...decided(0), rebalanceId: 'other' }))?.code).toBe('STALE_REBALANCE');
  expect(judgeStockOrder(state, ko(decided(2))).kind).toBe('repeat');
});

test('stocks count neither as trades nor as contracts, and their keys never meet a future’s', () => {
  const es = { ...stockLeg('KO', 0), contract: { ...stockContract('KO'), symbol: 'ES', conId: 12_345 } };
  const { state, key } = placed(opened(), es);
  const held = filled(state, key);
  expect({ trades: tradesToday(held), exposure: exposure(held) }).toEqual({ trades: 0, exposure: 0 });
  expect(snapshotOf(held, false)).toMatchObject({
    positions: [{ symbol: 'STK:ES', secType: 'STK', localSymbol: 'ES', quantity: 10 }],
    orders: [{ symbol: 'STK:ES', rebalance: { rebalanceId: '2013-06-03', leg: 0 }, fees: 1 }],
    contexts: { ES: { position: 0, tradesToday: 0 } },
    day: { trades: 0, contractsTraded: 0, sharesTraded: 10 },
  });
  const frozen = freeze(held, 'STK:ES', 'a correction');
  expect(freezeOf(frozen, 'ES')).toBeNull();
  expect(ordersIn(held, 'ES')).toEqual([]);
  const bar = Date.parse('2013-06-03T14:30:00Z');
  const future = { ...batch(bar, [entry(ACCOUNT, 'ES', bar)]), tradeDate: STOCK_DATE };
  expect(judgeBatch(frozen, future).verdicts).toMatchObject([{ kind: 'place' }]);
});

test('a stock that the broker holds without our doing is kept out of, alone', () => {
  const foreign = { conId: 8894, symbol: 'KO', secType: 'STK', quantity: 40, averageCost: 41 };
  const state: SessionState = { ...opened(), foreignStocks: { 8894: foreign } };
  expect(refusalOf(state, ko())).toMatchObject({ code: 'SYMBOL_FROZEN' });
  expect(refusalOf(state, stockLeg('PEP', 1))).toBeNull();
  expect(snapshotOf(state, false)).toMatchObject({ frozen: {}, foreignStocks: [foreign] });
});

test('version 3 is brought up: what it knew stays, stocks get the default limits', () => {
  const { stockLegs, stockLegsForgotten, foreignStocks, ...rest } = opened();
  const { stockOrderNotionalFraction, stockGrossFraction, stockShorting, ...limits } = rest.limits;
  const { sharesTraded, ...day } = rest.day;
  const third = { ...rest, stateVersion: 3, limits, day, seq: 7, frozen: { ES: 'a correction' } };
  expect(upcast(third)).toEqual({ ...opened(), seq: 7, frozen: { ES: 'a correction' } });
  expect([stockLegs, stockLegsForgotten, foreignStocks, sharesTraded]).toEqual([{}, null, {}, 0]);
  expect([stockOrderNotionalFraction, stockGrossFraction, stockShorting]).toEqual([0.25, 1.1, false]);
});

test('whatever is asked, however often: one order a leg, no short, no more than the gross limit', () => {
  const legs = fc.array(
    fc.record({
      ticker: fc.constantFrom('KO', 'BA', 'AAPL'),
      leg: fc.nat({ max: 12 }),
      side: fc.constantFrom('buy' as const, 'sell' as const),
      quantity: fc.integer({ min: 1, max: 300 }),
      fills: fc.boolean(),
    }),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(legs, (asked) => {
      let state = opened();
      for (const { ticker, fills, ...leg } of asked) {
        const order = stockLeg(ticker, leg.leg, leg);
        if (judgeStockOrder(state, order).kind !== 'place') continue;
        const next = placed(state, order);
        state = fills ? filled(next.state, next.key) : next.state;
      }
      const names = Object.values(state.orders).map(({ intent }) => intent.rebalance?.leg);
      const gross = Object.values(state.positions).reduce((sum, { quantity }) => sum + quantity * 100, 0);
      expect(new Set(names).size).toBe(names.length);
      expect(Object.values(state.positions).every(({ quantity }) => quantity > 0)).toBe(true);
      expect(gross).toBeLessThanOrEqual(110_000);
    }),
    { numRuns: 200 },
  );
});
