import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { createProviderClient, type ProviderClientSettings } from '../../src/http/provider-client';
import { ProviderError } from '../../src/http/provider-error';
import { NO_RATE_LIMIT } from '../../src/http/rate-limit';
import { responseCache } from '../../src/http/response-cache';
import { startLocalProvider, type LocalProvider } from './local-provider';

const KEY = 'k3y/with+signs==';
const NOW = Date.parse('2026-03-02T12:00:00Z');
const schema = z.looseObject({ price: z.number(), at: z.object({ name: z.string() }) });
const GOOD = { price: 1, at: { name: 'x' } };

let provider: LocalProvider;
let slept: number[];

beforeEach(async () => {
  provider = await startLocalProvider();
  slept = [];
});
afterEach(() => provider.close());

const client = (settings: Partial<ProviderClientSettings> = {}) =>
  createProviderClient({
    name: 'Sample',
    baseUrl: `${provider.url}/v1/`,
    rateLimit: NO_RATE_LIMIT,
    auth: { kind: 'query', name: 'apiKey', value: KEY },
    now: () => NOW,
    sleep: async (ms) => void slept.push(ms),
    random: () => 1,
    ...settings,
  });

async function failure(work: Promise<unknown>): Promise<ProviderError> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ProviderError);
  return error as ProviderError;
}

const get = (settings?: Partial<ProviderClientSettings>) => client(settings).getJson({ path: '/price', schema });

test('asks below the base address with the key and the query, and keeps fields it does not know', async () => {
  provider.answer(() => ({ body: { ...GOOD, later: [1] } }));
  const query = { symbol: 'BRK.B', from: undefined, limit: 5, last: null };
  expect(await client().getJson({ path: '/price', query, schema })).toEqual({ ...GOOD, later: [1] });
  expect(provider.asked).toMatchObject([
    { method: 'GET', path: '/v1/price', query: { symbol: 'BRK.B', limit: '5', apiKey: KEY } },
  ]);
  expect(Object.keys(provider.asked[0].query)).toEqual(['symbol', 'limit', 'apiKey']);
});

test('posts JSON with a header key', async () => {
  provider.answer(({ body }) => ({ body: { ...GOOD, echo: JSON.parse(body) as unknown } }));
  const auth = { kind: 'header', name: 'Authorization', value: `Bearer ${KEY}` } as const;
  const answer = await client({ auth }).postJson({ path: 'ask', body: { q: 'ä' }, schema });
  expect(answer).toMatchObject({ echo: { q: 'ä' } });
  expect(provider.asked[0]).toMatchObject({ method: 'POST', headers: { authorization: `Bearer ${KEY}` } });
});

test.each([
  [400, 'BAD_REQUEST', /does not accept/],
  [401, 'UNAUTHORIZED', /check that it is right/],
  [402, 'PAYMENT_REQUIRED', /change the plan/],
  [403, 'FORBIDDEN', /does not allow/],
  [404, 'NOT_FOUND', /check the symbol/],
])('%i is %s at once, in a sentence without the key it echoes', async (status, code, sentence) => {
  provider.answer(() => ({ status, body: { error: { message: `bad ${KEY} and ${encodeURIComponent(KEY)}` } } }));
  const error = await failure(get());
  expect(error).toMatchObject({ code, provider: 'Sample', details: { status } });
  expect(error.message).toMatch(sentence);
  expect(error.message).toContain('It says: "bad ********');
  expect(JSON.stringify({ ...error, message: error.message, stack: error.stack })).not.toMatch(/k3y/);
  expect(provider.asked).toHaveLength(1);
});

test('a failing server is asked again, later each time, and then answers', async () => {
  provider.answer((_, count) => (count < 4 ? { status: 500 + count, body: '<html>down' } : { body: GOOD }));
  expect(await get()).toEqual(GOOD);
  expect(slept).toEqual([500, 1_000, 2_000]);
});

test('jitter takes up to half of the delay away', async () => {
  provider.answer((_, count) => (count === 1 ? { status: 502 } : { body: GOOD }));
  await get({ random: () => 0 });
  expect(slept).toEqual([250]);
});

test('a server that stays down is given up after the retries', async () => {
  provider.answer(() => ({ status: 503 }));
  expect(await failure(get({ retries: 2 }))).toMatchObject({ code: 'SERVER_ERROR', details: { status: 503 } });
  expect(provider.asked).toHaveLength(3);
});

test.each([
  ['7', 7_000],
  [new Date(NOW + 9_000).toUTCString(), 9_000],
])('Retry-After %s is waited for, and told to whoever shares the limit', async (header, expected) => {
  const blocks: number[] = [];
  const rateLimit = { ...NO_RATE_LIMIT, blockUntil: async (time: number) => void blocks.push(time) };
  provider.answer((_, count) => (count === 1 ? { status: 429, headers: { 'retry-after': header } } : { body: GOOD }));
  expect(await get({ rateLimit })).toEqual(GOOD);
  expect(slept).toEqual([expected + 125]);
  expect(blocks).toEqual([NOW + expected]);
});

test('a Retry-After of an hour is not waited for: the error carries it', async () => {
  provider.answer(() => ({ status: 429, headers: { 'retry-after': '3600' }, body: { detail: 'hourly limit' } }));
  const error = await failure(get());
  expect(error).toMatchObject({ code: 'RATE_LIMITED', details: { status: 429, retryAfterMs: 3_600_000 } });
  expect(error.message).toBe('Sample asks for fewer requests (429): try again in 3600 s. It says: "hourly limit"');
  expect(slept).toEqual([]);
});

test('a body that trickles is cut off by the deadline, and the next attempt has a deadline of its own', async () => {
  provider.answer((_, count) => (count === 1 ? { body: '{"price":', hangs: true } : { body: GOOD }));
  expect(await get({ timeoutMs: 150 })).toEqual(GOOD);
  provider.answer(() => ({ body: '{"price":', hangs: true }));
  expect(await failure(get({ timeoutMs: 30, retries: 1 }))).toMatchObject({ code: 'TIMED_OUT' });
  expect(provider.asked).toHaveLength(4);
});

test('JSON that broke off is asked for again', async () => {
  provider.answer((_, count) => (count === 1 ? { body: '{"price": 1, "at": {"na' } : { body: GOOD }));
  expect(await get()).toEqual(GOOD);
  provider.answer(() => ({ body: '{"price": 1, "at": {"name": "x"}' }));
  expect(await failure(get({ retries: 0 }))).toMatchObject({ code: 'TRUNCATED' });
});

test('a connection that is closed inside the body is a broken-off answer', async () => {
  provider.answer((_, count) => (count === 1 ? { body: '{"price": 1', breaksOff: true } : { body: GOOD }));
  expect(await get()).toEqual(GOOD);
  expect(slept).toHaveLength(1);
});

test('HTML instead of JSON says how it begins', async () => {
  provider.answer(() => ({ headers: { 'content-type': 'text/html' }, body: '<!DOCTYPE html>\n<h1>Log in</h1>' }));
  const error = await failure(get());
  expect(error.code).toBe('NOT_JSON');
  expect(error.message).toContain('"<!DOCTYPE html> <h1>Log in</h1>"');
  expect(provider.asked).toHaveLength(1);
});

test('an empty body is no JSON', async () => {
  provider.answer(() => ({ body: '' }));
  expect(await failure(get())).toMatchObject({ code: 'NOT_JSON' });
});

test('missing fields and wrong types are named', async () => {
  provider.answer(() => ({ body: { price: 'one', at: {} } }));
  const error = await failure(get());
  expect(error.code).toBe('SCHEMA');
  expect(error.message).toMatch(/price: .*expected number.*; lacks at\.name\.$/);
});

test('bare NaN is null for the schema, and text that says NaN stays text', async () => {
  provider.answer(() => ({
    body: '{"price": 1, "at": {"name": "NaN, \\"Infinity\\""}, "volume": NaN, "x": [-Infinity]}',
  }));
  expect(await get()).toEqual({ price: 1, at: { name: 'NaN, "Infinity"' }, volume: null, x: [null] });
});

test('nobody at the address', async () => {
  const { url } = provider;
  await provider.close();
  const error = await failure(get({ retries: 1, baseUrl: url }));
  expect(error.code).toBe('UNREACHABLE');
  expect(error.message).toContain('ECONNREFUSED');
  expect(slept).toHaveLength(1);
});

test('a caller who leaves ends the request with his reason, without another try', async () => {
  const leaving = new AbortController();
  provider.answer(() => {
    leaving.abort(new Error('cancelled'));
    return { body: '{', hangs: true };
  });
  const asked = client().getJson({ path: '/price', schema, signal: leaving.signal });
  await expect(asked).rejects.toThrow('cancelled');
  expect(provider.asked).toHaveLength(1);
});

test('every attempt takes a permit', async () => {
  let permits = 0;
  const rateLimit = { ...NO_RATE_LIMIT, acquire: async () => void (permits += 1) };
  provider.answer((_, count) => (count < 3 ? { status: 500 } : { body: GOOD }));
  await get({ rateLimit });
  expect(permits).toBe(3);
});

describe('conditional requests', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'omega-cache-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('an unchanged answer comes from the folder, a changed one replaces it', async () => {
    const cache = responseCache(folder);
    let etag = '"1"';
    provider.answer(({ headers }) =>
      headers['if-none-match'] === etag ? { status: 304 } : { headers: { etag }, body: { ...GOOD, etag } },
    );
    expect(await get({ cache })).toMatchObject({ etag: '"1"' });
    expect(await get({ cache: responseCache(folder) })).toMatchObject({ etag: '"1"' });
    etag = '"2"';
    expect(await get({ cache })).toMatchObject({ etag: '"2"' });
    expect(provider.asked.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"1"', '"1"']);
  });

  test('Last-Modified does the same, and a damaged file is as if it was not there', async () => {
    const cache = responseCache(folder);
    const lastModified = 'Mon, 02 Mar 2026 10:00:00 GMT';
    provider.answer(({ headers }) =>
      headers['if-modified-since'] === lastModified
        ? { status: 304 }
        : { headers: { 'last-modified': lastModified }, body: GOOD },
    );
    await get({ cache });
    await get({ cache });
    expect(provider.asked[1].headers['if-modified-since']).toBe(lastModified);
    const [file] = (await readdir(folder)).filter((name) => name.endsWith('.json'));
    await writeFile(join(folder, file), '{"key": "half');
    expect(await get({ cache })).toEqual(GOOD);
    expect(provider.asked[2].headers['if-modified-since']).toBeUndefined();
  });

  test('answers of another layout are not kept', async () => {
    const cache = responseCache(folder);
    provider.answer(() => ({ headers: { etag: '"1"' }, body: { other: true } }));
    await failure(get({ cache }));
    expect(await readdir(folder)).toEqual([]);
  });
});

test('a key of any header stays with the host that it is for', async () => {
  const other = await startLocalProvider();
  try {
    other.answer(() => ({ body: GOOD }));
    provider.answer(() => ({ status: 302, headers: { location: `${other.url}/elsewhere` } }));
    const auth = { kind: 'header', name: 'x-goog-api-key', value: KEY } as const;
    expect(await get({ auth })).toEqual(GOOD);
    expect(provider.asked[0].headers).toMatchObject({ 'x-goog-api-key': KEY });
    expect(JSON.stringify(other.asked)).not.toContain('k3y');
  } finally {
    await other.close();
  }
});

test('a Retry-After of years blocks for a day', async () => {
  const blocked: number[] = [];
  const rateLimit = { acquire: async () => undefined, blockUntil: async (time: number) => void blocked.push(time) };
  provider.answer(() => ({ status: 429, headers: { 'retry-after': '99999999999' } }));
  expect(await failure(get({ rateLimit }))).toMatchObject({ details: { retryAfterMs: 86_400_000 } });
  expect(blocked).toEqual([NOW + 86_400_000]);
});

test('a refusal that comes as 200 is told in its own words', async () => {
  provider.answer(() => ({ body: { detail: `Over your hourly allocation, ${KEY}.` } }));
  const error = await failure(get());
  expect(error.code).toBe('SCHEMA');
  expect(error.message).toContain('It says: "Over your hourly allocation, ********."');
});

test.each(['first\nsecond-half', 'schlüssel-12345'])('the key %j is never sent', async (value) => {
  provider.answer(() => ({ status: 401, body: { detail: 'Invalid token' } }));
  const error = await failure(get({ auth: { kind: 'header', name: 'Authorization', value: `Token ${value}` } }));
  expect(error).toMatchObject({ code: 'UNAUTHORIZED', message: expect.stringContaining('copy it again') as string });
  expect(provider.asked).toEqual([]);
});
