/** Settings of what reads language: the model that scores articles and proposes rules (D4, E11), and the one that embeds them (D3). */
import { z } from 'zod';

export const LANGUAGE_MODEL_PROVIDERS = ['gemini', 'openai-compatible', 'none'] as const;

export interface LanguageModelConfig {
  /** `openai-compatible` is any server with /v1/chat/completions; without its key (or with `none`) the lexicon scores. */
  readonly provider: (typeof LANGUAGE_MODEL_PROVIDERS)[number];
  /** Null is the provider's own address. */
  readonly baseUrl: string | null;
  readonly model: string;
  readonly timeoutSeconds: number;
  readonly requestsPerMinute: number;
  /** Articles that one call scores. */
  readonly articlesPerCall: number;
  /** Answers asked for before the lexicon scores instead; each further one is told what was wrong with the last. */
  readonly attempts: number;
  readonly maxOutputTokens: number;
  /** Per UTC day and machine, over processes and restarts. */
  readonly callsPerDay: number;
  readonly costPerDay: number;
  /** US dollars per million tokens, as the provider lists them: what `costPerDay` is counted in. */
  readonly inputPrice: number;
  readonly outputPrice: number;
}

export const DEFAULT_LANGUAGE_MODEL: LanguageModelConfig = {
  provider: 'gemini',
  baseUrl: null,
  model: 'gemini-2.5-flash',
  timeoutSeconds: 60,
  requestsPerMinute: 10,
  articlesPerCall: 8,
  attempts: 3,
  maxOutputTokens: 8_192,
  callsPerDay: 200,
  costPerDay: 1,
  inputPrice: 0.3,
  outputPrice: 2.5,
};

export interface EmbeddingsConfig {
  /** Folder of the embedding model's files, below the configuration's folder when relative. */
  readonly folder: string;
  /** The hub that `omega models pull` asks, or a mirror of it. */
  readonly baseUrl: string;
}

export const DEFAULT_EMBEDDINGS: EmbeddingsConfig = { folder: '.omega/minilm', baseUrl: 'https://huggingface.co' };

export interface SupplyChainConfig {
  /** CSV of links; null is the shipped sample. */
  readonly file: string | null;
  /** What is left of a score after one link of full weight. */
  readonly decay: number;
  readonly hops: number;
  /** Scores whose share is below this are dropped. */
  readonly smallestShare: number;
}

export const DEFAULT_SUPPLY_CHAIN: SupplyChainConfig = { file: null, decay: 0.5, hops: 2, smallestShare: 0.01 };

const between = (from: number, to: number) => {
  const error = `must be a number from ${from} to ${to}`;
  return z.number({ error }).min(from, { error }).max(to, { error });
};
const whole = (from: number, to: number) => {
  const error = `must be a whole number from ${from} to ${to}`;
  return z.number({ error }).int({ error }).min(from, { error }).max(to, { error });
};
const text = z.string({ error: 'must be a text' }).min(1, { error: 'must not be empty' });
const address = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' });

export const languageModelSchema: z.ZodType<LanguageModelConfig> = z.object({
  provider: z.enum(LANGUAGE_MODEL_PROVIDERS, { error: `must be one of ${LANGUAGE_MODEL_PROVIDERS.join(', ')}` }),
  baseUrl: address.nullable(),
  model: text,
  timeoutSeconds: whole(1, 600),
  requestsPerMinute: whole(1, 10_000),
  articlesPerCall: whole(1, 50),
  attempts: whole(1, 5),
  maxOutputTokens: whole(64, 65_536),
  callsPerDay: whole(0, 1_000_000),
  costPerDay: between(0, 1_000),
  inputPrice: between(0, 1_000),
  outputPrice: between(0, 1_000),
});

export const embeddingsSchema: z.ZodType<EmbeddingsConfig> = z.object({ folder: text, baseUrl: address });

export const supplyChainSchema: z.ZodType<SupplyChainConfig> = z.object({
  file: text.nullable(),
  decay: between(0, 1),
  hops: whole(1, 6),
  smallestShare: between(0, 1),
});
