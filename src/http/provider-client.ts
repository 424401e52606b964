/**
 * One client per provider: time-outs that cover slow bodies, retries with jitter and Retry-After, the shared rate limit before every
 * attempt, conditional requests, schemas, and errors without secrets. POST here only asks (language models), so it is retried like GET.
 */
import type { AxiosResponse } from 'axios';
import type { z } from 'zod';
import { createRedactor } from '../config/secrets';
import { bodyError, failureOf, type AskedRequest } from './failure';
import { ProviderError } from './provider-error';
import type { RateLimit } from './rate-limit';
import { messageIn, parseBody, schemaProblems } from './response-body';
import type { CachedAnswer, ResponseCache } from './response-cache';
import { responseHeader } from './response-header';
import { NOT_MODIFIED, retryingAxios, type RetrySettings } from './retrying-axios';
import { systemClock, type WaitingClock } from './waiting-clock';

export type ProviderAuth =
  /** Such as `{ kind: 'header', name: 'Authorization', value: 'Token abc' }`. */
  | { readonly kind: 'header'; readonly name: string; readonly value: string }
  | { readonly kind: 'query'; readonly name: string; readonly value: string };

export interface ProviderClientSettings extends Partial<WaitingClock> {
  /** As people know it; stands in every error. */
  readonly name: string;
  readonly baseUrl: string;
  readonly rateLimit: RateLimit;
  readonly auth?: ProviderAuth;
  /** Of one attempt, from the request to the last byte of the body. */
  readonly timeoutMs?: number;
  readonly retries?: number;
  /** A Retry-After above this is not waited for: the error carries it. */
  readonly maxRetryAfterMs?: number;
  /** With it, GET is conditional (ETag, Last-Modified). */
  readonly cache?: ResponseCache;
  /** 0..1, for the jitter. */
  readonly random?: () => number;
}

type QueryValue = string | number | boolean | null | undefined;

interface RequestParts<T> {
  /** Below `baseUrl`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly schema: z.ZodType<T>;
  /** Ends the request early, such as a cancelled activity's; its reason is thrown then. */
  readonly signal?: AbortSignal;
}

export interface GetRequest<T> extends RequestParts<T> {
  /** Null and undefined are left out. */
  readonly query?: Readonly<Record<string, QueryValue>>;
}

export interface PostRequest<T> extends RequestParts<T> {
  readonly body: unknown;
}

export interface ProviderClient {
  readonly name: string;
  /** The parsed answer; throws ProviderError. Fields that the schema does not know pass, a missing one is named. */
  getJson<T>(request: GetRequest<T>): Promise<T>;
  postJson<T>(request: PostRequest<T>): Promise<T>;
}

const TIMEOUT_MS = 30_000;
const RETRIES = 3;
const MAX_RETRY_AFTER_MS = 120_000;

export function createProviderClient(settings: ProviderClientSettings): ProviderClient {
  const base = settings.baseUrl.replace(/\/+$/, '');
  const mask = maskOf(settings.auth);
  const now = settings.now ?? systemClock.now;
  const ask = (method: 'GET' | 'POST', request: Partial<GetRequest<unknown> & PostRequest<unknown>>) =>
    retryingAxios(retrySettings(settings, request.signal)).request<string>({
      method,
      url: `${base}/${(request.path ?? '').replace(/^\/+/, '')}`,
      params: { ...request.query, ...(settings.auth?.kind === 'query' ? pair(settings.auth) : {}) },
      headers: {
        Accept: 'application/json',
        ...(settings.auth?.kind === 'header' ? pair(settings.auth) : {}),
        ...(method === 'POST' ? { 'Content-Type': 'application/json' } : {}),
        ...request.headers,
      },
      data: request.body === undefined ? undefined : JSON.stringify(request.body),
      // Axios knows Authorization; a key under another name must not follow a redirection to another host either.
      ...(settings.auth?.kind === 'header' ? { sensitiveHeaders: [settings.auth.name] } : {}),
    });
  const naming = async <T>(
    { path, signal }: RequestParts<T>,
    work: (asked: AskedRequest) => Promise<T>,
  ): Promise<T> => {
    const asked: AskedRequest = { provider: settings.name, path, mask, now };
    try {
      refuseBrokenKey(settings);
      return await work(asked);
    } catch (error) {
      signal?.throwIfAborted();
      throw failureOf(error, asked);
    }
  };
  return {
    name: settings.name,
    getJson: (request) =>
      naming(request, async (asked) => {
        const key = `${base} ${request.path} ${JSON.stringify(request.query ?? {})}`;
        const known = (await settings.cache?.find(key)) ?? null;
        const response = await ask('GET', { ...request, headers: { ...conditions(known), ...request.headers } });
        if (response.status === NOT_MODIFIED && known !== null) return checked(known.body, response, request, asked);
        const value = checked(response.data, response, request, asked);
        await keepAnswer(settings.cache, key, response);
        return value;
      }),
    postJson: (request) =>
      naming(request, async (asked) => {
        const response = await ask('POST', request);
        return checked(response.data, response, request, asked);
      }),
  };
}

/** Headers drop what they cannot carry: the provider would be sent, and may echo, another text than the one that is masked. */
function refuseBrokenKey({ name, auth }: ProviderClientSettings): void {
  if (auth === undefined || /^[\x20-\x7e]*$/.test(auth.value)) return;
  const sentence = `${name}: the key holds a character that no key has, such as a line break: copy it again. Nothing was asked.`;
  throw new ProviderError('UNAUTHORIZED', name, sentence);
}

const pair = ({ name, value }: ProviderAuth): Readonly<Record<string, string>> => ({ [name]: value });

const retrySettings = (settings: ProviderClientSettings, signal: AbortSignal | undefined): RetrySettings => ({
  now: settings.now ?? systemClock.now,
  sleep: settings.sleep ?? systemClock.sleep,
  rateLimit: settings.rateLimit,
  timeoutMs: settings.timeoutMs ?? TIMEOUT_MS,
  retries: settings.retries ?? RETRIES,
  maxRetryAfterMs: settings.maxRetryAfterMs ?? MAX_RETRY_AFTER_MS,
  random: settings.random ?? Math.random,
  signal,
  body: 'json',
});

/** Providers echo what they were sent: the key is masked in every sentence, alone and with its `Bearer` or `Token`. */
function maskOf(auth: ProviderAuth | undefined): (text: string) => string {
  if (auth === undefined) return (text) => text;
  return createRedactor({ AUTH_TOKEN: auth.value, AUTH_KEY: auth.value.split(' ').at(-1) });
}

function checked<T>(
  text: string,
  response: AxiosResponse<string>,
  { path, schema }: RequestParts<T>,
  { provider, mask }: AskedRequest,
): T {
  const body = parseBody(text);
  if (body.kind !== 'json') throw bodyError(body, response);
  const result = schema.safeParse(body.value);
  if (result.success) return result.data;
  const problems = schemaProblems(result.error.issues, body.value);
  // Some refuse with 200, in their own words.
  const said = Array.isArray(body.value) ? null : messageIn(text);
  const sentence = `${provider}: the answer to ${path} is not as documented: it ${problems}.`;
  throw new ProviderError('SCHEMA', provider, mask(said === null ? sentence : `${sentence} It says: "${said}"`), {
    status: response.status,
  });
}

const conditions = (known: CachedAnswer | null): Readonly<Record<string, string>> => ({
  ...(known === null || known.etag === null ? {} : { 'If-None-Match': known.etag }),
  ...(known === null || known.lastModified === null ? {} : { 'If-Modified-Since': known.lastModified }),
});

async function keepAnswer(
  cache: ResponseCache | undefined,
  key: string,
  response: AxiosResponse<string>,
): Promise<void> {
  const etag = responseHeader(response, 'etag');
  const lastModified = responseHeader(response, 'last-modified');
  if (cache !== undefined && (etag !== null || lastModified !== null)) {
    await cache.keep({ key, etag, lastModified, body: response.data });
  }
}
