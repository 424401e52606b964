/** The client's time-outs, retries and limits behind the `fetch` that a provider's own library asks for. Failures are ProviderErrors. */
import type { AxiosResponse } from 'axios';
import { failureOf } from './failure';
import type { RateLimit } from './rate-limit';
import { retryingAxios } from './retrying-axios';
import { systemClock, type WaitingClock } from './waiting-clock';

export interface ProviderFetchSettings extends Partial<WaitingClock> {
  readonly name: string;
  readonly rateLimit: RateLimit;
  /** Where a question goes instead: another host of the user's own. */
  readonly redirect: (url: URL) => URL;
  readonly timeoutMs?: number;
  readonly retries?: number;
  readonly maxRetryAfterMs?: number;
  readonly random?: () => number;
  /** Statuses from 400 up that are answers to the library and not failures. */
  readonly accept?: (status: number) => boolean;
}

export type ProviderFetch = (
  input: string | URL | Request,
  init?: { readonly method?: string; readonly headers?: unknown; readonly body?: unknown },
) => Promise<Response>;

const NO_BODY = new Set([204, 205, 304]);

export function providerFetch(settings: ProviderFetchSettings): ProviderFetch {
  const { now = systemClock.now, sleep = systemClock.sleep } = settings;
  return async (input, init = {}) => {
    const url = settings.redirect(new URL(input instanceof Request ? input.url : input));
    const http = retryingAxios({
      now,
      sleep,
      rateLimit: settings.rateLimit,
      timeoutMs: settings.timeoutMs ?? 30_000,
      retries: settings.retries ?? 3,
      maxRetryAfterMs: settings.maxRetryAfterMs ?? 120_000,
      random: settings.random ?? Math.random,
      signal: undefined,
      body: 'text',
    });
    try {
      const response = await http.request<string>({
        url: url.href,
        method: init.method ?? 'GET',
        headers: Object.fromEntries(new Headers(init.headers as Record<string, string>)),
        data: init.body,
        validateStatus: (status) => status < 400 || settings.accept?.(status) === true,
      });
      return asFetched(response);
    } catch (error) {
      throw failureOf(error, { provider: settings.name, path: url.pathname, mask: (text) => text, now });
    }
  };
}

function asFetched(response: AxiosResponse<string>): Response {
  const headers = new Headers();
  for (const [name, value] of Object.entries(response.headers as Readonly<Record<string, unknown>>)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (typeof one === 'string') headers.append(name, one);
    }
  }
  // The body is unpacked already.
  headers.delete('content-encoding');
  headers.delete('content-length');
  return new Response(NO_BODY.has(response.status) ? null : response.data, { status: response.status, headers });
}
