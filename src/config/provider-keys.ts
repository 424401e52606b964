/** The providers' keys (requirement B1): which environment variables hold them. They are read from nowhere else. */

export const PROVIDER_KEY_VARIABLES = {
  tiingo: ['TIINGO_API_KEY', 'TIINGO_TOKEN'],
  marketaux: ['MARKETAUX_API_KEY'],
  polygon: ['POLYGON_API_KEY'],
  google: ['GOOGLE_API_KEY', 'GEMINI_API_KEY'],
  openai: ['OPENAI_API_KEY'],
  fred: ['FRED_API_KEY'],
  'etf-flows': ['ETF_FLOWS_API_KEY'],
  'options-flow': ['OPTIONS_FLOW_API_KEY'],
  'social-sentiment': ['SOCIAL_SENTIMENT_API_KEY'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type KeyedProvider = keyof typeof PROVIDER_KEY_VARIABLES;

type Environment = Readonly<Record<string, string | undefined>>;

/** The first of the provider's variables that is set, or null. */
export function providerKey(env: Environment, provider: KeyedProvider): string | null {
  const values = PROVIDER_KEY_VARIABLES[provider].map((name) => env[name]?.trim() ?? '');
  return values.find((value) => value !== '') ?? null;
}

/** What a provider without its key says: one line. */
export const missingKey = (name: string, provider: KeyedProvider): string =>
  `${name} is skipped: set ${PROVIDER_KEY_VARIABLES[provider].join(' or ')} in the environment to use it.`;
