import fc from 'fast-check';
import type { HorizonBar } from '../../src/domain/decision-horizon';
import { outcomeOf } from '../../src/domain/decision-horizon';
import {
  advanceHedge,
  brierLoss,
  HEDGE_DECISIONS,
  HEDGE_FLOOR,
  hedgeWeights,
  NO_HEDGE,
  recordVotes,
  type HedgeState,
} from '../../src/domain/hedge';
import type { Vote } from '../../src/domain/vote';
import { signalOf } from '../../src/domain/voting';
import { BUY, CLASS_NAMES, labelRows, UNLABELLED } from '../../src/learning/labels';
import { columnsOf, markBreaks } from '../../src/features/bar-series';
import { createRandom } from '../../src/learning/random';

const MINUTE = 60_000;
const RULE = { horizonBars: 3, bandPoints: 0.5 };
const vote = (model: string, probabilities: Vote['probabilities']): Vote => ({
  model,
  probabilities,
  signal: signalOf(probabilities),
});

interface Step {
  readonly bar: HorizonBar;
  readonly votes: readonly Vote[];
}

const follow = (steps: readonly Step[], from: HedgeState = NO_HEDGE, rule = RULE): HedgeState =>
  steps.reduce(
    (state, { bar, votes }) => recordVotes(advanceHedge(state, bar, rule), bar.start + MINUTE, votes, rule),
    from,
  );

const probabilities = fc
  .tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }))
  .map(([a, b, c]): Vote['probabilities'] => [a / (a + b + c), b / (a + b + c), c / (a + b + c)]);
const steps = (names: readonly string[]) =>
  fc
    .array(
      fc.record({
        mid: fc.option(fc.integer({ min: 95, max: 105 }), { freq: 8 }),
        isBreak: fc.boolean(),
        quiet: fc.boolean(),
        said: fc.tuple(...names.map(() => fc.option(probabilities, { freq: 4 }))),
      }),
      { maxLength: 60 },
    )
    .map((list) =>
      list.map(({ mid, isBreak, quiet, said }, i): Step => {
        const votes = names.flatMap((model, k) => {
          const answer = said[k];
          return answer === null ? [] : [vote(model, answer)];
        });
        const continues = i > 0 && !(isBreak && i % 7 === 0);
        return { bar: { start: i * MINUTE, mid, continues }, votes: quiet && i % 3 === 0 ? [] : votes };
      }),
    );

it('gives the loss 0 to certainty that was right, 1 to certainty that was wrong', () => {
  expect(brierLoss([0, 0, 1], 'buy')).toBe(0);
  expect(brierLoss([0, 0, 1], 'sell')).toBe(1);
  expect(brierLoss([0, 1, 0], 'hold')).toBe(0);
  expect(brierLoss([1 / 3, 1 / 3, 1 / 3], 'sell')).toBeCloseTo(1 / 3, 12);
});

it('judges a decision when its horizon is over, by the label of the models', () => {
  const bars = [100, 100.2, 100.1, 101, 101].map((mid, i) => ({ start: i * MINUTE, mid, continues: i > 0 }));
  const votes = [vote('a', [0, 0, 1])];
  const state = follow(bars.map((bar, i) => ({ bar, votes: i < 2 ? votes : [] })));
  expect(state.resolved).toEqual([
    { decidedAt: MINUTE, outcome: 'buy', losses: { a: 0 } },
    { decidedAt: 2 * MINUTE, outcome: 'buy', losses: { a: 0 } },
  ]);
  expect(follow(bars.slice(0, 3).map((bar) => ({ bar, votes }))).resolved).toEqual([]);
});

it('gives the outcome that training labels have, breaks and missing quotes included', () => {
  const random = createRandom(3);
  let close = 1_000;
  let start = Date.parse('2013-10-09T14:00:00Z');
  const rows = Array.from({ length: 400 }, () => {
    close += Math.round((random.next() - 0.5) * 8) / 4;
    start += random.next() < 0.03 ? 40 * MINUTE : MINUTE;
    const quote = { time: start, bid: close - 0.25, ask: close, bidSize: 1, askSize: 1 };
    const bar = { start, open: close, high: close, low: close, close, volume: 1 };
    return { bar, quote: random.next() < 0.1 ? null : quote };
  });
  const block = markBreaks(columnsOf(rows));
  const rule = { horizonBars: 20, bandPoints: 1 };
  const labels = labelRows(block, { ...rule, spreadPoints: 0, feePoints: 0, tickPoints: 0 });
  const state = follow(
    rows.map(({ bar, quote }, i) => ({
      bar: { start: bar.start, mid: quote && (quote.bid + quote.ask) / 2, continues: block.afterBreak[i] === 0 },
      votes: [vote('a', [0.2, 0.3, 0.5])],
    })),
    NO_HEDGE,
    rule,
  );
  const labelled = rows.flatMap(({ bar }, i) =>
    labels[i] === UNLABELLED ? [] : [[bar.start + MINUTE, CLASS_NAMES[labels[i]]]],
  );
  expect(labelled.filter(([, name]) => name === CLASS_NAMES[BUY]).length).toBeGreaterThan(10);
  expect(state.resolved.map(({ decidedAt, outcome }) => [decidedAt, outcome])).toEqual(
    labelled.slice(-HEDGE_DECISIONS),
  );
  expect(outcomeOf(100, 101, 2)).toBe('hold');
});

it('weighs the better model more, keeps the floor, and forgets what is older than 200 decisions', () => {
  const minutes = (count: number, from: number, right: string, wrong: string): Step[] =>
    Array.from({ length: count }, (_item, i) => ({
      bar: { start: (from + i) * MINUTE, mid: 100 + from + i, continues: from + i > 0 },
      votes: [vote(right, [0.1, 0.1, 0.8]), vote(wrong, [0.8, 0.1, 0.1]), vote('sits', [0.3, 0.4, 0.3])],
    }));
  const first = follow(minutes(150, 0, 'a', 'b'));
  const early = hedgeWeights(first, ['a', 'b', 'sits']);
  expect(early.a).toBeGreaterThan(0.85);
  expect(early.b).toBeCloseTo(HEDGE_FLOOR, 3);
  expect(early.sits).toBeGreaterThan(early.b);
  const turned = follow(minutes(300, 150, 'b', 'a'), first);
  expect(turned.resolved).toHaveLength(HEDGE_DECISIONS);
  expect(hedgeWeights(turned, ['a', 'b', 'sits']).b).toBeGreaterThan(0.85);
  // One that never voted has the mean of the others' losses.
  const stranger = hedgeWeights(first, ['a', 'b', 'stranger']);
  expect(stranger.stranger).toBeGreaterThan(stranger.b);
  expect(stranger.stranger).toBeLessThan(stranger.a);
  expect(hedgeWeights(NO_HEDGE, ['x', 'y'])).toEqual({ x: 0.5, y: 0.5 });
  expect(hedgeWeights(NO_HEDGE, ['x'])).toEqual({ x: 1 });
  expect(hedgeWeights(NO_HEDGE, [])).toEqual({});
});

it('has weights that sum to 1 above the floor, whatever was voted, and does not mind what arrives twice', () => {
  const names = ['a', 'b', 'c'];
  fc.assert(
    fc.property(steps(names), fc.integer({ min: 1, max: 24 }), fc.nat(), (list, count, cut) => {
      const state = follow(list);
      const models = [...names, ...Array.from({ length: count }, (_item, i) => `m${i}`)];
      const weights = hedgeWeights(state, models);
      const values = Object.values(weights);
      expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9);
      expect(Math.min(...values)).toBeGreaterThanOrEqual(Math.min(HEDGE_FLOOR, 1 / models.length) - 1e-12);
      expect(hedgeWeights(state, [...models].reverse())).toEqual(weights);

      const twice = list.flatMap((step, i) => [step, step, list[Math.max(0, i - 2)], list[0]]);
      expect(follow(twice)).toEqual(state);
      const at = list.length === 0 ? 0 : cut % list.length;
      const stored = JSON.parse(JSON.stringify(follow(list.slice(0, at)))) as HedgeState;
      expect(follow(list.slice(at), stored)).toEqual(state);
      const decided = list.filter(({ votes }) => votes.length > 0 && votes.every(({ model }) => names.includes(model)));
      expect(state.resolved.length + state.dropped + state.horizon.waiting.length).toBeLessThanOrEqual(decided.length);
      expect(state.resolved.map(({ decidedAt }) => decidedAt)).toEqual(
        state.resolved.map(({ decidedAt }) => decidedAt).sort((x, y) => x - y),
      );
    }),
    { numRuns: 100 },
  );
});
