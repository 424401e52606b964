import * as fc from 'fast-check';
import type { Signal, Vote } from '../../src/domain/proposals';
import { combineVotes, signalOf } from '../../src/domain/voting';

const PROBABILITIES = { sell: [1, 0, 0], hold: [0, 1, 0], buy: [0, 0, 1] } as const;
const voteOf = (signal: Signal, model = 'm'): Vote => ({ model, signal, probabilities: PROBABILITIES[signal] });
const votesOf = (...signals: Signal[]) => signals.map((signal, i) => voteOf(signal, `m${i}`));
const majority = { vote: 'majority', minConfidence: 0.6 } as const;
const signals = fc.array(fc.constantFrom<Signal>('sell', 'hold', 'buy'), { maxLength: 12 });

describe('combineVotes', () => {
  it('needs 0.6 of the votes, holds counted', () => {
    expect(combineVotes(votesOf('buy', 'buy', 'buy', 'sell', 'hold'), majority)).toMatchObject({
      signal: 'buy',
      confidence: 0.6,
    });
    expect(combineVotes(votesOf('buy', 'buy', 'hold', 'hold', 'sell'), majority).signal).toBe('hold');
    expect(combineVotes(votesOf('sell', 'sell', 'hold', 'buy'), majority)).toMatchObject({
      signal: 'hold',
      confidence: 0.5,
    });
    expect(combineVotes(votesOf('sell', 'sell', 'hold'), majority).signal).toBe('sell');
    expect(combineVotes(votesOf('buy', 'sell'), { ...majority, minConfidence: 0.1 })).toMatchObject({
      signal: 'hold',
      why: 'tie of sell and buy',
    });
    expect(combineVotes([], majority)).toMatchObject({ signal: 'hold', confidence: 0, why: 'no votes' });
  });

  it('weighs by model when asked, a model without a weight counting 1', () => {
    const votes = [voteOf('buy', 'a'), voteOf('sell', 'b'), voteOf('sell', 'c')];
    const weighted = { vote: 'weighted', minConfidence: 0.6, weights: { a: 5, b: 1 } } as const;
    expect(combineVotes(votes, weighted)).toMatchObject({ signal: 'buy', confidence: 5 / 7 });
    expect(combineVotes(votes, { ...weighted, vote: 'majority' }).signal).toBe('sell');
    expect(combineVotes(votes, { ...weighted, weights: { a: 0, b: 0, c: 0 } }).why).toBe('no votes');
    expect(() => combineVotes(votes, { ...weighted, weights: { a: -1 } })).toThrow(RangeError);
    expect(() => combineVotes(votes, { ...weighted, weights: { a: NaN } })).toThrow(RangeError);
  });

  it('acts only on a strict winner with enough confidence, whatever the votes', () => {
    fc.assert(
      fc.property(signals, fc.double({ min: 0, max: 1, noNaN: true }), (list, minConfidence) => {
        const result = combineVotes(votesOf(...list), { vote: 'majority', minConfidence });
        const count = (signal: Signal) => list.filter((item) => item === signal).length;
        const { buy, sell, hold } = { buy: count('buy'), sell: count('sell'), hold: count('hold') };
        expect(result.confidence).toBe(list.length === 0 ? 0 : Math.max(buy, sell, hold) / list.length);
        const wins = (own: number, ...others: number[]) =>
          others.every((other) => own > other) && own / list.length >= minConfidence - 1e-9;
        const expected = wins(buy, sell, hold) ? 'buy' : wins(sell, buy, hold) ? 'sell' : 'hold';
        expect(result.signal).toBe(expected);
      }),
    );
  });

  it('does not depend on the order of the votes, treats buy and sell alike, and equal weights as a majority', () => {
    const mirror: Record<Signal, Signal> = { buy: 'sell', sell: 'buy', hold: 'hold' };
    const weights = fc.array(fc.double({ min: 0.05, max: 3, noNaN: true }), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(signals, weights, (list, numbers) => {
        const votes = votesOf(...list);
        const rule = {
          vote: 'weighted' as const,
          minConfidence: 0.6,
          weights: Object.fromEntries(votes.map(({ model }, i) => [model, numbers[i]])),
        };
        const result = combineVotes(votes, rule);
        expect(combineVotes([...votes].reverse(), rule).signal).toBe(result.signal);
        const mirrored = votes.map((vote) => ({ ...vote, signal: mirror[vote.signal] }));
        expect(combineVotes(mirrored, rule).signal).toBe(mirror[result.signal]);
        const equal = { ...rule, weights: Object.fromEntries(votes.map(({ model }) => [model, 0.3])) };
        expect(combineVotes(votes, equal).signal).toBe(combineVotes(votes, majority).signal);
      }),
    );
  });
});

describe('signalOf', () => {
  it('is the most likely class, hold in a tie', () => {
    expect(signalOf([0.5, 0.3, 0.2])).toBe('sell');
    expect(signalOf([0.2, 0.3, 0.5])).toBe('buy');
    expect(signalOf([0.4, 0.2, 0.4])).toBe('hold');
    expect(signalOf([0.4, 0.4, 0.2])).toBe('hold');
  });
});
