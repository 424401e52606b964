/**
 * The one validated, frozen configuration. Precedence: command line, environment, omega.config.json, defaults (below).
 * Every effective value knows its origin (`omega config show`). Secrets live in the environment only and are masked when shown.
 */
import type { RegimeRules } from '../domain/decision-ensemble';
import type { FutureSymbol } from '../domain/instruments';
import type { Voting } from '../domain/voting';
import { DEFAULT_DATA } from './data-settings';
import type { DataConfig } from './data-settings';
import { DEFAULT_EMBEDDINGS, DEFAULT_LANGUAGE_MODEL, DEFAULT_SUPPLY_CHAIN } from './language-model-settings';
import type { EmbeddingsConfig, LanguageModelConfig, SupplyChainConfig } from './language-model-settings';
import { DEFAULT_NEWS } from './news-settings';
import { DEFAULT_REBALANCE, type RebalanceConfig } from './rebalance-settings';
import type { NewsConfig } from './news-settings';

export interface BrokerConfig {
  readonly host: string;
  /** 4002 paper, 4001 live. */
  readonly port: number;
  /** The account orders may go to (IBKR_ACCOUNT); null refuses to trade. */
  readonly account: string | null;
  /** Client id of everything that trades. */
  readonly clientId: number;
  /** First client id of data connections; the trading id is skipped. */
  readonly dataClientIdBase: number;
  /** IB market data type: 1 real time, 3 delayed. */
  readonly marketDataType: 1 | 2 | 3 | 4;
  readonly pollMs: number;
  readonly retryMs: number;
  readonly requestTimeoutMs: number;
  /** Half-open sockets are found within this time. */
  readonly livenessMs: number;
  /** Messages a second, below IB's 50. */
  readonly messagesPerSecond: number;
}

/** Orders leave the process only if all of these allow it (A2). */
export interface Permissions {
  readonly enableOrderExec: boolean;
  readonly allowOrders: boolean;
  readonly dryRun: boolean;
  /** Names the live account that may be traded; null forbids live accounts. */
  readonly allowLive: string | null;
  readonly learningOnly: boolean;
}

/** F2, as fractions of net liquidation and counts. */
export interface LimitsConfig {
  readonly dailyLossFraction: number;
  readonly tradesPerDay: number;
  readonly exposureContracts: number;
  readonly orderContracts: number;
  readonly drawdownFraction: number;
  /** Largest stock order that opens or enlarges a position, as a fraction of net liquidation. */
  readonly stockOrderNotionalFraction: number;
  /** Largest worst case of all stock positions together, long and short added up, likewise. */
  readonly stockGrossFraction: number;
  /** Stocks may be sold short. */
  readonly stockShorting: boolean;
}

export interface TradingConfig {
  readonly instruments: readonly FutureSymbol[];
  /** By count, by weights of recent performance, or by the run's stacker. */
  readonly vote: Voting;
  /** Smallest share of the votes, or calibrated probability, that the winner needs. */
  readonly minConfidence: number;
  /** The run's validator may veto entries. */
  readonly validator: boolean;
  /** Smallest share of the run's voters that must vote, else hold. */
  readonly minVoterShare: number;
  /** With the validator on, what follows when the run's does not answer; a run without one goes on. */
  readonly validatorAbsent: 'go-on' | 'no-entry';
  /** What the market's regime changes; empty rules change nothing. */
  readonly regimes: RegimeRules;
  readonly minimumHoldBars: number;
  readonly cooldownBars: number;
  readonly regularHoursOnly: boolean;
  /** Positions are closed this many minutes before the instrument's regular close; null holds overnight. */
  readonly flattenMinutesBeforeClose: number | null;
  readonly sizing:
    | { readonly method: 'fixed'; readonly contracts: number }
    | { readonly method: 'volatility-target'; readonly dollarsPerBar: number; readonly maxContracts: number };
  /** Stop and target distance in multiples of ATR(14), at least `minimumTicks`. */
  readonly stopAtr: number;
  readonly targetAtr: number;
  readonly minimumTicks: number;
  readonly orderType: 'market' | 'limit';
  readonly timeToLiveBars: number;
  /** A feed dead this long with a position alerts (F3). */
  readonly deadFeedSeconds: number;
  /** What follows the alert: nothing (protective orders rest at the broker), or the session flattens everything. */
  readonly deadFeedAction: 'alert' | 'flatten';
}

export interface StorageConfig {
  readonly kind: 'folder' | 's3';
  /** Folder root when `folder`. */
  readonly root: string;
  readonly bucket: string;
  readonly region: string;
  /** Endpoint of an S3-compatible server, null for AWS. */
  readonly endpoint: string | null;
}

/** An indicator by its kind, name and windows: `{ "kind": "rsi", "period": 14, "minutes": 15 }` (docs/features.md). */
export type IndicatorSetting = Readonly<Record<string, string | number>>;

/** What models see; null stands for the shipped set. The feature room says which kinds there are and what they need. */
export interface FeaturesConfig {
  readonly indicators: readonly IndicatorSetting[] | null;
  /** Columns that models read out of those; null takes every one that is fit for models. */
  readonly modelColumns: readonly string[] | null;
}

export interface Config {
  readonly broker: BrokerConfig;
  readonly permissions: Permissions;
  readonly limits: LimitsConfig;
  readonly trading: TradingConfig;
  readonly features: FeaturesConfig;
  readonly data: DataConfig;
  readonly news: NewsConfig;
  readonly languageModel: LanguageModelConfig;
  readonly embeddings: EmbeddingsConfig;
  readonly supplyChain: SupplyChainConfig;
  readonly rebalance: RebalanceConfig;
  readonly storage: StorageConfig;
  readonly temporal: { readonly address: string; readonly namespace: string };
  /** Latch file, journals, audit spool, logs: everything a process keeps on its own disk. */
  readonly stateDir: string;
  readonly seed: number;
}

export const DEFAULT_CONFIG: Config = {
  broker: {
    host: '127.0.0.1',
    port: 4002,
    account: null,
    clientId: 101,
    dataClientIdBase: 99,
    marketDataType: 1,
    pollMs: 1_000,
    retryMs: 5_000,
    requestTimeoutMs: 30_000,
    livenessMs: 15_000,
    messagesPerSecond: 40,
  },
  permissions: { enableOrderExec: false, allowOrders: false, dryRun: false, allowLive: null, learningOnly: false },
  limits: {
    dailyLossFraction: 0.02,
    tradesPerDay: 20,
    exposureContracts: 3,
    orderContracts: 2,
    drawdownFraction: 0.2,
    stockOrderNotionalFraction: 0.25,
    stockGrossFraction: 1.1,
    stockShorting: false,
  },
  trading: {
    instruments: ['ES', 'GC'],
    vote: 'majority',
    minConfidence: 0.6,
    validator: false,
    minVoterShare: 0.5,
    validatorAbsent: 'no-entry',
    regimes: { minConfidence: {}, suppressEntries: [], sizeShare: {} },
    minimumHoldBars: 20,
    cooldownBars: 20,
    regularHoursOnly: true,
    flattenMinutesBeforeClose: 5,
    sizing: { method: 'fixed', contracts: 1 },
    stopAtr: 6,
    targetAtr: 9,
    minimumTicks: 8,
    orderType: 'market',
    timeToLiveBars: 1,
    deadFeedSeconds: 30,
    deadFeedAction: 'alert',
  },
  features: { indicators: null, modelColumns: null },
  data: DEFAULT_DATA,
  news: DEFAULT_NEWS,
  languageModel: DEFAULT_LANGUAGE_MODEL,
  embeddings: DEFAULT_EMBEDDINGS,
  supplyChain: DEFAULT_SUPPLY_CHAIN,
  rebalance: DEFAULT_REBALANCE,
  storage: {
    kind: 'folder',
    root: '.omega/store',
    bucket: 'omega-singularity-ml',
    region: 'us-east-2',
    endpoint: null,
  },
  temporal: { address: '127.0.0.1:7233', namespace: 'default' },
  stateDir: '.omega/state',
  seed: 1,
};
