import fc from 'fast-check';
import { decide } from '../../src/domain/decision';
import type { DecisionInput } from '../../src/domain/decision';
import { MAJORITY_RULES, recordedOpinion } from '../../src/domain/decision-ensemble';
import type { EnsembleOpinion, EnsembleRules } from '../../src/domain/decision-ensemble';
import {
  advanceVetoes,
  judgedEntry,
  NO_VETOES,
  recordJudgement,
  roundTripCost,
  type VetoLedger,
} from '../../src/domain/decision-vetoes';
import { INSTRUMENTS } from '../../src/domain/instruments';
import { FLAT_CONTEXT } from '../../src/domain/proposals';
import { DIRECTIONS, VOLATILITIES, type Regime } from '../../src/domain/regime';
import type { Vote } from '../../src/domain/vote';
import { combineVotes, signalOf } from '../../src/domain/voting';
import { ES_CONTRACT } from '../es-contract';

const noon = Date.parse('2013-10-09T17:00:00Z');
const MINUTE = 60_000;

type Bar = Omit<Extract<DecisionInput, { readonly ensemble: EnsembleOpinion }>, 'ensemble'>;
const bar: Bar = {
  decisionId: 'DEMO/ES/x',
  instrument: INSTRUMENTS.ES,
  contract: ES_CONTRACT,
  barClose: noon,
  quote: { time: noon - 1_000, bid: 1650, ask: 1650.25, bidSize: 10, askSize: 12 },
  atr: 0.7,
  context: FLAT_CONTEXT,
  rules: {
    minimumHoldBars: 20,
    cooldownBars: 20,
    regularHoursOnly: true,
    flattenMinutesBeforeClose: 5,
    sizing: { method: 'fixed', contracts: 2 },
    stopAtr: 6,
    targetAtr: 9,
    minimumTicks: 8,
    orderType: 'market',
    timeToLiveBars: 1,
  },
};

const vote = (model: string, probabilities: Vote['probabilities']): Vote => ({
  model,
  probabilities,
  signal: signalOf(probabilities),
});
const buys = vote('a', [0.1, 0.2, 0.7]);
const sells = vote('b', [0.6, 0.3, 0.1]);
const holds = vote('c', [0.2, 0.6, 0.2]);
const calmTrend: Regime = { direction: 'trend', volatility: 'low', efficiency: 0.5, volatilityRank: 0.1 };
const rules = (changes: Partial<EnsembleRules>): EnsembleRules => ({ ...MAJORITY_RULES, ...changes });
const opinion = (changes: Partial<EnsembleOpinion>): EnsembleOpinion => ({
  votes: [buys, buys, buys, sells, holds],
  rules: MAJORITY_RULES,
  weights: null,
  regime: calmTrend,
  stack: { kind: 'absent', why: 'the run has no stacker' },
  validator: { kind: 'absent', why: 'the run has no validator' },
  ...changes,
});
const decided = (changes: Partial<EnsembleOpinion>, more: Partial<Bar> = {}) => {
  const decision = decide({ ...bar, ...more, ensemble: opinion(changes) });
  if (decision.ensemble === undefined) throw new Error('expected a record');
  return { decision, record: decision.ensemble };
};
const stack = {
  kind: 'answered',
  model: 'logistic_stacker',
  probabilities: [0.1, 0.2, 0.7],
  without: { a: 0.1, b: 0.8 },
} as const;
const validator = (buy: number) =>
  ({ kind: 'answered', model: 'validator', profitable: { buy, sell: 0.9 }, breakEven: 0.5 }) as const;

describe('voting', () => {
  it('is the majority of before, with who moved it how far', () => {
    const { decision, record } = decided({});
    expect(decision).toMatchObject({ action: 'enter', reason: 'vote buy' });
    expect(record).toMatchObject({ used: 'majority', signal: 'buy', confidence: 0.6, skipped: [], stoppedBy: null });
    expect(record.score).toBeCloseTo(0.4, 12);
    expect(record.contributions.map(({ toScore }) => toScore)).toEqual([0.2, 0.2, 0.2, -0.2, 0]);
    expect(record.validator).toEqual({ verdict: 'off' });
  });

  it('weighs by performance, and falls back on the majority where a weight is missing', () => {
    const votes = [buys, sells, holds];
    const weighted = rules({ voting: 'weighted' });
    const { record } = decided({ votes, rules: weighted, weights: { a: 0.7, b: 0.2, c: 0.1 } });
    expect(record).toMatchObject({ used: 'weighted', signal: 'buy', skipped: [] });
    expect(record.confidence).toBeCloseTo(0.7, 12);
    expect(record.contributions.map(({ weight }) => weight?.toFixed(9))).toEqual([
      '0.700000000',
      '0.200000000',
      '0.100000000',
    ]);
    expect(record.score).toBeCloseTo(0.5, 12);
    const inherited = [{ ...buys, model: 'constructor' }];
    expect(decided({ votes: inherited, rules: weighted, weights: { a: 1 } }).record).toMatchObject({
      used: 'majority',
      skipped: [{ part: 'weights', why: 'no weight for constructor' }],
    });
    const partly = decided({ votes, rules: weighted, weights: { a: 1 } }).record;
    expect(partly).toMatchObject({ used: 'majority', signal: 'hold' });
    expect(partly.skipped).toEqual([{ part: 'weights', why: 'no weight for b, c' }]);
    expect(decided({ rules: weighted }).record.skipped).toEqual([
      { part: 'weights', why: 'nobody keeps performance weights' },
    ]);
    expect(() => decided({ votes: [buys], rules: weighted, weights: { a: -1 } })).toThrow(RangeError);
  });

  it('asks the stacker, and falls back on the majority without one', () => {
    const stacked = rules({ voting: 'stacked' });
    const { record } = decided({ votes: [buys, sells, holds], rules: stacked, stack });
    expect(record).toMatchObject({ used: 'stacked', signal: 'buy', confidence: 0.7 });
    const [a, b, c] = record.contributions.map(({ toScore }) => toScore);
    expect([a, b, c].map((value) => Number(value.toFixed(9)))).toEqual([0.5, -0.2, 0]);
    expect(record.skipped).toEqual([{ part: 'stacker', why: 'logistic_stacker was fitted without c' }]);
    const unsure = { ...stack, probabilities: [0.3, 0.2, 0.5] } as const;
    expect(decided({ rules: stacked, stack: unsure }).record).toMatchObject({ signal: 'hold', confidence: 0.5 });
    const without = decided({ rules: stacked }).record;
    expect(without).toMatchObject({ used: 'majority', signal: 'buy' });
    expect(without.skipped).toEqual([{ part: 'stacker', why: 'the run has no stacker' }]);
  });
});

describe('regimes', () => {
  it('hold entries back, ask for more confidence, and make entries smaller, where settings say so', () => {
    const regimes = MAJORITY_RULES.regimes;
    const suppressed = decided({ rules: rules({ regimes: { ...regimes, suppressEntries: ['trend/low'] } }) });
    expect(suppressed.decision).toMatchObject({ action: 'none', reason: 'no entries in trend/low' });
    expect(suppressed.record.stoppedBy).toBe('regime');
    const strict = rules({ regimes: { ...regimes, minConfidence: { 'trend/low': 0.7 } } });
    expect(decided({ rules: strict }).decision.reason).toBe('vote is hold');
    expect(decided({ rules: strict, regime: { ...calmTrend, direction: 'range' } }).decision.action).toBe('enter');
    const half = rules({ regimes: { ...regimes, sizeShare: { low: 0.5 } } });
    expect(decided({ rules: half }).decision).toMatchObject({ proposal: { quantity: 1 } });
    const tenth = decided({ rules: rules({ regimes: { ...regimes, sizeShare: { low: 0.1 } } }) });
    expect(tenth.decision.reason).toBe('trend/low allows less than one contract');
    const unknown = decided({ rules: half, regime: null });
    expect(unknown.decision).toMatchObject({ proposal: { quantity: 2 } });
    expect(unknown.record.skipped).toEqual([{ part: 'regime', why: 'too few bars to tell the regime' }]);
  });
});

describe('the validator', () => {
  const asked = rules({ validator: true });

  it('vetoes an entry that would lose on average, says so, and is passed over when absent', () => {
    const vetoed = decided({ rules: asked, validator: validator(0.31) });
    expect(vetoed.decision).toMatchObject({
      action: 'none',
      reason: 'validator vetoes buy: profitable with 0.31, 0.50 needed',
    });
    expect(vetoed.record).toMatchObject({ stoppedBy: 'validator', validator: { verdict: 'vetoed' } });
    const passed = decided({ rules: asked, validator: validator(0.5) });
    expect(passed.decision.action).toBe('enter');
    expect(passed.record.validator).toEqual({ verdict: 'passed', probability: 0.5, breakEven: 0.5 });
    const absent = decided({ rules: asked });
    expect(absent.decision.action).toBe('enter');
    expect(absent.record.skipped).toEqual([{ part: 'validator', why: 'the run has no validator' }]);
    expect(decided({ rules: asked, validator: validator(0.1), votes: [holds] }).record.validator).toEqual({
      verdict: 'not-asked',
    });
  });

  it('never stops an exit', () => {
    const short = { ...FLAT_CONTEXT, position: -1, enteredAt: noon - 30 * MINUTE };
    const { decision, record } = decided({ rules: asked, validator: validator(0) }, { context: short });
    expect(decision).toMatchObject({ action: 'exit', reason: 'opposite vote' });
    expect(record.stoppedBy).toBeNull();
    expect(judgedEntry(decision, 0)).toBeNull();
  });

  it('is counted with what its vetoes saved and cost', () => {
    const cost = roundTripCost(0.25, INSTRUMENTS.ES);
    expect(cost).toBeCloseTo(0.25 + (2 * INSTRUMENTS.ES.feePerContract) / 50, 12);
    const mids = [100, 101, 99, 99, 100, 103];
    // Judged at the first three bars, each over two bars: a loss vetoed, a loss vetoed, a profit passed; then a profit vetoed.
    const answers = [0.1, 0.1, 0.9, 0.1];
    const follow = (ledger: VetoLedger, i: number): VetoLedger => {
      const start = noon + i * MINUTE;
      const moved = advanceVetoes(ledger, { start, mid: mids[i], continues: i > 0 });
      if (i >= answers.length) return moved;
      const { decision } = decided({ rules: asked, validator: validator(answers[i]) });
      const entry = judgedEntry(decision, cost);
      return entry === null ? moved : recordJudgement(moved, start + MINUTE, entry, 2);
    };
    const once = mids.reduce((ledger, _mid, i) => follow(ledger, i), NO_VETOES);
    expect(once.counts).toMatchObject({ passed: 1, vetoed: 3, resolved: 4, dropped: 0 });
    expect(once.counts.saved).toBeCloseTo(1 + cost + 2 + cost, 9);
    expect(once.counts.missed).toBeCloseTo(4 - cost, 9);
    expect(once.counts.passedNet).toBeCloseTo(1 - cost, 9);
    const twice = mids.reduce((ledger, _mid, i) => follow(follow(follow(ledger, i), i), Math.max(0, i - 2)), NO_VETOES);
    expect(twice).toEqual(once);
    expect(judgedEntry(decided({ rules: asked, validator: validator(0.1) }, { quote: null }).decision, 0)).toBeNull();
  });
});

const probabilities = fc
  .tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 }), fc.integer({ min: 1, max: 20 }))
  .map(([a, b, c]): Vote['probabilities'] => [a / (a + b + c), b / (a + b + c), c / (a + b + c)]);
const unit = fc.double({ min: 0, max: 1, noNaN: true });
const named = fc.constantFrom('a', 'b', 'c', 'd');
const opinions: fc.Arbitrary<EnsembleOpinion> = fc.record({
  votes: fc
    .array(fc.record({ model: named, probabilities }), { maxLength: 4 })
    .map((list) => list.map((said) => vote(said.model, said.probabilities))),
  rules: fc.record({
    voting: fc.constantFrom<EnsembleRules['voting']>('majority', 'weighted', 'stacked'),
    minConfidence: unit,
    validator: fc.boolean(),
    regimes: fc.constantFrom(MAJORITY_RULES.regimes, {
      minConfidence: { 'trend/high': 0.9 },
      suppressEntries: ['range/low' as const],
      sizeShare: { high: 0.5 },
    }),
  }),
  weights: fc.option(fc.dictionary(named, unit)),
  regime: fc.option(
    fc.record({
      direction: fc.constantFrom(...DIRECTIONS),
      volatility: fc.constantFrom(...VOLATILITIES),
      efficiency: unit,
      volatilityRank: unit,
    }),
  ),
  stack: fc.oneof(
    fc.constant({ kind: 'absent' as const, why: 'none' }),
    fc.record({
      kind: fc.constant('answered' as const),
      model: fc.constant('stacker'),
      probabilities,
      without: fc.dictionary(named, fc.double({ min: -1, max: 1, noNaN: true })),
    }),
  ),
  validator: fc.oneof(
    fc.constant({ kind: 'absent' as const, why: 'none' }),
    fc.record({
      kind: fc.constant('answered' as const),
      model: fc.constant('validator'),
      profitable: fc.record({ buy: unit, sell: unit }),
      breakEven: unit,
    }),
  ),
});

describe('any opinion', () => {
  it('gives a record from which the same decision comes out again, through JSON', () => {
    fc.assert(
      fc.property(opinions, fc.constantFrom(-1, 0, 1), (given, position) => {
        const context = { ...FLAT_CONTEXT, position, enteredAt: position === 0 ? null : noon - 30 * MINUTE };
        const decision = decide({ ...bar, context, ensemble: given });
        const record = decision.ensemble;
        const stored = JSON.parse(JSON.stringify({ votes: given.votes, record })) as {
          readonly votes: readonly Vote[];
          readonly record: typeof record;
        };
        const again = decide({ ...bar, context, ensemble: recordedOpinion(stored.votes, stored.record) });
        expect(JSON.stringify(again)).toBe(JSON.stringify(decision));
      }),
    );
  });

  it('has contributions that make up the score, and every part asked for is used or skipped', () => {
    fc.assert(
      fc.property(opinions, (given) => {
        const { ensemble } = decide({ ...bar, ensemble: given });
        const { score, rest, contributions, used, skipped, validator: verdict, signal } = ensemble;
        expect(contributions.reduce((sum, { toScore }) => sum + toScore, rest)).toBeCloseTo(score, 9);
        expect(contributions.map(({ model }) => model)).toEqual(given.votes.map(({ model }) => model));
        if (used !== given.rules.voting) {
          expect(used).toBe('majority');
          expect(skipped.map(({ part }) => part)).toContain(given.rules.voting === 'stacked' ? 'stacker' : 'weights');
        }
        if (given.rules.validator && verdict.verdict === 'absent') {
          expect(skipped.map(({ part }) => part)).toContain('validator');
        }
        if (signal === 'hold') expect(decide({ ...bar, ensemble: given }).action).toBe('none');
      }),
    );
  });

  it('by default decides as the majority vote alone did', () => {
    fc.assert(
      fc.property(opinions, ({ votes }) => {
        const { signal } = combineVotes(votes, { vote: 'majority', minConfidence: 0.6 });
        const { ensemble, ...decision } = decide({ ...bar, ensemble: opinion({ votes }) });
        expect(ensemble?.signal).toBe(signal);
        expect(decision).toEqual(decide({ ...bar, signal }));
      }),
    );
  });
});
