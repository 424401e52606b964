/** An ensemble in words: who moved a decision, what stacker and validator said, what came of vetoes. */
import { entryRow } from '../../src/cli/audit-rows';
import { renderView } from '../../src/cli/demo/view';
import { initialView, withMinute } from '../../src/cli/demo/view-state';
import { ensembleDayText, ensembleText } from '../../src/cli/ensemble-text';
import { judgeEnsemble, MAJORITY_RULES, type EnsembleOpinion } from '../../src/domain/decision-ensemble';
import { NO_VETOES } from '../../src/domain/decision-vetoes';
import { decisionRecord } from '../decision-record';

const OPINION: EnsembleOpinion = {
  votes: [
    { model: 'sgd', signal: 'buy', probabilities: [0.1, 0.2, 0.7] },
    { model: 'forest', signal: 'hold', probabilities: [0.2, 0.6, 0.2] },
  ],
  rules: { ...MAJORITY_RULES, voting: 'stacked', validator: true },
  weights: { sgd: 0.55, forest: 0.45 },
  regime: { direction: 'trend', volatility: 'high', efficiency: 0.5, volatilityRank: 0.9 },
  stack: {
    kind: 'answered',
    model: 'logistic_stacker',
    probabilities: [0.1, 0.2, 0.7],
    without: { sgd: 0.1, forest: 0.7 },
  },
  validator: { kind: 'answered', model: 'validator', profitable: { buy: 0.4, sell: 0.6 }, breakEven: 0.5 },
};

test('a decision says who moved it, what the stacker and the validator said, and the regime', () => {
  const ensemble = judgeEnsemble(OPINION);
  const text = ensembleText(ensemble);
  expect(text).toBe(
    'moved by sgd +0.50, forest −0.10, besides them +0.20; logistic_stacker: sell 0.10 hold 0.20 buy 0.70; ' +
      'validator vetoed: profitable 0.40, 0.50 needed; regime trend/high',
  );
  const record = decisionRecord({ ensemble });
  expect(entryRow({ type: 'decision', tradeDate: '2013-10-09', record }).what).toBe(
    `enter (vote buy); buy 1.00 of sgd buy, random_forest buy; ${text}`,
  );
});

test('what was asked for and missing is said, and what nobody asked the validator', () => {
  const absent = { kind: 'absent', why: 'the run has no stacker' } as const;
  const rules = { ...OPINION.rules, validator: false };
  expect(ensembleText(judgeEnsemble({ ...OPINION, rules, stack: absent, regime: null }))).toBe(
    'moved by sgd +0.50; validator not asked: a buy profitable 0.40, a sell 0.60, 0.50 needed; ' +
      'without stacker: the run has no stacker',
  );
  expect(ensembleText(judgeEnsemble({ ...OPINION, votes: [] }))).toBe('');
  expect(entryRow({ type: 'decision', tradeDate: '2013-10-09', record: decisionRecord() }).what).toBe(
    'enter (vote buy); buy 1.00 of sgd buy, random_forest buy',
  );
});

test('the live view has one line of weights and vetoes, and none without any', () => {
  const vetoes = { ...NO_VETOES.counts, passed: 9, vetoed: 3, saved: 4.25, missed: 1.5 };
  const said = 'ES vetoed 3, passed 9, saved 4.25 and missed 1.50 points · weights sgd 0.55 forest 0.45';
  expect(ensembleDayText({ symbol: 'ES', vetoes, weights: OPINION.weights })).toBe(said);
  expect(ensembleDayText({ symbol: 'ES', vetoes: NO_VETOES.counts, weights: null })).toBeNull();
  const bar = { symbol: 'ES', close: 1_650, volume: 1, bid: 1_649.75, ask: 1_650, vetoes };
  const minute = { marketTime: 0, bars: [bar], decisions: [decisionRecord({ ensemble: judgeEnsemble(OPINION) })] };
  const empty = initialView('Omega', ['ES', 'GC'], 1);
  expect(renderView(withMinute(empty, minute)).filter((line) => line.startsWith('ensemble'))).toEqual([
    `ensemble  ${said}`,
  ]);
  expect(renderView(empty).filter((line) => line.startsWith('ensemble'))).toEqual([]);
});
