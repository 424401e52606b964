import fc from 'fast-check';
import type { DecisionInput, DecisionRules } from '../../src/domain/decision';
import { decide } from '../../src/domain/decision';
import { bandOf, equityBand } from '../../src/domain/equity-bands';
import { INSTRUMENTS, isOnTick } from '../../src/domain/instruments';
import { FLAT_CONTEXT, type DecisionContext } from '../../src/domain/proposals';
import { entrySize } from '../../src/domain/sizing';
import { ES_CONTRACT } from '../es-contract';

const rules: DecisionRules = {
  minimumHoldBars: 20,
  cooldownBars: 20,
  regularHoursOnly: true,
  flattenMinutesBeforeClose: 5,
  sizing: { method: 'fixed', contracts: 1 },
  stopAtr: 6,
  targetAtr: 9,
  minimumTicks: 8,
  orderType: 'market',
  timeToLiveBars: 1,
};
const noon = Date.parse('2013-10-09T17:00:00Z');
const minutes = (count: number): number => count * 60_000;

function input(change: Partial<DecisionInput>): DecisionInput {
  return {
    decisionId: 'DEMO/ES/x',
    instrument: INSTRUMENTS.ES,
    contract: ES_CONTRACT,
    barClose: noon,
    signal: 'buy',
    quote: { time: noon - 1_000, bid: 1650, ask: 1650.25, bidSize: 10, askSize: 12 },
    atr: 0.7,
    context: FLAT_CONTEXT,
    rules,
    ...change,
  };
}

describe('entries', () => {
  it('enters with protective legs on the tick grid and a deadline of one bar', () => {
    const decision = decide(input({}));
    if (decision.action !== 'enter' || decision.proposal.kind !== 'enter') throw new Error('expected an entry');
    expect(decision.proposal).toMatchObject({
      side: 'buy',
      quantity: 1,
      referencePrice: 1650.125,
      stopPrice: 1646,
      targetPrice: 1656.5,
      expiresAt: noon + minutes(1),
    });
  });

  it.each<[string, Partial<DecisionInput>]>([
    ['vote is hold', { signal: 'hold' }],
    ['outside regular hours', { barClose: Date.parse('2013-10-09T05:00:00Z') }],
    ['less than 25 minutes before the regular close', { barClose: Date.parse('2013-10-09T19:55:00Z') }],
    ['cooldown of 20 bars after a stop', { context: { ...FLAT_CONTEXT, lastStopAt: noon - minutes(19) } }],
    ['no two-sided quote', { quote: null }],
    ['no two-sided quote', { quote: { time: noon, bid: 1651, ask: 1650, bidSize: 1, askSize: 1 } }],
    ['no volatility estimate yet', { atr: null }],
    ['an entry is under way', { context: { ...FLAT_CONTEXT, entryPending: true } }],
    ['an exit is under way', { context: { ...FLAT_CONTEXT, exitPending: true } }],
  ])('does nothing: %s', (reason, change) => {
    expect(decide(input(change))).toEqual({ action: 'none', reason });
  });

  it('enters again when the cooldown is over', () => {
    expect(decide(input({ context: { ...FLAT_CONTEXT, lastStopAt: noon - minutes(20) } })).action).toBe('enter');
  });

  it('puts stop and target on the right sides, on tick, for any volatility and side', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 30, noNaN: true }), fc.constantFrom('buy', 'sell'), (atr, signal) => {
        const decision = decide(input({ atr, signal }));
        if (decision.action !== 'enter' || decision.proposal.kind !== 'enter') throw new Error('expected an entry');
        const { stopPrice, targetPrice, referencePrice } = decision.proposal;
        const direction = signal === 'buy' ? 1 : -1;
        expect(direction * (referencePrice - stopPrice)).toBeGreaterThan(0);
        expect(direction * (targetPrice - referencePrice)).toBeGreaterThan(0);
        expect(isOnTick(stopPrice, INSTRUMENTS.ES) && isOnTick(targetPrice, INSTRUMENTS.ES)).toBe(true);
      }),
    );
  });
});

describe('exits', () => {
  const long: DecisionContext = { ...FLAT_CONTEXT, position: 1, enteredAt: noon - minutes(30) };

  it('closes on an opposite vote after the minimum hold only', () => {
    expect(decide(input({ signal: 'sell', context: long }))).toMatchObject({ action: 'exit', reason: 'opposite vote' });
    const young = { ...long, enteredAt: noon - minutes(19) };
    expect(decide(input({ signal: 'sell', context: young })).action).toBe('none');
  });

  it('closes before the regular close whatever the vote and the hold', () => {
    const decision = decide(
      input({ signal: 'buy', barClose: Date.parse('2013-10-09T20:10:00Z'), context: { ...long, enteredAt: noon } }),
    );
    expect(decision).toMatchObject({ action: 'exit', reason: '5 minutes before the regular close' });
  });

  it('closes a position found outside regular hours', () => {
    expect(decide(input({ barClose: Date.parse('2013-10-09T21:00:00Z'), context: long })).action).toBe('exit');
  });

  it('needs no quote and no volatility to leave', () => {
    expect(decide(input({ signal: 'sell', context: long, quote: null, atr: null })).action).toBe('exit');
  });

  it('holds overnight when told to', () => {
    const overnight = { ...rules, flattenMinutesBeforeClose: null };
    const late = Date.parse('2013-10-09T21:00:00Z');
    expect(decide(input({ barClose: late, context: long, rules: overnight })).action).toBe('none');
  });
});

describe('sizing', () => {
  it('keeps a typical bar near the dollar target', () => {
    const sizing = { method: 'volatility-target', dollarsPerBar: 100, maxContracts: 2 } as const;
    expect(entrySize(sizing, 0.7, INSTRUMENTS.ES)).toBe(2);
    expect(entrySize(sizing, 1.5, INSTRUMENTS.ES)).toBe(1);
    expect(entrySize(sizing, 3, INSTRUMENTS.ES)).toBe(0);
    expect(entrySize(sizing, 0, INSTRUMENTS.ES)).toBe(0);
  });
});

describe('equity bands', () => {
  it.each([
    [-500, 0],
    [999, 0],
    [1_000, 50],
    [1_500, 75],
    [1_999.99, 75],
    [2_000, 100],
    [9_000, 100],
  ])('a loss of %d against 2,000 is band %d', (loss, band) => {
    expect(bandOf(loss, 2_000)).toBe(band);
  });

  it('takes the worse of daily loss and drawdown', () => {
    const basis = { startOfDay: 100_000, highWaterMark: 120_000, dailyLossFraction: 0.02, drawdownFraction: 0.2 };
    expect(equityBand(99_500, basis)).toBe(75);
    expect(equityBand(97_900, basis)).toBe(100);
    expect(equityBand(99_500, { ...basis, highWaterMark: null })).toBe(0);
  });
});
