/** Equity as the feed watches it against a session that hears the reports. */
import { EquityWatch } from '../../src/activities/market-feed/equity-watch';
import { DEFAULT_CONFIG } from '../../src/config/config';
import type { EquityReport } from '../../src/domain/proposals';
import { openTradeDate, snapshotOf } from '../../src/domain/session-day';
import { hearEquity, lift } from '../../src/domain/session-halt';
import { newSession, type SessionState } from '../../src/domain/session-state';

const OPEN = Date.UTC(2013, 9, 9, 14);
const limits = { ...DEFAULT_CONFIG.limits, dailyLossFraction: 1 };

function watched(under = limits) {
  const opened = { tradeDate: '2013-10-09', netLiquidation: 100_000, marketTime: OPEN };
  const session: { state: SessionState } = {
    state: openTradeDate(newSession('DEMO1', 1, { limits: under, mode: 'trading' }), opened),
  };
  const sent: EquityReport[] = [];
  const watch = new EquityWatch({
    limits: under,
    send: async (report) => {
      sent.push(report);
      session.state = hearEquity(session.state, report);
    },
    readSession: async () => snapshotOf(session.state, false),
  });
  watch.follow(snapshotOf(session.state, false));
  const hear = async (...equities: readonly number[]): Promise<void> => {
    for (const equity of equities) await watch.observe(equity, OPEN);
  };
  return { session, sent, watch, hear };
}

test('a drawdown counts from the intraday high, to the dollar', async () => {
  const { session, hear } = watched();
  await hear(110_000, 110_010, 88_009);
  expect(session.state.halt.phase).toBe('ACTIVE');
  await hear(88_008);
  expect(session.state).toMatchObject({ highWaterMark: 110_010, halt: { phase: 'REDUCING' } });
});

test('highs are reported by steps of half a percent of the mark, not each', async () => {
  const { sent, hear } = watched();
  await hear(...Array.from({ length: 1_000 }, (_, step) => 100_000 + step * 2));
  expect(sent.map(({ cause, netLiquidation }) => [cause, netLiquidation])).toEqual([
    ['new-high', 100_500],
    ['new-high', 101_004],
    ['new-high', 101_510],
  ]);
});

test('the close carries the last equity and the high', async () => {
  const { session, watch, hear } = watched();
  await hear(100_400, 100_100);
  await watch.close(OPEN);
  expect(session.state).toMatchObject({ lastNetLiquidation: 100_100, highWaterMark: 100_400 });
});

test('a lifted drawdown halt starts the highs from there, at once', async () => {
  const { session, sent, hear } = watched();
  await hear(120_000, 96_000);
  expect(session.state.halt.phase).toBe('REDUCING');
  session.state = lift(session.state);
  await hear(95_900);
  expect(session.state).toMatchObject({ highWaterMark: 96_000, halt: { phase: 'ACTIVE' } });
  expect(sent.map(({ cause }) => cause)).toEqual(['new-high', 'limit-100']);
});

test('a lifted loss halt: as much again halts anew, and nothing is reported in between but the bands', async () => {
  const { session, sent, hear } = watched({ ...limits, dailyLossFraction: 0.02 });
  await hear(98_000);
  session.state = lift(session.state);
  await hear(97_990, 97_500, 96_900, 96_400, 96_001);
  expect(session.state.halt.phase).toBe('ACTIVE');
  await hear(96_000);
  expect(session.state.halt.phase).toBe('REDUCING');
  expect(sent.map(({ cause }) => cause)).toEqual(['limit-100', 'limit-50', 'limit-75', 'limit-100']);
});
