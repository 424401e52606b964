/** The language model that the configuration names, with its key from the environment, its rate limit and its budget. */
import { join } from 'node:path';
import type { LanguageModelConfig } from '../config/language-model-settings';
import { missingKey, providerKey } from '../config/provider-keys';
import { createProviderClient, type ProviderClientSettings } from '../http/provider-client';
import { sharedRateLimit } from '../http/rate-limit';
import { withBudget } from './budgeted-model';
import { openDailyBudget } from './daily-budget';
import { GEMINI_URL, openGemini } from './gemini';
import type { LanguageModel } from './language-model';
import { OPENAI_URL, openChatModel } from './openai-compatible';

export type OpenedLanguageModel =
  | { readonly kind: 'open'; readonly model: LanguageModel }
  /** Nobody is asked; `why` is a sentence for people. */
  | { readonly kind: 'absent'; readonly why: string };

export interface LanguageModelPlace {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Budgets and rate limits are kept below it. */
  readonly stateDir: string;
}

const MINUTE_MS = 60_000;

type Http = Partial<Pick<ProviderClientSettings, 'sleep' | 'now' | 'random' | 'retries'>>;

export function openLanguageModel(
  config: LanguageModelConfig,
  { env, stateDir }: LanguageModelPlace,
  http: Http = {},
): OpenedLanguageModel {
  const rateLimit = sharedRateLimit(
    stateDir,
    'language-model',
    { requests: config.requestsPerMinute, perMs: MINUTE_MS },
    http,
  );
  const client = (name: string, url: string, header: string, value: string | null) =>
    createProviderClient({
      name,
      // Servers of this kind are often named with the version that the path has, too.
      baseUrl: (config.baseUrl ?? url).replace(/\/v1\/?$/, ''),
      rateLimit,
      timeoutMs: config.timeoutSeconds * 1_000,
      ...(value !== null && { auth: { kind: 'header' as const, name: header, value } }),
      ...http,
    });
  const budgeted = (model: LanguageModel): OpenedLanguageModel => {
    const budget = openDailyBudget(join(stateDir, 'language-model', 'budget'), config, http.now);
    return { kind: 'open', model: withBudget(model, budget, config) };
  };
  switch (config.provider) {
    case 'none':
      return { kind: 'absent', why: 'languageModel.provider is none.' };
    case 'gemini': {
      const key = providerKey(env, 'google');
      if (key === null) return { kind: 'absent', why: missingKey('Gemini', 'google') };
      return budgeted(openGemini(client('Gemini', GEMINI_URL, 'x-goog-api-key', key), config));
    }
    case 'openai-compatible': {
      const key = providerKey(env, 'openai');
      // A server of one's own usually wants no key.
      if (key === null && config.baseUrl === null) return { kind: 'absent', why: missingKey('OpenAI', 'openai') };
      const header = key === null ? null : `Bearer ${key}`;
      return budgeted(openChatModel(client('Language model', OPENAI_URL, 'Authorization', header), config));
    }
  }
}
