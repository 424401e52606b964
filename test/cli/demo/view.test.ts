import fc from 'fast-check';
import type { Output } from '../../../src/cli/demo/show';
import { Show } from '../../../src/cli/demo/show';
import { VIEW_HEIGHT, VIEW_WIDTH, renderView } from '../../../src/cli/demo/view';
import type { ViewState } from '../../../src/cli/demo/view-state';
import { initialView, withDay, withMinute, withNotice, withProcess } from '../../../src/cli/demo/view-state';
import type { FutureSymbol } from '../../../src/domain/instruments';
import { FUTURE_SYMBOLS } from '../../../src/domain/instruments';
import { FLAT_CONTEXT } from '../../../src/domain/proposals';
import type { SessionSnapshot } from '../../../src/domain/session-snapshot';
import { EMPTY_DAY, NINE_THIRTY, decision, longOneEs, order, session } from './samples';

const esBar = { symbol: 'ES', close: 1652.25, volume: 1204, bid: 1652, ask: 1652.25 };

function tradingView(instruments: readonly FutureSymbol[] = ['ES', 'GC']): ViewState {
  const day = { tradeDate: '2013-10-09', dayNumber: 1, minuteCount: 1365, minute: 841, modelRun: '20131008_220000' };
  const base = withDay({ ...initialView('Omega', instruments, 3), uiAddress: 'http://127.0.0.1:8233' }, day);
  const settled = withMinute(base, { marketTime: NINE_THIRTY, bars: [esBar], decisions: [decision()] });
  const trader = { name: 'trader', pid: 4242, state: 'ready', restarts: 1, lastRecoverySeconds: 2.4 } as const;
  return {
    ...withProcess(settled, trader),
    snapshot: session({
      positions: [longOneEs],
      orders: [order()],
      day: { ...EMPTY_DAY, trades: 3, fees: 2.25, realizedPnl: 10 },
    }),
  };
}

describe('the live view', () => {
  it('shows market, decisions with votes, position, result, limits, orders and processes', () => {
    const text = renderView(tradingView()).join('\n');
    expect(text).toContain('14:31:00Z 09:31 Chicago');
    expect(text).toContain('minute 842 of 1365');
    expect(text).toMatch(/ES +1,652\.25 +1,652\.00 +1,652\.25 +1,204 +\+1 +1,650\.25 +\+100\.00/);
    expect(text).toContain('sgd buy · random_forest buy');
    expect(text).toContain('enter: vote buy');
    // 10.00 realized, 2.25 paid, 2 points of 50 dollars open.
    expect(text).toContain('P&L today +107.75');
    expect(text).toContain('loss 0.00 of 2,000.00 · trades 3 of 20 · contracts 1 of 3');
    expect(text).toContain('buy  1 ES entry  filled, 1 filled at 1,650.25');
    expect(text).toContain('trader 4242 (restarted ×1 2.4 s)');
    expect(text).toContain('try: kill -9 4242');
    expect(text).toContain('http://127.0.0.1:8233');
  });

  it('says why a halted session does nothing', () => {
    const halt = {
      phase: 'HALTED',
      cause: 'LIMIT_DAILY_LOSS: loss=2140.00 limit=2000.00',
      since: NINE_THIRTY,
    } as const;
    const text = renderView({ ...tradingView(), snapshot: session({ halt }) }).join('\n');
    expect(text).toContain('HALTED: LIMIT_DAILY_LOSS');
  });

  it('stays inside 100 columns and 30 lines whatever there is to show', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 300 }), { maxLength: 30 }),
        fc.integer({ min: 1, max: FUTURE_SYMBOLS.length }),
        fc.integer({ min: 0, max: 40 }),
        (texts, instruments, orders) => {
          const noisy = texts.reduce(
            (state, text) => withNotice(state, { at: 0, kind: 'info', text: text.replace(/\n/g, ' ') }),
            tradingView(FUTURE_SYMBOLS.slice(0, instruments)),
          );
          const many = Array.from({ length: orders }, (_, n) => order({ key: `DEMO1000001-1-${n}` }));
          const lines = renderView({ ...noisy, snapshot: session({ orders: many }), simulated: texts });
          expect(lines.length).toBeLessThanOrEqual(VIEW_HEIGHT);
          for (const line of lines) expect(line.length).toBeLessThanOrEqual(VIEW_WIDTH);
        },
      ),
    );
  });
});

describe('what is shown without a terminal', () => {
  function written(work: (show: Show) => void, isTTY = false): string {
    let text = '';
    const output: Output = {
      isTTY,
      write: (more) => {
        text += more;
        return true;
      },
    };
    const show = new Show(initialView('Omega', ['ES'], 1), output);
    work(show);
    show.finish();
    return text;
  }

  it('is one line an event and no control codes', () => {
    const text = written((show) => {
      show.notice('info', 'trader is back');
      const refused = {
        outcome: 'refused',
        decisionId: 'refused',
        refusal: { code: 'HALTED', detail: 'by me' },
      } as const;
      const decisions = [decision({ decisionId: 'refused' }), decision({ action: 'none' })];
      show.minute({ marketTime: NINE_THIRTY, bars: [esBar], decisions, answers: [refused] });
      show.snapshot(session({ orders: [order({ state: 'submitting' })] }));
      show.snapshot(session({ orders: [order({ state: 'submitting' })] }));
      show.snapshot(session({ orders: [order()] }));
    });
    expect(text.trimEnd().split('\n')).toHaveLength(4);
    expect(text).toContain('enter: vote buy, refused HALTED: by me');
    expect(text).not.toContain('\x1b');
  });

  it('says a row of equal refusals once and counts it, until the day is over', () => {
    const text = written((show) => {
      for (let n = 0; n < 5; n += 1) {
        const answers = [
          { outcome: 'refused', decisionId: String(n), refusal: { code: 'HALTED', detail: 'by me' } },
        ] as const;
        const decisions = [decision({ decisionId: String(n) })];
        show.minute({ marketTime: NINE_THIRTY, bars: [esBar], decisions, answers });
      }
      show.print(['the day is over']);
    });
    const lines = text.trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toContain('refused HALTED');
    expect(lines.slice(1)).toEqual(['ES: refused HALTED 4 more times', 'the day is over']);
  });

  it('has a line for a stop that was filled at the broker, and none for an exit of ours', () => {
    const held = session({ positions: [longOneEs], orders: [order()] });
    const stopped = session({
      positions: [{ ...longOneEs, quantity: 0 }],
      orders: [order()],
      contexts: { ES: { ...FLAT_CONTEXT, lastStopAt: NINE_THIRTY } },
      day: { ...EMPTY_DAY, realizedPnl: -312.5 },
    });
    const exit = order({ key: 'DEMO1000001-1-2', side: 'sell', purpose: 'reduce' });
    const closed = session({ positions: [], orders: [order(), exit] });
    const after = (next: SessionSnapshot): string =>
      written((show) => {
        show.snapshot(held);
        show.snapshot(next);
      });
    expect(after(stopped)).toContain('ES stop filled at the broker: position +1 → 0, realized −312.50');
    expect(after({ ...stopped, contexts: {} })).toContain('ES target filled at the broker');
    expect(after(closed)).not.toContain('at the broker');
    expect(after({ ...stopped, tradeDate: '2013-10-10' })).not.toContain('at the broker');
  });

  it('is a drawn view on a terminal, and the cursor comes back', () => {
    const text = written((show) => show.print(['summary']), true);
    expect(text).toContain('summary');
    const drawn = written((show) => {
      show.notice('info', 'x');
      jest.advanceTimersByTime(200);
    }, true);
    expect(drawn).toContain('\x1b[?25l');
    expect(drawn).toContain('\x1b[?25h');
  });

  it('goes on in lines once the days are over', () => {
    const text = written((show) => {
      show.finish(['the summary']);
      show.notice('warning', 'trader died');
      jest.advanceTimersByTime(200);
    }, true);
    expect(text).toBe('the summary\ntrader died\n');
  });

  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());
});
