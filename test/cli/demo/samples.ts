/** A session and its surroundings as the screen sees them, for tests of what is shown and reported. */
import type { DayTotals, OrderView, SessionSnapshot } from '../../../src/domain/session-snapshot';
import type { DayReport } from '../../../src/cli/demo/day-report';
import type { MinuteRecord } from '../../../src/cli/demo/day-log';
import { BAR_CLOSE, decisionRecord } from '../../decision-record';

export const NINE_THIRTY = BAR_CLOSE;

export const EMPTY_DAY: DayTotals = {
  proposals: 0,
  refusals: {},
  orders: { filled: 0, cancelled: 0, rejected: 0, expired: 0, unknown: 0 },
  trades: 0,
  executions: 0,
  contractsTraded: 0,
  sharesTraded: 0,
  fees: 0,
  realizedPnl: 0,
};

export const order = (more: Partial<OrderView> = {}): OrderView => ({
  key: 'DEMO1000001-1-1',
  symbol: 'ES',
  conId: 1,
  side: 'buy',
  quantity: 1,
  purpose: 'entry',
  state: 'filled',
  filledQuantity: 1,
  averagePrice: 1650.25,
  decidedAt: NINE_THIRTY,
  decisionId: 'DEMO1000001/ES/2013-10-09T14:31:00.000Z',
  decidedMonotonicMs: 1000,
  fees: 2.25,
  reason: null,
  rebalance: null,
  ...more,
});

export const session = (more: Partial<SessionSnapshot> = {}): SessionSnapshot => ({
  account: 'DEMO1000001',
  stateVersion: 1,
  tradeDate: '2013-10-09',
  startOfDayNetLiquidation: 100_000,
  highWaterMark: 100_500,
  lastNetLiquidation: 100_000,
  acceptedLoss: 0,
  halt: { phase: 'ACTIVE', cause: null, since: null },
  paused: false,
  mode: 'trading',
  frozen: {},
  foreignStocks: [],
  positions: [],
  orders: [],
  day: EMPTY_DAY,
  pastDays: [],
  settled: true,
  watermarks: {},
  contexts: {},
  seq: 0,
  epoch: 1,
  ...more,
});

export const longOneEs: SessionSnapshot['positions'][number] = {
  symbol: 'ES',
  secType: 'FUT',
  conId: 1,
  localSymbol: 'ESZ3',
  quantity: 1,
  averagePrice: 1650.25,
  enteredAt: NINE_THIRTY,
};

export const decision = decisionRecord;

export const minute = (time: number, close: number, more: Partial<MinuteRecord> = {}): MinuteRecord => ({
  marketTime: time,
  bars: [{ symbol: 'ES', close }],
  decisionIds: [`ES/${time}`],
  answers: [],
  pnl: 0,
  ...more,
});

export const report = (more: Partial<DayReport> = {}): DayReport => ({
  tradingDay: '2013-10-09',
  instruments: ['ES'],
  bars: 10,
  decisions: 10,
  proposals: 2,
  refusals: {},
  orders: { filled: 2, cancelled: 0, rejected: 0, expired: 0, unknown: 0 },
  trades: 1,
  fees: 4.5,
  realizedPnl: 100,
  buyAndHoldPnl: 50,
  maxDrawdown: 12.5,
  latencyMs: { n: 1, p50: 12, p95: 12, p99: 12, max: 12 },
  historyEvents: 100,
  reconciled: true,
  differences: [],
  modelRun: '20131008_220000',
  notes: [],
  ...more,
});
