/** Every rule of F2 and around it, at its boundary, with its numbers; and the reservation's arithmetic as properties. */
import fc from 'fast-check';
import { DEFAULT_CONFIG } from '../../src/config/config';
import { FUTURE_SYMBOLS } from '../../src/domain/instruments';
import type { EntryProposal, ProposalBatch } from '../../src/domain/proposals';
import { exposure } from '../../src/domain/risk/exposure';
import { judgeEntry } from '../../src/domain/risk/judge';
import type { OrderReport } from '../../src/domain/order-report';
import { closeTradeDate, openTradeDate } from '../../src/domain/session-day';
import { dated, hearEquity, latch, lift, reduced } from '../../src/domain/session-halt';
import { applyLateReport } from '../../src/domain/session-late-reports';
import { applyReport, neverSent, ordersOf, placed } from '../../src/domain/session-orders';
import { judgeBatch, refusedWhole } from '../../src/domain/session-proposals';
import { newSession, type SessionState } from '../../src/domain/session-state';
import { upcast } from '../../src/domain/session-upcast';
import { batch, contractOf, entry, exit } from '../workflows/proposals';

const ACCOUNT = 'DEMO1000001';
const OPEN = Date.UTC(2013, 9, 9, 14, 30);
const MINUTE = 60_000;
/** A week before the third Friday of December. */
const LATE = Date.UTC(2013, 11, 13, 15);
const settings = { limits: DEFAULT_CONFIG.limits, mode: 'trading' as const };
const opened = (): SessionState =>
  openTradeDate(newSession(ACCOUNT, 1, settings), {
    tradeDate: '2013-10-09',
    netLiquidation: 100_000,
    marketTime: OPEN,
  });

const es = (change: Partial<EntryProposal> = {}): EntryProposal => ({ ...entry(ACCOUNT, 'ES', OPEN), ...change });
const refusalOf = (state: SessionState, proposal: EntryProposal, proposed?: Partial<ProposalBatch>) =>
  judgeEntry({ state, proposal, batch: { ...batch(OPEN, [proposal]), ...proposed } });
const equity = (state: SessionState, netLiquidation: number): SessionState =>
  hearEquity(state, { marketTime: OPEN, netLiquidation, cause: 'limit-50' });

test('a sound entry passes', () => {
  expect(refusalOf(opened(), es())).toBeNull();
});

test.each<[string, string, () => ReturnType<typeof refusalOf>]>([
  ['learning-only', 'ORDERS_DISABLED', () => refusalOf({ ...opened(), mode: 'learning-only' }, es())],
  ['half a contract', 'INVALID_PROPOSAL', () => refusalOf(opened(), es({ quantity: 0.5 }))],
  ['stop off the tick grid', 'INVALID_PROPOSAL', () => refusalOf(opened(), es({ stopPrice: 1_640.1 }))],
  ['stop above a long', 'INVALID_PROPOSAL', () => refusalOf(opened(), es({ stopPrice: 1_655 }))],
  ['limit without a price', 'INVALID_PROPOSAL', () => refusalOf(opened(), es({ orderType: 'limit' }))],
  ['contract of another symbol', 'INVALID_PROPOSAL', () => refusalOf(opened(), es({ contract: contractOf('GC') }))],
  ['three contracts', 'LIMIT_ORDER_SIZE', () => refusalOf(opened(), es({ quantity: 3 }))],
  ['closed trade date', 'STALE_BAR', () => refusalOf({ ...opened(), tradeDate: null }, es())],
  ['expired', 'EXPIRED', () => refusalOf({ ...opened(), marketTime: OPEN + 2 * MINUTE }, es())],
  ['paused', 'PAUSED', () => refusalOf({ ...opened(), pausedBy: 'A. Trader' }, es())],
  ['halted', 'HALTED', () => refusalOf(latch(opened(), 'news'), es())],
  ['frozen', 'SYMBOL_FROZEN', () => refusalOf({ ...opened(), frozen: { ES: 'correction' } }, es())],
  ['rolling', 'ROLL_WINDOW', () => refusalOf(opened(), es({ expiresAt: LATE }), { barClose: LATE })],
])('%s is refused as %s', (_case, code, refused) => {
  expect(refused()?.code).toBe(code);
});

test('a decision of another account is refused', () => {
  const decisions = [{ decisionId: es().decisionId, account: 'DU1' }] as unknown as ProposalBatch['decisions'];
  expect(refusalOf(opened(), es(), { decisions })?.code).toBe('ACCOUNT_MISMATCH');
});

test('daily loss: refused at the limit, latched with its numbers; a lift accepts the loss and no more', () => {
  expect(refusalOf(equity(opened(), 98_000.01), es())).toBeNull();
  const halted = equity(opened(), 98_000);
  expect(halted.halt).toMatchObject({ phase: 'REDUCING', cause: 'LIMIT_DAILY_LOSS: loss=2000.00 limit=2000.00' });
  const lifted = lift(reduced(halted));
  expect(lifted.halt.phase).toBe('ACTIVE');
  expect(refusalOf(lifted, es())?.code).toBe('LIMIT_DAILY_LOSS');
  expect(equity(lifted, 97_000).halt.phase).toBe('ACTIVE');
  expect(equity(lifted, 96_000).halt.phase).toBe('REDUCING');
});

test('once the daily loss limit is reached no entry is made on that trade date, whatever equity does then', () => {
  const lifted = lift(reduced(equity(opened(), 97_900)));
  const recovered = equity(lifted, 99_000);
  expect(refusalOf(recovered, es())).toEqual({
    code: 'LIMIT_DAILY_LOSS',
    detail: 'loss=1000.00 limit=2000.00; reached on this trade date: loss=2100.00 limit=2000.00',
  });
  const next = openTradeDate(recovered, { tradeDate: '2013-10-10', netLiquidation: 99_000, marketTime: OPEN });
  expect(refusalOf(next, es(), { tradeDate: '2013-10-10' })).toBeNull();
});

test('lifting a halt of another cause accepts no loss: the daily limit stays where it was', () => {
  const lifted = lift(reduced(latch(equity(opened(), 98_500), 'news (by A. Trader)')));
  expect(lifted.acceptedLoss).toBe(0);
  expect(equity(lifted, 98_000).halt.cause).toContain('LIMIT_DAILY_LOSS');
});

test('lifting a daily-loss halt of an earlier trade date accepts nothing of the present one', () => {
  const halted = reduced(equity(opened(), 97_000));
  const next = openTradeDate(halted, { tradeDate: '2013-10-10', netLiquidation: 97_000, marketTime: OPEN });
  expect(lift(equity(next, 96_500)).acceptedLoss).toBe(0);
});

test('a limit reached while halted for another cause halts anew when that halt is lifted', () => {
  const halted = reduced(equity(latch(opened(), 'news (by A. Trader)'), 97_500));
  expect(halted.halt.cause).toBe('news (by A. Trader)');
  const lifted = lift(halted);
  expect(lifted).toMatchObject({ acceptedLoss: 0, halt: { phase: 'REDUCING' } });
  expect(lifted.halt.cause).toContain('LIMIT_DAILY_LOSS');
  expect(lift(reduced(lifted))).toMatchObject({ acceptedLoss: 2_500, halt: { phase: 'ACTIVE' } });
});

test('lifting a halt of another cause leaves the high-water mark', () => {
  const high = openTradeDate(equity(opened(), 120_000), {
    tradeDate: '2013-10-10',
    netLiquidation: 97_000,
    marketTime: OPEN,
  });
  const lifted = lift(reduced(equity(latch(high, 'news'), 96_000)));
  expect(lifted).toMatchObject({ highWaterMark: 120_000, halt: { phase: 'REDUCING' } });
  expect(lifted.halt.cause).toContain('LIMIT_DRAWDOWN');
  expect(lift(reduced(lifted))).toMatchObject({ highWaterMark: 96_000, halt: { phase: 'ACTIVE' } });
});

test('a halt by a limit dates from the report that reached it', () => {
  const before = { ...opened(), marketTime: OPEN + 5 * MINUTE };
  expect(equity(before, 97_000).halt.since).toBe(OPEN);
});

test('a halt of another cause is dated by the clock that was asked, once, and not after its lifting', () => {
  const halted = latch(opened(), 'news');
  expect(halted.halt.since).toBeNull();
  const known = dated(halted, 1, OPEN + 3 * MINUTE);
  expect(known).toMatchObject({ marketTime: OPEN + 3 * MINUTE, halt: { since: OPEN + 3 * MINUTE } });
  expect(dated(known, 1, OPEN + 9 * MINUTE).halt.since).toBe(OPEN + 3 * MINUTE);
  expect(dated(halted, 1, null).halt.since).toBe(OPEN);
  expect(dated(latch(lift(halted), 'again'), 1, OPEN).halt.since).toBeNull();
});

test('drawdown is measured from a high-water mark that outlives trade dates', () => {
  const high = equity(opened(), 120_000);
  const nextDay = openTradeDate(high, { tradeDate: '2013-10-10', netLiquidation: 97_000, marketTime: OPEN });
  expect(nextDay.highWaterMark).toBe(120_000);
  expect(equity(nextDay, 96_000.01).halt.phase).toBe('ACTIVE');
  expect(equity(nextDay, 96_000).halt.cause).toContain('LIMIT_DRAWDOWN');
  expect(lift(equity(nextDay, 96_000)).highWaterMark).toBe(96_000);
});

test('a latched halt keeps its first cause', () => {
  expect(latch(latch(opened(), 'first'), 'second').halt.cause).toBe('first');
});

/** Judges a batch and books each placed intent as working at the broker. */
function work(state: SessionState, proposals: readonly EntryProposal[], barClose = OPEN): SessionState {
  const judged = judgeBatch(state, batch(barClose, proposals));
  return ordersOf(judged.state).reduce((next, { intent }) => placed(next, intent.key, 'submitting'), judged.state);
}

test('exposure counts proposed, working and unknown orders of all instruments', () => {
  const one = work(opened(), [es()]);
  expect(exposure(one)).toBe(1);
  expect(exposure(placed(judgeBatch(opened(), batch(OPEN, [es()])).state, `${ACCOUNT}-1-1`, 'unknown'))).toBe(1);
  const two = work(one, [{ ...entry(ACCOUNT, 'GC', OPEN), quantity: 2 }]);
  expect(exposure(two)).toBe(3);
  expect(refusalOf(two, entry(ACCOUNT, 'NQ', OPEN))).toEqual({
    code: 'LIMIT_EXPOSURE',
    detail: 'worst case=4 limit=3',
  });
});

test('what was never sent gives its reservation back', () => {
  const state = work(opened(), [es()]);
  const released = neverSent(state, ordersOf(state)[0].intent.key, 'expired', 'EXPIRED');
  expect(exposure(released)).toBe(0);
});

test('no entry against a position or a live order of the other side', () => {
  const state = work(opened(), [es()]);
  expect(refusalOf(state, entry(ACCOUNT, 'ES', OPEN + MINUTE, 'sell'), { barClose: OPEN + MINUTE })?.code).toBe(
    'POSITION_OPEN',
  );
});

test('trades of the day: twenty, exits not counted and never refused', () => {
  let state: SessionState = { ...opened(), limits: { ...settings.limits, exposureContracts: 100 } };
  for (let bar = 0; bar < 20; bar += 1) {
    const barClose = OPEN + bar * MINUTE;
    state = work(state, [entry(ACCOUNT, 'ES', barClose)], barClose);
  }
  const barClose = OPEN + 20 * MINUTE;
  const last = entry(ACCOUNT, 'ES', barClose);
  expect(refusalOf(state, last, { barClose })).toEqual({ code: 'LIMIT_TRADES_PER_DAY', detail: 'trades=20 limit=20' });
  const judged = judgeBatch(latch(state, 'halted'), batch(barClose, [exit(ACCOUNT, 'ES', barClose)]));
  expect(judged.verdicts).toMatchObject([{ kind: 'exit' }]);
});

test('one decision per bar: an older bar is stale, the same decision is answered as before', () => {
  const state = work(opened(), [es()]);
  const again = judgeBatch(state, batch(OPEN, [es()]));
  expect(again.verdicts).toMatchObject([{ kind: 'repeat' }]);
  expect(again.state.seq).toBe(state.seq);
  const other = judgeBatch(state, batch(OPEN - MINUTE, [entry(ACCOUNT, 'ES', OPEN - MINUTE)]));
  expect(refusedWhole(other)?.[0].refusal.code).toBe('STALE_BAR');
});

test('whatever is proposed, in any batches: limits hold, names and ids are never repeated', () => {
  const proposals = fc.array(
    fc.record({
      symbol: fc.constantFrom(...FUTURE_SYMBOLS),
      side: fc.constantFrom('buy' as const, 'sell' as const),
      quantity: fc.integer({ min: 1, max: 3 }),
      bar: fc.integer({ min: 0, max: 5 }),
    }),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(proposals, (all) => {
      const state = all.reduce((next, { symbol, side, quantity, bar }) => {
        const barClose = OPEN + bar * MINUTE;
        return work(next, [entry(ACCOUNT, symbol, barClose, side, quantity)], barClose);
      }, opened());
      const orders = ordersOf(state);
      expect(exposure(state)).toBeLessThanOrEqual(3);
      expect(new Set(orders.map(({ intent }) => intent.orderIdBase)).size).toBe(orders.length);
      expect(state.seq).toBe(orders.length);
    }),
  );
});

test('a report applied twice, or an older one after a newer, books each execution once', () => {
  const state = work(opened(), [es()]);
  const [{ intent }] = ordersOf(state);
  const executions = [
    { execId: '1.01', leg: 'entry' as const, side: 'buy' as const, shares: 1, price: 1_650, time: OPEN },
  ];
  const report = {
    symbol: 'ES' as const,
    key: intent.key,
    states: { entry: 'filled' as const, stop: 'working' as const, target: 'working' as const },
    executions,
    fees: 2.25,
    needsHuman: false,
    freeze: null,
    reason: null,
  };
  const twice = applyReport(applyReport(state, report), report);
  expect(twice.day).toMatchObject({ executions: 1, fees: 2.25, contractsTraded: 1 });
  expect(twice.positions['100']).toMatchObject({ quantity: 1, averagePrice: 1_650 });
});

/** An entry of two that was cancelled after nothing, and whose trade date is closed. */
function cancelledAndClosed(): { readonly state: SessionState; readonly late: OrderReport } {
  const judged = judgeBatch(opened(), batch(OPEN, [es({ quantity: 2 })]));
  const [verdict] = judged.verdicts;
  if (verdict.kind !== 'place') throw new Error('refused');
  const cancelled: OrderReport = {
    key: verdict.intent.key,
    symbol: 'ES',
    states: { entry: 'cancelled', stop: 'cancelled', target: 'cancelled' },
    executions: [],
    fees: 0,
    needsHuman: false,
    freeze: null,
    reason: null,
  };
  const execution = { execId: 'x', leg: 'entry' as const, side: 'buy' as const, shares: 2, price: 1_650, time: OPEN };
  const late = { ...cancelled, states: { ...cancelled.states, entry: 'filled' as const }, executions: [execution] };
  return { state: closeTradeDate(applyReport(judged.state, cancelled)), late };
}

test('an execution heard after the close of its trade date moves the position and counts for that date', () => {
  const { state, late } = cancelledAndClosed();
  expect(state.pastDays).toMatchObject([{ trades: 0, orders: { cancelled: 1 } }]);
  const heard = applyLateReport(state, { ...late, fees: 4.5 });
  expect(heard.positions['100']).toMatchObject({ quantity: 2 });
  expect(heard.orders[late.key]).toMatchObject({ openQuantity: 2 });
  expect(heard.pastDays).toMatchObject([
    { executions: 1, contractsTraded: 2, fees: 4.5, trades: 1, orders: { cancelled: 0, filled: 1 } },
  ]);
  expect(heard.day).toEqual(state.day);
  expect(applyReport(heard, { ...late, fees: 4.5 }).positions).toEqual(heard.positions);
});

test('a commission heard after the close is a fee of that date, and its order stays over', () => {
  const { state, late } = cancelledAndClosed();
  const heard = applyLateReport(state, { ...late, executions: [], fees: 2.25 });
  expect(heard.pastDays).toMatchObject([{ fees: 2.25, executions: 0 }]);
  expect(heard.orders).toEqual({});
  expect(heard.finished[late.key]).toMatchObject({ fees: 2.25 });
});

test('a freeze is asked for once: lifted by a human, the next report of the order does not bring it back', () => {
  const { state, late } = cancelledAndClosed();
  const frozen = applyLateReport(state, { ...late, freeze: 'x.02 corrects x.01' });
  expect(frozen.frozen.ES).toContain('corrects');
  const again = applyReport({ ...frozen, frozen: {} }, { ...late, freeze: 'x.02 corrects x.01', fees: 4.5 });
  expect(again.frozen).toEqual({});
});

test('carried state of the first version is brought to the present one', () => {
  const { finished, haltEvents, haltLimit, lossLimitReached, ...state } = opened();
  expect({ finished, haltEvents, haltLimit, lossLimitReached }).toEqual({
    finished: {},
    haltEvents: 0,
    haltLimit: null,
    lossLimitReached: null,
  });
  expect(upcast({ ...state, stateVersion: 1 })).toEqual(opened());
});

test('carried state of the second version keeps what its halt was for', () => {
  const halted = equity(opened(), 97_000);
  const { haltLimit, lossLimitReached, ...state } = halted;
  expect({ haltLimit, lossLimitReached }).toEqual({
    haltLimit: 'LIMIT_DAILY_LOSS',
    lossLimitReached: 'loss=3000.00 limit=2000.00',
  });
  expect(upcast({ ...state, stateVersion: 2 })).toEqual(halted);
  const lifted = lift(reduced(halted));
  const { haltLimit: none, lossLimitReached: reached, ...second } = lifted;
  expect([none, reached]).toEqual([null, 'loss=3000.00 limit=2000.00']);
  // It kept no numbers of the limit that was reached, only the loss that was accepted.
  const carried = { ...second, lastNetLiquidation: 99_000, stateVersion: 2 };
  expect(refusalOf(upcast(carried), es())?.code).toBe('LIMIT_DAILY_LOSS');
});

test('carried state of this version passes, another is refused by name', () => {
  const state = opened();
  expect(upcast(JSON.parse(JSON.stringify(state)) as SessionState)).toEqual(state);
  expect(() => upcast({ stateVersion: 99 })).toThrow('version 99');
});
