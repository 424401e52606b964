import { TradeLines } from '../../src/cli/trade-lines';
import type { DecisionRecord, ProposalAnswer } from '../../src/domain/proposals';
import { BAR_CLOSE, decisionRecord } from '../decision-record';

describe('the lines of omega trade', () => {
  const entry = (minutes: number, symbol: 'ES' | 'GC' = 'ES') =>
    decisionRecord({ decisionId: `${symbol}${minutes}`, symbol, barClose: BAR_CLOSE + minutes * 60_000 });
  const settled = (decision: DecisionRecord, answer: object) =>
    ({
      type: 'bar-settled',
      marketTime: decision.barClose,
      bars: [],
      decisions: [decision, decisionRecord({ action: 'none' })],
      answers: [{ decisionId: decision.decisionId, ...answer } as ProposalAnswer],
      sessionTouched: true,
    }) as const;
  const halted = { outcome: 'refused', refusal: { code: 'HALTED', detail: 'by me' } };

  it('say what became of a decision', () => {
    const lines = new TradeLines();
    const of = (minutes: number, answer: object) => lines.of(settled(entry(minutes), answer));
    expect(of(0, { outcome: 'placed', key: 'DU1-1-7' })).toEqual([
      '2013-10-09 14:31:00Z ES enter buy: vote buy, placed as DU1-1-7',
    ]);
    expect(of(1, halted)[0]).toMatch(/vote buy, refused HALTED: by me$/);
    expect(of(2, { outcome: 'not-sent', key: 'k', refusal: { code: 'LATCHED', detail: 'x' } })[0]).toMatch(
      /, k not sent: LATCHED: x$/,
    );
    expect(of(3, { outcome: 'unknown', key: 'k' })[0]).toMatch(/, k has no known outcome; the broker is read$/);
  });

  it('count what a halted session goes on refusing, by instrument', () => {
    const lines = new TradeLines();
    const all = [0, 1, 2, 3].flatMap((minutes) => [
      ...lines.of(settled(entry(minutes), halted)),
      ...lines.of(settled(entry(minutes, 'GC'), halted)),
    ]);
    expect(all).toHaveLength(2);
    expect(lines.of(settled(entry(4), { outcome: 'placed', key: 'DU1-1-8' }))).toEqual([
      'ES: refused HALTED 3 more times',
      expect.stringContaining('placed as DU1-1-8') as string,
    ]);
    expect(lines.of({ type: 'trade-date-closed', tradeDate: '2013-10-09', marketTime: BAR_CLOSE })).toEqual([
      'GC: refused HALTED 3 more times',
      '2013-10-09 is closed',
    ]);
  });
});
