/** Gemini and OpenAI-compatible servers, the budget and the retries over invalid answers, against a local server. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { DEFAULT_LANGUAGE_MODEL, type LanguageModelConfig } from '../../src/config/language-model-settings';
import { mostCost } from '../../src/language-model/budgeted-model';
import { openDailyBudget } from '../../src/language-model/daily-budget';
import type { LanguageModel, ModelRequest } from '../../src/language-model/language-model';
import { openLanguageModel } from '../../src/language-model/open-language-model';
import { askForStructure } from '../../src/language-model/structured-answer';
import { chatReply, geminiError, geminiReply, startModelServer, type ModelServer, type Reply } from './model-server';

const REQUEST: ModelRequest = {
  instructions: 'Count.',
  turns: [{ role: 'user', text: 'How many?' }],
  schema: { type: 'object', properties: { n: { type: 'integer' }, of: { type: 'string', enum: ['a', 'b'] } } },
};
const KEY = 'secret-key-0123456789';
let server: ModelServer;
let stateDir: string;
let time: number;

beforeEach(async () => {
  server = await startModelServer();
  stateDir = mkdtempSync(join(tmpdir(), 'language-model-'));
  time = Date.parse('2026-11-21T12:00:00Z');
});
afterEach(() => {
  server.close();
  rmSync(stateDir, { recursive: true });
});

function open(provider: LanguageModelConfig['provider'], more: Partial<LanguageModelConfig> = {}): LanguageModel {
  const config = { ...DEFAULT_LANGUAGE_MODEL, provider, baseUrl: server.url, requestsPerMinute: 1_000, ...more };
  const env = { GEMINI_API_KEY: KEY, OPENAI_API_KEY: KEY };
  const opened = openLanguageModel(config, { env, stateDir }, { sleep: async () => undefined, now: () => time });
  if (opened.kind === 'absent') throw new Error(opened.why);
  return opened.model;
}

describe.each([
  ['gemini' as const, geminiReply],
  ['openai-compatible' as const, (text: string) => chatReply(text)],
])('%s', (provider, reply: (text: string) => Reply) => {
  test('asks with instructions, turns and schema, without tools, and reads text and tokens', async () => {
    server.replies = [reply('{"n": 3}')];
    const answer = await open(provider).ask({
      ...REQUEST,
      turns: [...REQUEST.turns, { role: 'model', text: 'hm' }, { role: 'user', text: 'Well?' }],
    });
    expect(answer).toEqual({ text: '{"n": 3}', inputTokens: 1_000, outputTokens: 300 });
    const [{ url, headers, body }] = server.asked;
    const text = JSON.stringify(body);
    expect(text).not.toMatch(/tool|function/i);
    expect(url).not.toContain(KEY);
    if (provider === 'gemini') {
      expect(url).toBe('/v1beta/models/gemini-2.5-flash:generateContent');
      expect(headers['x-goog-api-key']).toBe(KEY);
      expect(body.systemInstruction).toEqual({ parts: [{ text: 'Count.' }] });
      expect((body.contents as { role: string }[]).map(({ role }) => role)).toEqual(['user', 'model', 'user']);
      expect(body.generationConfig).toMatchObject({
        temperature: 0,
        responseMimeType: 'application/json',
        responseSchema: {
          type: 'OBJECT',
          required: ['n', 'of'],
          properties: { n: { type: 'INTEGER' }, of: { type: 'STRING', enum: ['a', 'b'] } },
        },
      });
    } else {
      expect(url).toBe('/v1/chat/completions');
      expect(headers.authorization).toBe(`Bearer ${KEY}`);
      expect((body.messages as { role: string }[]).map(({ role }) => role)).toEqual([
        'system',
        'user',
        'assistant',
        'user',
      ]);
      expect(body.response_format).toMatchObject({
        json_schema: { strict: true, schema: { additionalProperties: false, required: ['n', 'of'] } },
      });
    }
  });

  test.each([
    [401, 'UNAUTHORIZED'],
    [403, 'FORBIDDEN'],
    [400, 'BAD_REQUEST'],
  ])('HTTP %i is not retried, costs nothing, and no text holds the key', async (status, code) => {
    server.replies = [geminiError(status, 'X', `key ${KEY} is not valid`)];
    const failure = await open(provider)
      .ask(REQUEST)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code });
    expect(String(failure)).not.toContain(KEY);
    expect(server.asked).toHaveLength(1);
    expect(
      await openDailyBudget(join(stateDir, 'language-model', 'budget'), DEFAULT_LANGUAGE_MODEL, () => time).today(),
    ).toEqual({ calls: 1, cost: 0 });
  });

  test.each([
    ['no usage', undefined],
    ['a negative count', -1_000_000],
    ['a count that is none', 'many'],
  ])('%s costs what the call could cost at most', async (_, count) => {
    const { body } = reply('{}') as { readonly body: object };
    const usage = { promptTokenCount: count, candidatesTokenCount: 5, prompt_tokens: count, completion_tokens: 5 };
    server.replies = [{ body: { ...body, usage, usageMetadata: usage } }];
    expect((await open(provider).ask(REQUEST)).text).toBe('{}');
    const budget = openDailyBudget(join(stateDir, 'language-model', 'budget'), DEFAULT_LANGUAGE_MODEL, () => time);
    expect((await budget.today()).cost).toBeCloseTo(mostCost(REQUEST, DEFAULT_LANGUAGE_MODEL), 12);
  });

  test('429 with Retry-After and 5xx are asked again', async () => {
    server.replies = [
      { ...geminiError(429, 'RESOURCE_EXHAUSTED', 'slow down'), headers: { 'Retry-After': '0' } },
      geminiError(503, 'UNAVAILABLE', 'overloaded'),
      reply('{}'),
    ];
    expect((await open(provider).ask(REQUEST)).text).toBe('{}');
    expect(server.asked).toHaveLength(3);
  });
});

test('Gemini: blocked questions, blocked, cut-off and empty answers, thoughts left out', async () => {
  const model = open('gemini');
  const cases: readonly (readonly [unknown, string])[] = [
    [{ promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: {} }, 'BLOCKED'],
    [{ candidates: [{ finishReason: 'SAFETY', index: 0 }] }, 'BLOCKED'],
    [geminiReply('{"n":', 'MAX_TOKENS').body, 'CUT_OFF'],
    [{ candidates: [] }, 'EMPTY'],
    [{ candidates: [{ content: { role: 'model' }, finishReason: 'STOP' }] }, 'EMPTY'],
    [{}, 'EMPTY'],
    [{ candidates: 'none' }, 'SCHEMA'],
  ];
  for (const [body, code] of cases) {
    server.replies = [{ body }];
    await expect(model.ask(REQUEST)).rejects.toMatchObject({ code });
  }
  server.replies = [
    {
      body: {
        candidates: [{ content: { parts: [{ text: 'hm', thought: true }, { text: '{"n"' }, { text: ':1}' }] } }],
      },
    },
  ];
  expect((await model.ask(REQUEST)).text).toBe('{"n":1}');
});

test('OpenAI-compatible: refusals, filters, cut-off and empty answers', async () => {
  const model = open('openai-compatible');
  for (const [reply, code] of [
    [chatReply(null, 'stop', 'I cannot'), 'BLOCKED'],
    [chatReply('', 'content_filter'), 'BLOCKED'],
    [chatReply('{"n":', 'length'), 'CUT_OFF'],
    [chatReply(null), 'EMPTY'],
    [{ body: { choices: [] } }, 'EMPTY'],
  ] as const) {
    server.replies = [reply];
    await expect(model.ask(REQUEST)).rejects.toMatchObject({ code });
  }
});

test('an address that ends in /v1 means the same', async () => {
  server.replies = [chatReply('{}')];
  await open('openai-compatible', { baseUrl: `${server.url}/v1/` }).ask(REQUEST);
  expect(server.asked[0].url).toBe('/v1/chat/completions');
});

test('without its key nobody is asked, and it is said', () => {
  const place = { env: {}, stateDir };
  const closed = openLanguageModel(DEFAULT_LANGUAGE_MODEL, place);
  expect(closed).toMatchObject({ kind: 'absent', why: expect.stringContaining('GEMINI_API_KEY') as string });
  expect(openLanguageModel({ ...DEFAULT_LANGUAGE_MODEL, provider: 'none' }, place).kind).toBe('absent');
  expect(openLanguageModel({ ...DEFAULT_LANGUAGE_MODEL, provider: 'openai-compatible' }, place).kind).toBe('absent');
  const own = { ...DEFAULT_LANGUAGE_MODEL, provider: 'openai-compatible' as const, baseUrl: server.url };
  expect(openLanguageModel(own, place).kind).toBe('open');
});

describe('budget', () => {
  test('calls and cost are counted over openings, and begin again with the UTC day', async () => {
    server.replies = [geminiReply('{}')];
    await open('gemini', { callsPerDay: 2 }).ask(REQUEST);
    const second = open('gemini', { callsPerDay: 2 });
    await second.ask(REQUEST);
    await expect(second.ask(REQUEST)).rejects.toMatchObject({ code: 'BUDGET_SPENT' });
    expect(server.asked).toHaveLength(2);
    const folder = join(stateDir, 'language-model', 'budget');
    const { calls, cost } = await openDailyBudget(folder, DEFAULT_LANGUAGE_MODEL, () => time).today();
    expect(calls).toBe(2);
    // 2 × (1,000 × $0.30 + 300 × $2.50) / million
    expect(cost).toBeCloseTo(0.0021, 9);
    time += 86_400_000;
    await second.ask(REQUEST);
    expect(readdirSync(folder).filter((name) => name.endsWith('.json'))).toEqual(['2026-11-22.json']);
  });

  test('no call leaves that could cost more than is left; a call that was killed counts in full', async () => {
    const folder = join(stateDir, 'budget');
    const budget = openDailyBudget(folder, { callsPerDay: 100, costPerDay: 1 }, () => time);
    await budget.reserve(0.6);
    await expect(budget.reserve(0.5)).rejects.toMatchObject({ code: 'BUDGET_SPENT' });
    const settle = await openDailyBudget(folder, { callsPerDay: 100, costPerDay: 1 }, () => time).reserve(0.4);
    await settle(0.1);
    expect(await budget.today()).toEqual({ calls: 2, cost: expect.closeTo(0.7, 9) as number });
    await budget.reserve(0.3);
  });

  test('holds among many at once, and a damaged file spends nothing', async () => {
    const folder = join(stateDir, 'budget');
    const budgets = Array.from({ length: 12 }, () =>
      openDailyBudget(folder, { callsPerDay: 5, costPerDay: 1 }, () => time),
    );
    const ends = await Promise.allSettled(budgets.map((budget) => budget.reserve(0.01)));
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    writeFileSync(join(folder, '2026-11-21.json'), '{"calls": 1');
    await expect(budgets[0].reserve(0.01)).rejects.toMatchObject({ code: 'BUDGET_SPENT' });
    expect(readFileSync(join(folder, '2026-11-21.json'), 'utf8')).toBe('{"calls": 1');
  });
});

describe('asking for structure', () => {
  const check = z.strictObject({ n: z.number().int().max(5) });
  const ask = (attempts: number) =>
    askForStructure(open('gemini'), {
      instructions: '',
      question: 'How many?',
      schema: REQUEST.schema,
      check,
      attempts,
    });

  test('shows the model what is wrong, and takes the first answer that fits', async () => {
    server.replies = [
      geminiReply('Sure! {"n": 1}'),
      geminiReply('{"n": 1'),
      geminiReply('{"n": NaN}'),
      geminiReply('{"n": 9}'),
      geminiReply('```json\n{"n": 4}\n```'),
    ];
    expect(await ask(5)).toEqual({ n: 4 });
    const turns = server.asked[4].body.contents as readonly {
      readonly role: string;
      readonly parts: readonly [{ readonly text: string }];
    }[];
    expect(turns).toHaveLength(9);
    expect(turns[8].parts[0].text).toMatch(/n: .*5/);
    expect(turns[1].parts[0].text).toBe('Sure! {"n": 1}');
  });

  test('gives up after the attempts allowed', async () => {
    server.replies = [geminiReply('{"n": 1, "and": 2}')];
    await expect(ask(3)).rejects.toMatchObject({ code: 'INVALID_ANSWER' });
    expect(server.asked).toHaveLength(3);
  });
});
