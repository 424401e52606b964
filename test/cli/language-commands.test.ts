/** What the commands of embeddings, scoring and rules say and end with where there is no model, no key and nothing stored. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../src/cli/main';

const FIXTURE = join(__dirname, '../news/embeddings/fixture');
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'language-commands-'))));
afterEach(() => rmSync(folder, { recursive: true }));

async function omega(...args: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
  const said: string[] = [];
  const say = (text: string): void => void said.push(text);
  const code = await main(args, { out: say, err: say, env: {}, folder });
  return { code, text: said.join('\n') };
}

test('models pull takes only the published files, or an export trusted by its hash', async () => {
  const refused = await omega('models', 'pull', 'minilm', '--from', FIXTURE);
  expect(refused.code).toBe(4);
  expect(refused.text).toContain('--sha256');
  expect((await omega('models', 'pull', 'bert')).code).toBe(2);
  expect((await omega('models', 'pull', 'minilm', '--sha256', 'abc', '--from', FIXTURE)).code).toBe(2);
  expect((await omega('models', 'pull', 'minilm', '--from', join(folder, 'nothing'))).code).toBe(1);
});

test('news similar compares words where there is no model, and says so', async () => {
  const { code, text } = await omega('news', 'similar', 'gold', '--as-of', '2016-06-01', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(text)).toMatchObject({
    method: 'words',
    searched: 0,
    articles: [],
    as_of: '2016-06-01T00:00:00.000Z',
  });
  expect((await omega('news', 'similar', 'gold', '--as-of', '2016-06-01T10:00')).code).toBe(2);
  expect((await omega('news', 'similar', ' ')).code).toBe(2);
});

test('news score goes on without a key, and names a table of links that is wrong', async () => {
  const { code, text } = await omega('news', 'score');
  expect(code).toBe(0);
  expect(text).toContain('GEMINI_API_KEY');
  writeFileSync(join(folder, 'links.csv'), 'supplier,customer\nA,B\n');
  writeFileSync(join(folder, 'omega.config.json'), '{"supplyChain": {"file": "links.csv"}}');
  const wrong = await omega('news', 'score');
  expect(wrong.code).toBe(2);
  expect(wrong.text).toContain('lacks the columns revenue_share');
});

test('rules are kept from a file, refused when they are none, and don’t vote untested', async () => {
  const rule = { name: 'low', buy: { less: [{ column: 'rsi' }, { number: 20 }] }, sell: null, confidence: 0.6 };
  writeFileSync(join(folder, 'rule.json'), JSON.stringify(rule));
  const kept = await omega('rules', 'propose', '--file', 'rule.json', '--by', 'ann', '--json');
  expect(kept.code).toBe(0);
  const [{ id }] = JSON.parse(kept.text) as readonly { readonly id: string }[];
  expect((await omega('rules', 'list')).text).toMatch(new RegExp(`${id} +low +not tested +rule.json`));
  const early = await omega('rules', 'accept', id, '--by', 'ann', '--why', 'try', '--despite-gates');
  expect(early.code).toBe(4);
  expect(early.text).toContain('omega rules test');
  expect((await omega('rules', 'accept', id)).code).toBe(2);
  expect((await omega('rules', 'test', 'ffffff')).code).toBe(1);
  writeFileSync(join(folder, 'rule.json'), JSON.stringify({ ...rule, buy: 'rsi < 20' }));
  expect((await omega('rules', 'propose', '--file', 'rule.json')).code).toBe(2);
  const nested = `${'{"not":'.repeat(5_000)}1${'}'.repeat(5_000)}`;
  for (const [content, says] of [
    ['[]', 'it holds no rule'],
    [`{"name":"deep","buy":${nested}}`, 'nested too deeply'],
    [JSON.stringify([rule, { ...rule, sell: [] }]), 'rule 2: sell'],
    ['rsi < 20', 'it is not JSON'],
  ]) {
    writeFileSync(join(folder, 'rule.json'), content);
    const wrong = await omega('rules', 'propose', '--file', 'rule.json');
    expect([wrong.code, wrong.text]).toEqual([2, expect.stringContaining(says)]);
  }
  const asked = await omega('rules', 'propose', '--model');
  expect(asked.code).toBe(2);
  expect(asked.text).toContain('GEMINI_API_KEY');
});

test('a rule may read columns of the world outside; those that nobody provides are left out and told', async () => {
  const indicators = [
    { kind: 'rsi', period: 14 },
    { kind: 'return', name: 'ret_1', period: 1 },
    { kind: 'outside', name: 'minutes', series: 'calendar/FOMC_MINUTES/minutes_to' },
    { kind: 'outside', name: 'nobody', series: 'macro/NOBODY/level' },
  ];
  writeFileSync(join(folder, 'omega.config.json'), JSON.stringify({ features: { indicators, modelColumns: null } }));
  const rule = (column: string) => ({
    name: 'low',
    buy: { less: [{ column }, { number: 400 }] },
    sell: null,
    confidence: 0.6,
  });
  writeFileSync(join(folder, 'rule.json'), JSON.stringify(rule('nobody')));
  const refused = await omega('rules', 'propose', '--file', 'rule.json');
  expect([refused.code, refused.text]).toEqual([2, expect.stringContaining('nobody provides macro/NOBODY/level')]);
  writeFileSync(join(folder, 'rule.json'), JSON.stringify(rule('minutes')));
  const [{ id }] = JSON.parse((await omega('rules', 'propose', '--file', 'rule.json', '--json')).text) as [
    { id: string },
  ];
  const tried = await omega('rules', 'test', id, '--instruments', 'GC', '--json');
  expect(tried.code).toBe(0);
  expect(JSON.parse(tried.text)).toMatchObject({ outcome: 'insufficient', instruments: ['GC'] });
  const accepted = await omega('rules', 'accept', id, '--by', 'ann', '--why', 'try', '--despite-gates');
  expect([accepted.code, accepted.text]).toEqual([0, expect.stringContaining('is accepted by ann')]);
  expect((await omega('rules', 'list')).text).toMatch(/low +accepted despite the gates +rule.json/);
  expect((await omega('models', 'remove', 'rule_low')).code).toBe(0);
  expect((await omega('rules', 'list')).text).toMatch(/low +accepted despite the gates, taken out since +rule.json/);
}, 30_000);
