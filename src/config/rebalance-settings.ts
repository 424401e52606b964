/**
 * Settings of the weekly rebalance (requirement F6). The defaults were written down before the first back-test and not tuned on it:
 * twelve and six months of momentum without the last month, ten equal places, limits a cautious account would have.
 */
import { z } from 'zod';
import { writtenTicker } from '../domain/share-class';
import type { RebalanceRules } from '../domain/rebalance/rebalance-rules';
import { REGIME_NAMES } from '../domain/regime';

export interface RebalanceConfig {
  /** Tickers to choose from; null takes every stock of the data. */
  readonly universe: readonly string[] | null;
  /** CSV with the columns ticker and sector; null where there is none. */
  readonly sectorFile: string | null;
  readonly rules: RebalanceRules;
  /** Day the orders are for, 1 = Monday … 5 = Friday; on a holiday the next session. */
  readonly weekday: number;
  /** False: the list is made and reported, and nothing is ordered. */
  readonly trade: boolean;
  readonly approval: {
    /** Orders wait for a person's yes. */
    readonly needed: boolean;
    /** After this long without an answer nothing is ordered. */
    readonly hours: number;
  };
  /** What happens to a rebalance whose week has begun without it. */
  readonly missed: 'skip' | 'catch-up' | 'ask';
  /** Sells may take this long; then buys go ahead with the cash there is. */
  readonly sellMinutes: number;
  /** Between two orders, ms. */
  readonly paceMs: number;
}

export const DEFAULT_REBALANCE: RebalanceConfig = {
  universe: null,
  sectorFile: null,
  rules: {
    momentum: { windows: [126, 231], skip: 21 },
    sentiment: { weight: 0.5, halfLifeDays: 5, minimumCoverage: 0.2 },
    standardise: 'z-score',
    holdings: 10,
    keepRank: 13,
    upper: 0,
    lower: -0.5,
    suppressBuysIn: ['range/high'],
    weighting: { method: 'equal' },
    positionLimit: 0.15,
    sectorLimit: 0.4,
    turnoverLimit: 0.3,
    investedShare: 0.98,
    significance: 0.01,
    minimumTrade: 200,
    lot: 1,
    costs: { feePerShare: 0.005, minimumFee: 1, halfSpreadBps: 1.5, slippageBps: 2 },
  },
  weekday: 1,
  trade: false,
  approval: { needed: true, hours: 4 },
  missed: 'ask',
  sellMinutes: 30,
  paceMs: 1_100,
};

const whole = (from: number, to: number) => {
  const error = `must be a whole number from ${from} to ${to}`;
  return z.number({ error }).int({ error }).min(from, { error }).max(to, { error });
};
const between = (from: number, to: number) => {
  const error = `must be a number from ${from} to ${to}`;
  return z.number({ error }).min(from, { error }).max(to, { error });
};
const above = (from: number, to: number) => {
  const error = `must be a number above ${from} and at most ${to}`;
  return z.number({ error }).gt(from, { error }).max(to, { error });
};
const text = z.string({ error: 'must be a text' }).min(1, { error: 'must not be empty' });
const flag = z.boolean({ error: 'must be true or false' });

const TICKERS = {
  error: 'must be null for every stock of the data, or a list of different tickers such as ["AAPL", "KO"]',
};
const WINDOWS = { error: 'must be a list of whole numbers of sessions such as [126, 231]' };
const REGIMES = { error: `must be a list of regimes out of ${REGIME_NAMES.join(', ')}` };
const WEIGHTING = {
  error:
    'must be {"method": "equal"} or {"method": "volatility-target", "annualVolatility": 0.12, "covarianceDays": 126}',
};

const rules = z
  .object({
    momentum: z.object({
      windows: z.array(z.number(WINDOWS).int(WINDOWS).min(2, WINDOWS).max(2_000, WINDOWS), WINDOWS).min(1, WINDOWS),
      skip: whole(0, 252),
    }),
    sentiment: z.object({
      weight: between(0, 10),
      halfLifeDays: above(0, 365),
      minimumCoverage: between(0, 1),
    }),
    standardise: z.enum(['z-score', 'rank'], { error: 'must be z-score or rank' }),
    holdings: whole(1, 500),
    keepRank: whole(1, 1_000),
    upper: between(-10, 10),
    lower: between(-10, 10),
    suppressBuysIn: z.array(z.enum(REGIME_NAMES, REGIMES), REGIMES),
    weighting: z.discriminatedUnion(
      'method',
      [
        z.strictObject({ method: z.literal('equal') }),
        z.strictObject({
          method: z.literal('volatility-target'),
          annualVolatility: above(0, 2),
          covarianceDays: whole(20, 2_000),
        }),
      ],
      WEIGHTING,
    ),
    positionLimit: above(0, 1),
    sectorLimit: above(0, 1),
    turnoverLimit: between(0, 1),
    investedShare: above(0, 1),
    significance: between(0, 1),
    minimumTrade: between(0, 1e9),
    lot: whole(1, 10_000),
    costs: z.object({
      feePerShare: between(0, 10),
      minimumFee: between(0, 1_000),
      halfSpreadBps: between(0, 1_000),
      slippageBps: between(0, 1_000),
    }),
  })
  .refine(({ upper, lower }) => lower < upper, { error: 'must have lower below upper', path: ['lower'] })
  .refine(({ holdings, keepRank }) => keepRank >= holdings, {
    error: 'must be at least holdings',
    path: ['keepRank'],
  });

export const rebalanceSchema: z.ZodType<RebalanceConfig> = z.object({
  universe: z
    .array(
      z
        .string(TICKERS)
        .transform(writtenTicker)
        .pipe(z.string().regex(/^[A-Z][A-Z0-9. -]{0,9}$/, TICKERS)),
      TICKERS,
    )
    .min(1, TICKERS)
    .refine((tickers) => new Set(tickers).size === tickers.length, TICKERS)
    .nullable(),
  sectorFile: text.nullable(),
  rules,
  weekday: whole(1, 5),
  trade: flag,
  approval: z.object({ needed: flag, hours: above(0, 168) }),
  missed: z.enum(['skip', 'catch-up', 'ask'], { error: 'must be skip, catch-up or ask' }),
  sellMinutes: whole(1, 390),
  paceMs: whole(1_001, 60_000),
});
