/** What a configuration may say, with bounds. Every message completes the sentence "<setting> …". */
import { z } from 'zod';
import { FUTURE_SYMBOLS } from '../domain/instruments';
import { REGIME_NAMES, VOLATILITIES } from '../domain/regime';
import type { Config } from './config';
import { dataSchema } from './data-settings';
import { embeddingsSchema, languageModelSchema, supplyChainSchema } from './language-model-settings';
import { newsSchema } from './news-settings';
import { rebalanceSchema } from './rebalance-settings';

const whole = (from: number, to = Number.MAX_SAFE_INTEGER) => {
  const must = to === Number.MAX_SAFE_INTEGER ? `a whole number from ${from}` : `a whole number from ${from} to ${to}`;
  const error = `must be ${must}`;
  return z.number({ error }).int({ error }).min(from, { error }).max(to, { error });
};

const above = (from: number, to: number) => {
  const error = `must be a number above ${from} and at most ${to}`;
  return z.number({ error }).gt(from, { error }).max(to, { error });
};

const flag = z.boolean({ error: 'must be true or false' });
const text = z.string({ error: 'must be a text' }).min(1, { error: 'must not be empty' });
const oneOf = <T extends string>(...values: readonly [T, ...T[]]) =>
  z.enum(values, { error: `must be one of ${values.join(', ')}` });

const ACCOUNT = { error: 'must be an account number of letters and digits, such as DU1234567' };
const account = z
  .string(ACCOUNT)
  .regex(/^[A-Za-z0-9]+$/, ACCOUNT)
  .nullable();
const ENDPOINT = { error: 'must be an http:// or https:// address, or null for AWS' };
const endpoint = z.url({ protocol: /^https?$/, ...ENDPOINT }).nullable();
const ADDRESS = { error: 'must be host:port, such as 127.0.0.1:7233' };
const BUCKET = { error: 'must be an S3 bucket name (3 to 63 lower-case letters, digits, dots and hyphens)' };

const LARGEST_CLIENT_ID = 2 ** 31 - 1;
const HOUR_MS = 3_600_000;

const broker = z.object({
  host: text,
  port: whole(1, 65_535),
  account,
  // Client id 0 also receives manual orders, which are not ours.
  clientId: whole(1, LARGEST_CLIENT_ID),
  dataClientIdBase: whole(1, LARGEST_CLIENT_ID - 1_000),
  marketDataType: z.literal([1, 2, 3, 4], {
    error: 'must be 1 (real time), 2 (frozen), 3 (delayed) or 4 (delayed frozen)',
  }),
  pollMs: whole(100, HOUR_MS),
  retryMs: whole(100, HOUR_MS),
  requestTimeoutMs: whole(100, HOUR_MS),
  livenessMs: whole(1_000, HOUR_MS),
  messagesPerSecond: whole(1, 50),
});

const permissions = z.object({
  enableOrderExec: flag,
  allowOrders: flag,
  dryRun: flag,
  allowLive: account,
  learningOnly: flag,
});

const limits = z.object({
  dailyLossFraction: above(0, 1),
  tradesPerDay: whole(0, 10_000),
  exposureContracts: whole(0, 10_000),
  orderContracts: whole(0, 10_000),
  drawdownFraction: above(0, 1),
  stockOrderNotionalFraction: above(0, 1),
  stockGrossFraction: above(0, 2),
  stockShorting: flag,
});

const SIZING =
  'must be {"method": "fixed", "contracts": n} or {"method": "volatility-target", "dollarsPerBar": x, "maxContracts": n}';
const sizing = z.discriminatedUnion(
  'method',
  [
    z.strictObject({ method: z.literal('fixed'), contracts: whole(1, 10_000) }),
    z.strictObject({
      method: z.literal('volatility-target'),
      dollarsPerBar: above(0, 1e9),
      maxContracts: whole(1, 10_000),
    }),
  ],
  { error: SIZING },
);

const INSTRUMENTS = `must be a list of different instruments out of ${FUTURE_SYMBOLS.join(', ')}`;
const instruments = z
  .array(z.enum(FUTURE_SYMBOLS, { error: INSTRUMENTS }), { error: INSTRUMENTS })
  .min(1, { error: INSTRUMENTS })
  .refine((symbols) => new Set(symbols).size === symbols.length, { error: INSTRUMENTS });

const REGIME_LIST = `must be a list of different regimes out of ${REGIME_NAMES.join(', ')}`;
const REGIME_CONFIDENCE = `must give a number above 0 and at most 1 by regime, such as {"range/low": 0.7}; regimes are ${REGIME_NAMES.join(', ')}`;
const SIZE_SHARE = `must give a share from 0 to 1 by volatility, such as {"high": 0.5}; volatilities are ${VOLATILITIES.join(', ')}`;
const regimes = z.object({
  minConfidence: z.partialRecord(
    z.enum(REGIME_NAMES, { error: REGIME_CONFIDENCE }),
    z.number({ error: REGIME_CONFIDENCE }).gt(0, { error: REGIME_CONFIDENCE }).max(1, { error: REGIME_CONFIDENCE }),
    { error: REGIME_CONFIDENCE },
  ),
  suppressEntries: z
    .array(z.enum(REGIME_NAMES, { error: REGIME_LIST }), { error: REGIME_LIST })
    .refine((names) => new Set(names).size === names.length, { error: REGIME_LIST }),
  sizeShare: z.partialRecord(
    z.enum(VOLATILITIES, { error: SIZE_SHARE }),
    z.number({ error: SIZE_SHARE }).min(0, { error: SIZE_SHARE }).max(1, { error: SIZE_SHARE }),
    { error: SIZE_SHARE },
  ),
});

const trading = z.object({
  instruments,
  vote: oneOf('majority', 'weighted', 'stacked'),
  minConfidence: above(0, 1),
  validator: flag,
  minVoterShare: above(0, 1),
  validatorAbsent: oneOf('go-on', 'no-entry'),
  regimes,
  minimumHoldBars: whole(0, 10_000),
  cooldownBars: whole(0, 10_000),
  regularHoursOnly: flag,
  flattenMinutesBeforeClose: whole(0, 1_440).nullable(),
  sizing,
  stopAtr: above(0, 1_000),
  targetAtr: above(0, 1_000),
  minimumTicks: whole(1, 100_000),
  orderType: oneOf('market', 'limit'),
  timeToLiveBars: whole(1, 1_440),
  deadFeedSeconds: whole(1, 86_400),
  deadFeedAction: z.enum(['alert', 'flatten']),
});

const storage = z.object({
  kind: oneOf('folder', 's3'),
  root: text,
  bucket: z.string(BUCKET).regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, BUCKET),
  region: text,
  endpoint,
});

const INDICATORS = {
  error: 'must be null for the shipped set, or a list such as [{"kind": "rsi", "period": 14, "minutes": 15}]',
};
const COLUMNS = { error: 'must be null for all that are fit for models, or a list of different column names' };
const features = z.object({
  indicators: z
    .array(z.record(z.string(), z.union([z.string(), z.number()], INDICATORS), INDICATORS), INDICATORS)
    .min(1, INDICATORS)
    .nullable(),
  modelColumns: z
    .array(z.string(COLUMNS), COLUMNS)
    .min(1, COLUMNS)
    .refine((names) => new Set(names).size === names.length, COLUMNS)
    .nullable(),
});

export const configSchema: z.ZodType<Config> = z.object({
  broker,
  permissions,
  limits,
  trading,
  features,
  data: dataSchema,
  news: newsSchema,
  languageModel: languageModelSchema,
  embeddings: embeddingsSchema,
  supplyChain: supplyChainSchema,
  rebalance: rebalanceSchema,
  storage,
  temporal: z.object({
    address: z.string(ADDRESS).regex(/^[^\s:]+:\d{1,5}$|^\[[0-9a-f:]+\]:\d{1,5}$/i, ADDRESS),
    namespace: text,
  }),
  stateDir: text,
  seed: whole(0, 2 ** 32 - 1),
});

/** Settings that are each right and make no sense together: one sentence each. */
export function contradictions(config: Config): readonly string[] {
  const { trading: rules, limits: bounds, broker: link, permissions: may } = config;
  const contracts = rules.sizing.method === 'fixed' ? rules.sizing.contracts : rules.sizing.maxContracts;
  return [
    ...(contracts > bounds.orderContracts
      ? [
          `trading.sizing asks for ${contracts} contracts and limits.orderContracts allows ${bounds.orderContracts}: every such entry would be refused.`,
        ]
      : []),
    ...(bounds.orderContracts > bounds.exposureContracts
      ? [
          `limits.orderContracts is ${bounds.orderContracts}, above limits.exposureContracts ${bounds.exposureContracts}: such an order can never be placed.`,
        ]
      : []),
    ...(may.allowLive !== null && link.account !== null && may.allowLive !== link.account
      ? [
          `permissions.allowLive names ${may.allowLive} and broker.account is ${link.account}: allow the account that trades, or none.`,
        ]
      : []),
  ];
}
