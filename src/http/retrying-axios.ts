/** Axios for one request: its permit and its deadline before every attempt, and axios-retry around it with our clock. */
import axios, { AxiosError, type AxiosInstance, type AxiosResponse } from 'axios';
import axiosRetry from 'axios-retry';
import { bodyError, codeOf, retryAfterOf } from './failure';
import type { RateLimit } from './rate-limit';
import { parseBody } from './response-body';
import { isPassing, retryDelayMs } from './retry-policy';
import type { WaitingClock } from './waiting-clock';

export interface RetrySettings extends WaitingClock {
  readonly rateLimit: RateLimit;
  /** Of one attempt, from the request to the last byte of the body. */
  readonly timeoutMs: number;
  readonly retries: number;
  /** A Retry-After above this is not waited for. */
  readonly maxRetryAfterMs: number;
  /** 0..1, for the jitter. */
  readonly random: () => number;
  /** Of the caller: ends the request and its retries. */
  readonly signal: AbortSignal | undefined;
  /** Text bodies are taken as they come, others must be JSON. */
  readonly body: 'json' | 'text';
}

export const NOT_MODIFIED = 304;
const LARGEST_BODY = 256 * 2 ** 20;

export function retryingAxios(settings: RetrySettings): AxiosInstance {
  const { rateLimit, timeoutMs, retries, maxRetryAfterMs, random, signal, now, sleep } = settings;
  const http = axios.create({
    responseType: 'text',
    transformResponse: (body: unknown) => body,
    validateStatus: (status) => (status >= 200 && status < 300) || status === NOT_MODIFIED,
    maxContentLength: LARGEST_BODY,
    maxRedirects: 3,
    headers: { 'User-Agent': 'omega' },
  });
  http.interceptors.request.use(async (config) => {
    signal?.throwIfAborted();
    await rateLimit.acquire();
    // Axios's own time-out ends with the headers; a body that trickles needs a deadline.
    const deadline = AbortSignal.timeout(timeoutMs);
    config.signal = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
    return config;
  });
  // Before axios-retry: a body that broke off is then asked for again like a line that broke.
  http.interceptors.response.use(
    (response: AxiosResponse<string>) => {
      if (settings.body === 'json' && response.status !== NOT_MODIFIED) refuseOtherBodies(response);
      return response;
    },
    async (error: unknown) => {
      const after = error instanceof AxiosError ? retryAfterOf(error, now()) : null;
      if (after !== null && after > 0) await rateLimit.blockUntil(now() + after);
      throw error;
    },
  );
  axiosRetry(http, {
    retries,
    retryDelay: () => 0,
    shouldResetTimeout: true,
    retryCondition: (error) =>
      signal?.aborted !== true && mayPass(error) && (retryAfterOf(error, now()) ?? 0) <= maxRetryAfterMs,
    onRetry: async (retry, error, config) => {
      // The attempt's own deadline has done its work; the next one gets another.
      delete config.signal;
      await sleep(retryDelayMs(retry, retryAfterOf(error, now()), random()));
    },
  });
  return http;
}

/** A host without a name or a certificate that is refused stays so; a line that broke does not. */
function mayPass(error: AxiosError): boolean {
  const code = codeOf(error);
  return code === 'UNREACHABLE' ? axiosRetry.isNetworkError(error) : isPassing(code);
}

function refuseOtherBodies(response: AxiosResponse<string>): void {
  const body = parseBody(response.data);
  if (body.kind !== 'json') throw bodyError(body, response);
}
