/** Turns whatever went wrong with a request into a ProviderError: a code, and a sentence that says what to do and holds no secret. */
import { AxiosError, type AxiosResponse } from 'axios';
import { errorText } from '../storage/durable-files';
import { ProviderError, type ProviderErrorCode } from './provider-error';
import { messageIn, type ParsedBody } from './response-body';
import { responseHeader } from './response-header';
import { retryAfterMs } from './retry-policy';

export interface AskedRequest {
  readonly provider: string;
  readonly path: string;
  readonly mask: (text: string) => string;
  readonly now: () => number;
}

/** An answer whose body is no JSON, as an error of axios, so that it is retried and reported like the others. */
export function bodyError(body: Exclude<ParsedBody, { kind: 'json' }>, response: AxiosResponse): AxiosError {
  const code: ProviderErrorCode = body.kind === 'truncated' ? 'TRUNCATED' : 'NOT_JSON';
  const text = body.kind === 'truncated' ? '' : body.start;
  return new AxiosError(text, code, response.config, response.request, response);
}

/** Retry-After of an answer in milliseconds, or null. */
export function retryAfterOf(error: AxiosError, now: number): number | null {
  const { response } = error;
  return response === undefined ? null : retryAfterMs(responseHeader(response, 'retry-after'), now);
}

/** A ProviderError passes; anything else that axios did not throw is a defect and keeps its own type. */
export function failureOf(error: unknown, asked: AskedRequest): unknown {
  return error instanceof AxiosError ? providerErrorOf(error, asked) : error;
}

export function providerErrorOf(error: AxiosError, { provider, path, mask, now }: AskedRequest): ProviderError {
  const code = codeOf(error);
  const after = retryAfterOf(error, now());
  const status = error.response?.status;
  const said = isBodyFailure(error) ? null : messageIn(textOf(error.response?.data));
  const sentence = sentenceOf(code, { error, provider, path, status, after });
  return new ProviderError(code, provider, mask(said === null ? sentence : `${sentence} It says: "${said}"`), {
    ...(status === undefined ? {} : { status }),
    ...(after === null ? {} : { retryAfterMs: after }),
  });
}

const textOf = (data: unknown): string => (typeof data === 'string' ? data : '');
const isBodyFailure = ({ code }: AxiosError): boolean => code === 'TRUNCATED' || code === 'NOT_JSON';

const CODE_OF_STATUS: Readonly<Record<number, ProviderErrorCode>> = {
  401: 'UNAUTHORIZED',
  402: 'PAYMENT_REQUIRED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  408: 'TIMED_OUT',
  429: 'RATE_LIMITED',
};

export function codeOf(error: AxiosError): ProviderErrorCode {
  const { code, response } = error;
  if (code === 'TRUNCATED' || code === 'NOT_JSON') return code;
  if (code === 'ERR_CANCELED' || code === 'ETIMEDOUT' || code === 'ECONNABORTED') return 'TIMED_OUT';
  // The line was cut in the middle of a body, or the body is larger than anything a provider sends.
  if (code === 'ERR_BAD_RESPONSE' && (response === undefined || response.status < 400)) return 'TRUNCATED';
  if (response === undefined) return 'UNREACHABLE';
  return CODE_OF_STATUS[response.status] ?? (response.status >= 500 ? 'SERVER_ERROR' : 'BAD_REQUEST');
}

interface Failure {
  readonly error: AxiosError;
  readonly provider: string;
  readonly path: string;
  readonly status: number | undefined;
  readonly after: number | null;
}

function sentenceOf(code: ProviderErrorCode, { error, provider, path, status, after }: Failure): string {
  const again = after === null ? 'later' : `in ${Math.ceil(after / 1_000)} s`;
  switch (code) {
    case 'KEY_MISSING':
      return `${provider} has no key.`;
    case 'UNAUTHORIZED':
      return `${provider} refuses the key (401): check that it is right and in force.`;
    case 'PAYMENT_REQUIRED':
      return `${provider}: the plan is used up or does not cover ${path} (402): wait for its next period or change the plan.`;
    case 'FORBIDDEN':
      return `${provider}: the key's plan does not allow ${path} (403): change the plan or take another provider.`;
    case 'NOT_FOUND':
      return `${provider} has nothing at ${path} (404): check the symbol and the provider's base address.`;
    case 'RATE_LIMITED':
      return `${provider} asks for fewer requests (429): try again ${again}.`;
    case 'SERVER_ERROR':
      return `${provider} failed at ${path} (${status ?? 'no status'}): try again ${again}.`;
    case 'TIMED_OUT':
      return `${provider} did not answer ${path} in time: try again later.`;
    case 'UNREACHABLE':
      return `${provider} is not reachable (${error.code ?? errorText(error)}): check the network and the provider's base address.`;
    case 'NOT_JSON':
      return `${provider} answered ${path} with something else than JSON (it begins "${error.message}"): check the provider's base address.`;
    case 'TRUNCATED':
      return `${provider}: the answer to ${path} broke off: try again.`;
    case 'SCHEMA':
      return `${provider}: the answer to ${path} is not as documented.`;
    case 'BAD_REQUEST':
      return `${provider} does not accept the request to ${path} (${status ?? 'no status'}).`;
  }
}
