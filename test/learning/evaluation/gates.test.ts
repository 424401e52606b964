/** Gates, shadow run and breach: the constants of requirements E8 and E10, and the bootstrap they rest on. */
import * as fc from 'fast-check';
import { aucOfGroups, bootstrapAuc, pairWins, quantile } from '../../../src/learning/evaluation/bootstrap-auc';
import { dailySharpe, judgeGates } from '../../../src/learning/evaluation/gates';
import type { DailyResult, GateEvidence } from '../../../src/learning/evaluation/gates';
import { breachesOf, judgeShadow } from '../../../src/learning/evaluation/shadow';
import type { ShadowFigures } from '../../../src/learning/evaluation/shadow';
import { BUY, HOLD, SELL } from '../../../src/learning/labels';
import { areaUnderCurve } from '../../../src/learning/metrics';
import { createRandom } from '../../../src/learning/random';

const dateOf = (day: number): string => new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10);
const profits = (days: number, mean: number): DailyResult[] =>
  Array.from({ length: days }, (_item, day) => ({ tradeDate: dateOf(day), netPnl: mean + (day % 2 === 0 ? 10 : -10) }));

/** `skill` 0 … 1 mixes the label into p(buy); a third of the rows hold. */
function evidence(days: number, skill: number, trading: { mean?: number; trades?: number } = {}): GateEvidence {
  const random = createRandom(days + 1000 * skill);
  const rows = days * 60;
  const y = Uint8Array.from({ length: rows }, () => random.below(3));
  const probabilities = new Float64Array(3 * rows);
  y.forEach((label, row) => {
    const lean = skill * (label === BUY ? 0.8 : label === SELL ? 0.2 : 0.5) + (1 - skill) * random.next();
    probabilities.set([(1 - lean) * 0.8, 0.2, lean * 0.8], 3 * row);
  });
  const tradeDates = Array.from(y, (_label, row) => dateOf(Math.floor(row / 60)));
  const predictions = { probabilities, y, classes: 3, tradeDates };
  return { kind: 'model', predictions, daily: profits(days, trading.mean ?? 1), trades: trading.trades ?? 30 };
}
const failed = (given: GateEvidence): string[] => {
  const verdict = judgeGates(given, 1);
  return verdict.outcome === 'refused' ? verdict.failures.map(({ gate }) => gate) : [verdict.outcome];
};

describe('the gates', () => {
  it('pass skill, profit and trades together', () => {
    const verdict = judgeGates(evidence(12, 0.4), 1);
    expect(verdict.outcome).toBe('passed');
    const { auc, aucLowerBound } = verdict.figures;
    expect(auc).toBeGreaterThanOrEqual(0.6);
    expect(aucLowerBound).toBeGreaterThan(0.5);
    expect(aucLowerBound).toBeLessThan(auc ?? 0);
  });

  it('name each one that refuses', () => {
    expect(failed(evidence(12, 0))).toEqual(['auc', 'auc-bound']);
    expect(failed(evidence(12, 0.4, { mean: -1 }))).toEqual(['sharpe']);
    expect(failed(evidence(12, 0.4, { trades: 29 }))).toEqual(['trades']);
  });

  it('let an even result pass: the Sharpe ratio needed is 0', () => {
    expect(failed(evidence(12, 0.4, { mean: 0 }))).toEqual(['passed']);
  });

  it('decide nothing below ten trade dates or without a direction', () => {
    expect(judgeGates(evidence(9, 0.9), 1)).toMatchObject({ outcome: 'insufficient', code: 'GATE_INSUFFICIENT_DATA' });
    expect(failed(evidence(10, 0.9))).toEqual(['passed']);
    const given = evidence(12, 0.4);
    if (given.kind !== 'model') throw new Error('a model');
    const held = { ...given, predictions: { ...given.predictions, y: given.predictions.y.map(() => HOLD) } };
    expect(judgeGates(held, 1)).toMatchObject({ outcome: 'insufficient', code: 'GATE_INSUFFICIENT_DATA' });
  });

  it('count the trade dates that have both predictions and a result', () => {
    const given = evidence(12, 0.9);
    expect(judgeGates({ ...given, daily: profits(9, 1) }, 1)).toMatchObject({ outcome: 'insufficient' });
  });

  it('judge a policy by Sharpe and trades alone', () => {
    expect(failed({ kind: 'policy', daily: profits(12, 1), trades: 30 })).toEqual(['passed']);
    expect(failed({ kind: 'policy', daily: profits(12, -1), trades: 3 })).toEqual(['sharpe', 'trades']);
  });

  it('take the Sharpe ratio of days with n − 1 and √252', () => {
    expect(dailySharpe([1, 2, 3])).toBeCloseTo(2 * Math.sqrt(252), 12);
    expect([dailySharpe([5]), dailySharpe([0, 0, 0])]).toEqual([null, null]);
  });
});

describe('the bootstrap by groups', () => {
  const rows = fc.array(
    fc.record({ score: fc.integer({ min: 0, max: 6 }), positive: fc.boolean(), group: fc.integer({ min: 0, max: 3 }) }),
    { minLength: 1, maxLength: 40 },
  );

  it('weighs a group as if its rows came that often', () => {
    fc.assert(
      fc.property(rows, fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 4, maxLength: 4 }), (all, times) => {
        const groups = [...new Set(all.map(({ group }) => group))];
        const often = groups.map((group) => times[group]);
        const repeated = all.flatMap((row) => new Array<typeof row>(times[row.group]).fill(row));
        const pairs = pairWins({
          scores: all.map(({ score }) => score),
          positive: all.map(({ positive }) => positive),
          groups: all.map(({ group }) => group),
        });
        const direct = areaUnderCurve(
          repeated.map(({ score }) => score),
          repeated.map(({ positive }) => positive),
        );
        const weighed = aucOfGroups(pairs, often);
        if (direct === null) expect(weighed).toBeNull();
        else expect(weighed).toBeCloseTo(direct, 12);
      }),
    );
  });

  it('covers the true AUC of noise about as often as it says', () => {
    const random = createRandom(5);
    const trials = 200;
    let below = 0;
    for (let trial = 0; trial < trials; trial += 1) {
      const scores = Array.from({ length: 400 }, () => random.next());
      const positive = scores.map(() => random.next() < 0.5);
      const groups = scores.map((_score, i) => Math.floor(i / 20));
      const bootstrap = bootstrapAuc({ scores, positive, groups }, trial, 200);
      if (bootstrap !== null && quantile(bootstrap.resampled, 0.05) < 0.5) below += 1;
    }
    expect(below / trials).toBeGreaterThan(0.9);
    expect(below / trials).toBeLessThan(0.99);
  });

  it('interpolates quantiles', () => {
    expect([0, 0.25, 0.5, 1].map((share) => quantile([1, 2, 4], share))).toEqual([1, 1.5, 2, 4]);
  });
});

describe('the shadow run', () => {
  const figures: ShadowFigures = {
    tradeDates: 1,
    decisions: 300,
    compared: 300,
    notFinite: 0,
    logLoss: 1.01,
    championLogLoss: 1,
  };
  const outcome = (change: Partial<ShadowFigures>) => judgeShadow({ ...figures, ...change }).outcome;

  it('needs a trade date, 300 decisions and the champion’s log loss within 0.01', () => {
    expect(outcome({})).toBe('passed');
    expect(outcome({ logLoss: 1.0101 })).toBe('refused');
    expect(outcome({ compared: null, championLogLoss: null })).toBe('passed');
    expect(outcome({ decisions: 1_000, compared: 299 })).toBe('continues');
    expect([
      outcome({ decisions: 299, compared: null }),
      outcome({ tradeDates: 0 }),
      outcome({ logLoss: null }),
    ]).toEqual(new Array(3).fill('continues'));
    expect(outcome({ decisions: 10, notFinite: 1 })).toBe('refused');
  });

  it('names every breach', () => {
    const healthy = { notFinite: 0, inferenceP99Ms: 100, aucAlarm: false, haltCause: null };
    expect(breachesOf(healthy)).toEqual([]);
    expect(
      breachesOf({ notFinite: 1, inferenceP99Ms: 100.1, aucAlarm: true, haltCause: 'LIMIT_DRAWDOWN: 3 %' }),
    ).toHaveLength(4);
  });
});
