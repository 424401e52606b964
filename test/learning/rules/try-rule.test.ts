/** Rules on recorded days: judged as models are, blind to what comes later, accepted into runs; and rules asked of a language model. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tradeHoldOut } from '../../../src/backtest/hold-out-trading';
import { DEFAULT_CONFIG } from '../../../src/config/config';
import { INSTRUMENTS } from '../../../src/domain/instruments';
import { DEFAULT_SCHEMA } from '../../../src/features/schema';
import type { LanguageModel } from '../../../src/language-model/language-model';
import { loadModel, probabilitiesOf } from '../../../src/learning/loaded-model';
import { readManifest } from '../../../src/learning/model-run';
import { acceptRule } from '../../../src/learning/rules/accept-rule';
import { sideProbabilities } from '../../../src/learning/rules/evaluate-rule';
import { columnRanges, proposeRules } from '../../../src/learning/rules/propose-rules';
import { ruleAnswers } from '../../../src/learning/rules/rule-answers';
import { findRule, keepRule, proposeRule, storedRules } from '../../../src/learning/rules/rule-store';
import { ruleIdOf, type TradingRule } from '../../../src/learning/rules/trading-rule';
import { tryRule, type RuleTrialParts } from '../../../src/learning/rules/try-rule';
import { futuresData, type LearningData } from '../../../src/learning/training/learning-data';
import { trainingSet } from '../../../src/learning/training/training-set';
import type { RecordedMarket } from '../../../src/market-data/recorded-market';
import { loadRecordedMarket } from '../../../src/market-data/recorded-minutes';
import { openFolderStore } from '../../../src/storage/folder-store';
import type { ObjectStore } from '../../../src/storage/object-store';

const DAYS = ['2013-10-08', '2013-10-09'];
const rsi = { column: 'rsi' };
const RULE: TradingRule = {
  name: 'revert',
  buy: { crosses_above: [rsi, { window: 'mean', column: 'rsi', bars: 5 }] },
  sell: { all: [{ greater: [rsi, { number: 60 }] }, { less: [{ column: 'ret_1' }, { column: 'ret_1', ago: 2 }] }] },
  confidence: 0.7,
};
const OTHER: TradingRule = { name: 'other', buy: { less: [rsi, { number: 20 }] }, sell: null, confidence: 0.6 };
const NOW = Date.parse('2026-11-21T12:00:00Z');
const FILE = { kind: 'file' as const, file: 'rules.json', by: 'ann', at: '2026-11-21T12:00:00Z' };

let market: RecordedMarket;
let data: LearningData;
let root: string;
let store: ObjectStore;

beforeAll(async () => {
  market = await loadRecordedMarket(join(__dirname, '../../../data'), { instruments: ['ES'] });
  data = { ...futuresData(market), tradeDates: DAYS };
});
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'rules-'));
  store = await openFolderStore(root);
});
afterEach(() => rmSync(root, { recursive: true }));

const parts = (more: Partial<RuleTrialParts> = {}): RuleTrialParts => ({
  data,
  instruments: ['ES'],
  schema: DEFAULT_SCHEMA,
  seed: 1,
  codeVersion: '0.1.0',
  now: NOW,
  scratch: store,
  trade: async () => ({ daily: [], trades: 0 }),
  ...more,
});

test('what a rule says of a day does not depend on the days after it', () => {
  const said = (days: readonly string[]) => ruleAnswers(RULE, data.series('ES', days, DEFAULT_SCHEMA), DEFAULT_SCHEMA);
  const [first, both] = [said(DAYS.slice(0, 1)), said(DAYS)];
  expect(first.size).toBeGreaterThan(500);
  for (const [start, side] of first) expect(both.get(start)).toBe(side);
  expect(new Set(first.values())).toEqual(new Set([0, 1, 2]));
});

test('a trial is judged by the gates, and the run it traded answers as the rule does', async () => {
  const trial = await tryRule(
    RULE,
    parts({
      trade: (runId, instruments, tradeDates) =>
        tradeHoldOut({
          store,
          runId,
          market,
          instruments,
          tradeDates,
          config: { ...DEFAULT_CONFIG, trading: { ...DEFAULT_CONFIG.trading, instruments: ['ES'] } },
        }),
    }),
  );
  expect(trial).toMatchObject({ outcome: 'insufficient', hold_out_days: ['2013-10-09'], instruments: ['ES'] });
  expect(trial.figures.tradeDates).toBe(1);
  expect(trial.figures.trades).toBeGreaterThan(0);
  expect(trial.said).toBeGreaterThan(0);
  expect(trial.said).toBeLessThan(trial.rows);
  const runId = '20261121_120000';
  const [entry] = (await readManifest(store, runId)).instruments[0].models;
  expect(entry).toMatchObject({ name: 'rule_revert', window: 6 });
  const model = await loadModel(store, runId, entry, DEFAULT_SCHEMA);
  if (typeof model === 'string') throw new Error(model);
  const answer = await probabilitiesOf(model, new Float32Array(6 * DEFAULT_SCHEMA.modelColumns.length).fill(70));
  (answer as readonly (readonly number[])[])[0].forEach((p, i) =>
    expect(p).toBeCloseTo(sideProbabilities(RULE, 1)[i], 6),
  );
  await model.session.release();
});

test('a rule that says nothing has the AUC of a coin', async () => {
  const silent = await tryRule({ ...OTHER, buy: { less: [rsi, { number: -1 }] } }, parts());
  expect(silent).toMatchObject({ said: 0, figures: { auc: 0.5 } });
  expect(silent.rows).toBeGreaterThan(100);
});

describe('candidates', () => {
  test('are kept once with where they come from; damage is named', async () => {
    expect(await proposeRule(store, RULE, FILE)).toEqual({ id: ruleIdOf(RULE), known: false });
    expect(await proposeRule(store, { ...RULE, name: 'again' }, { ...FILE, by: 'bob' })).toEqual({
      id: ruleIdOf(RULE),
      known: true,
    });
    await proposeRule(store, OTHER, FILE);
    expect(await storedRules(store)).toHaveLength(2);
    expect(await findRule(store, ruleIdOf(RULE).slice(0, 5))).toMatchObject({
      rule: RULE,
      provenance: FILE,
      trials: [],
      acceptance: null,
    });
    expect(await findRule(store, '')).toBeNull();
    await store.put(
      `models/rules/${ruleIdOf(RULE)}.json`,
      new TextEncoder().encode(
        JSON.stringify({ format: 1, id: ruleIdOf(RULE), rule: OTHER, provenance: FILE, trials: [], acceptance: null }),
      ),
    );
    await expect(storedRules(store)).rejects.toMatchObject({ code: 'MANIFEST_INVALID' });
  });

  test('vote only when the gates passed them, or a person says so and it is written down', async () => {
    await tryRule(OTHER, parts());
    await proposeRule(store, RULE, FILE);
    const candidate = async () => {
      const entry = await findRule(store, ruleIdOf(RULE));
      if (entry === null) throw new Error('no rule');
      return entry;
    };
    const accept = async (despiteGates: boolean) =>
      acceptRule(store, await candidate(), DEFAULT_SCHEMA, { by: 'ann', why: 'paper only', at: NOW, despiteGates });
    await expect(accept(true)).rejects.toMatchObject({ code: 'RULE_REFUSED' });
    const scratch = await openFolderStore(join(root, 'scratch'));
    const trial = await tryRule(RULE, parts({ scratch }));
    await keepRule(store, { ...(await candidate()), trials: [trial] });
    await expect(accept(false)).rejects.toThrow('10 are needed');
    const run = await accept(true);
    expect(run?.instruments[0].models.map(({ name, brought, window }) => [name, brought, window])).toEqual([
      ['rule_other', undefined, undefined],
      ['rule_revert', true, 6],
    ]);
    expect(run?.instruments[0].models[1].parameters).toMatchObject({
      rule_id: ruleIdOf(RULE),
      proposed_by: 'ann',
      gates: 'insufficient',
      accepted_by: 'ann',
    });
    expect((await candidate()).acceptance).toMatchObject({ by: 'ann', why: 'paper only', despite_gates: true });
    // One that passed needs nobody's word against the gates; a name that votes already is refused.
    const passed = {
      ...(await candidate()),
      id: 'other',
      acceptance: null,
      trials: [{ ...trial, outcome: 'passed' as const, why: [] }],
    };
    await expect(
      acceptRule(store, passed, DEFAULT_SCHEMA, { by: 'bob', why: 'x', at: NOW, despiteGates: false }),
    ).rejects.toMatchObject({ code: 'NAME_TAKEN' });
  });
});

describe('asking a language model for rules', () => {
  const answering = (...texts: readonly string[]): { readonly model: LanguageModel; readonly asked: string[] } => {
    const asked: string[] = [];
    const model: LanguageModel = {
      name: 'test/model',
      ask: async ({ turns }) => {
        asked.push(turns[turns.length - 1].text);
        return { text: texts[Math.min(asked.length, texts.length) - 1], inputTokens: 0, outputTokens: 0 };
      },
    };
    return { model, asked };
  };
  const columns = [{ column: 'rsi', low: 20, middle: 50, high: 80 }];
  const wishes = { columns, count: 2, about: 'mean reversion', attempts: 2 };
  const answer = (rule: unknown): string =>
    JSON.stringify({ rules: [{ rule: JSON.stringify(rule), rationale: 'It reverts.' }] });

  test('rules come back as data with the hash of what was asked', async () => {
    const { model, asked } = answering(answer(OTHER));
    const { rules, promptSha256 } = await proposeRules(model, wishes);
    expect(rules).toEqual([{ rule: OTHER, rationale: 'It reverts.' }]);
    expect(promptSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(asked[0]).toContain('rsi 20 50 80');
  });

  test('code, unknown columns and other forms are shown to the model and refused in the end', async () => {
    const { model, asked } = answering(
      answer('require("fs")'),
      answer({ ...OTHER, buy: { less: [{ column: 'future' }, { number: 1 }] } }),
    );
    await expect(proposeRules(model, wishes)).rejects.toMatchObject({ code: 'INVALID_ANSWER' });
    expect(asked[1]).toContain('rules.0.rule');
  });

  test('the columns’ ranges are of days to learn from', () => {
    const set = trainingSet('ES', data.series('ES', DAYS, DEFAULT_SCHEMA), DAYS, DEFAULT_SCHEMA, INSTRUMENTS.ES);
    if (typeof set === 'string') throw new Error(set);
    const ranges = columnRanges(set);
    expect(ranges.map(({ column }) => column)).toEqual(DEFAULT_SCHEMA.modelColumns);
    for (const { low, middle, high } of ranges) expect(low <= middle && middle <= high).toBe(true);
    const nothing = columnRanges({ ...set, learning: set.learning.slice(0, 50) });
    expect(nothing).not.toEqual(ranges);
  });
});
