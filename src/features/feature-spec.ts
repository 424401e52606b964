/**
 * What can be asked of the pipeline, one entry per indicator: the `parameters` of a schema. `name` is the prefix of its columns, so the
 * same indicator can appear with several windows. Windows are in bars of the timeframe.
 */

import { bookColumns } from './book/book-columns';
import {
  CATALOGUE,
  catalogueColumns,
  catalogueFirstValue,
  catalogueParameters,
  PATTERN_BARS,
} from './catalogue/indicators';
import type { CatalogueParameters } from './catalogue/indicators';

/** Lengths of the bars an indicator can be computed on, minutes. */
export const TIMEFRAMES = [1, 5, 10, 15, 60] as const;
export type Timeframe = (typeof TIMEFRAMES)[number];

/** An indicator of trades: on minutes when `minutes` is left out, else on longer bars and known only at their close. */
export type FeatureSpec = (TradeSpec & { readonly minutes?: Timeframe }) | ContextSpec;

export type TradeSpec =
  | { readonly kind: 'rsi'; readonly name: string; readonly period: number }
  | {
      readonly kind: 'macd';
      readonly name: string;
      readonly fast: number;
      readonly slow: number;
      readonly signal: number;
    }
  /** The exponential form (TA-Lib's matype 1); 100 × (fast EMA − slow EMA) / slow EMA. */
  | { readonly kind: 'ppo'; readonly name: string; readonly fast: number; readonly slow: number }
  /** The simple form (TA-Lib's default, matype 0): the same of two plain means. */
  | { readonly kind: 'ppo-simple'; readonly name: string; readonly fast: number; readonly slow: number }
  | { readonly kind: 'roc'; readonly name: string; readonly period: number }
  | { readonly kind: 'sma'; readonly name: string; readonly period: number }
  | { readonly kind: 'ema'; readonly name: string; readonly period: number }
  /** Volume-weighted typical price since the first bar of the trade date. */
  | { readonly kind: 'vwap'; readonly name: string }
  | {
      readonly kind: 'stochastic';
      readonly name: string;
      readonly period: number;
      readonly slowK: number;
      readonly slowD: number;
    }
  | { readonly kind: 'atr'; readonly name: string; readonly period: number }
  | { readonly kind: 'bollinger'; readonly name: string; readonly period: number; readonly deviations: number }
  /** Log-return of the close over `period` bars, null where a break lies in between. */
  | { readonly kind: 'return'; readonly name: string; readonly period: number }
  | { readonly kind: 'open-close-correlation'; readonly name: string; readonly period: number }
  /** Mean volume, and volume over it as `vol_spike`. */
  | { readonly kind: 'volume'; readonly name: string; readonly period: number }
  /** TA-Lib's STOCHRSI: %K of the RSI within its own range over `fastK` bars, %D its plain mean over `fastD`. */
  | {
      readonly kind: 'stochastic-rsi';
      readonly name: string;
      readonly period: number;
      readonly fastK: number;
      readonly fastD: number;
    }
  /** On-balance volume since the first bar of the data, and its change over `period` bars relative to their volume, in ±1. */
  | { readonly kind: 'obv'; readonly name: string; readonly period: number }
  | { readonly kind: 'mfi'; readonly name: string; readonly period: number }
  /** Any indicator of the technicalindicators library, by its name and parameter names there. */
  | CatalogueSpec;

/** Its parameters lie flat beside its name, as those of the others do. */
export interface CatalogueSpec {
  readonly kind: 'catalogue';
  readonly name: string;
  readonly indicator: string;
  readonly [parameter: string]: string | number;
}

/** Columns that belong to the minute itself; their names are fixed. */
export type ContextSpec =
  /** Best bid and ask, sizes, spread, imbalance and order-flow imbalance (requirement C2). */
  | { readonly kind: 'top-of-book'; readonly name: '' }
  /** The book's depth over its first `levels` levels, where a feed has it (requirement C2). */
  | { readonly kind: 'depth'; readonly name: ''; readonly levels: number }
  /** minute_of_day, hour, day_of_week in exchange time at the start of the bar (requirement C3). */
  | { readonly kind: 'clock'; readonly name: '' }
  /** A series of the world outside as known at the close of the bar (requirement C7), by its name in `OutsideValues`. */
  | { readonly kind: 'outside'; readonly name: string; readonly series: string };

/** Minutes of the bars that `spec` is computed on. */
export const timeframeOf = (spec: FeatureSpec): Timeframe => ('minutes' in spec ? (spec.minutes ?? 1) : 1);

export type FeatureKind = FeatureSpec['kind'];

/** A column as the catalogue describes it. */
export interface ColumnDescription {
  readonly name: string;
  /**
   * Fit for models: bounded, relative to price, or a return. Levels (prices, sizes, volumes) are false: a model that reads them
   * learns where the price was, not where it goes.
   */
  readonly forModels: boolean;
  /** Counts from the first bar of the data: no warm-up makes two streams agree, so no model may read it. */
  readonly cumulative?: true;
}

export interface SpecDescription {
  readonly columns: readonly ColumnDescription[];
  /** Bars until the last of its columns has a value; more makes recursive indicators forget their start. */
  readonly firstValueAfter: number;
  /** Bars after which the start of the data no longer shows (1e-9 for recursive indicators). */
  readonly memory: number;
}

const model = (name: string): ColumnDescription => ({ name, forModels: true });
const level = (name: string): ColumnDescription => ({ name, forModels: false });
const windowed = (bars: number, ...columns: ColumnDescription[]): SpecDescription => ({
  columns,
  firstValueAfter: bars,
  memory: bars,
});

/** Bars after which an exponential weight has fallen below 1e-9. */
const forgetting = (decay: number): number => Math.ceil(Math.log(1e-9) / Math.log(decay));
const emaMemory = (period: number): number => period + forgetting(1 - 2 / (period + 1));
const wilderMemory = (period: number): number => period + 1 + forgetting(1 - 1 / period);

/** Columns and memory of one indicator, in minutes' bars; columns of longer bars end in their length, as `rsi_15m`. */
export function describeSpec(spec: FeatureSpec): SpecDescription {
  const minutes = timeframeOf(spec);
  const { columns, firstValueAfter, memory } = describeIndicator(spec);
  if (minutes === 1) return { columns, firstValueAfter, memory };
  return {
    columns: columns.map((column) => ({ ...column, name: `${column.name}_${minutes}m` })),
    firstValueAfter: firstValueAfter * minutes,
    // One more: the data may begin within a bar.
    memory: (memory + 1) * minutes,
  };
}

function describeIndicator(spec: FeatureSpec): SpecDescription {
  const { name } = spec;
  switch (spec.kind) {
    case 'rsi':
      return { columns: [model(name)], firstValueAfter: spec.period + 1, memory: wilderMemory(spec.period) };
    case 'macd':
      return {
        columns: [level(name), level(`${name}_signal`), level(`${name}_hist`), model(`${name}_hist_rel`)],
        firstValueAfter: spec.slow + spec.signal - 1,
        memory: emaMemory(spec.slow) + emaMemory(spec.signal),
      };
    case 'ppo':
      return { columns: [model(name)], firstValueAfter: spec.slow, memory: emaMemory(spec.slow) };
    case 'ppo-simple':
      return windowed(spec.slow, model(name));
    case 'roc':
      return windowed(spec.period + 1, model(name));
    case 'sma':
      return windowed(spec.period, level(name), model(`close_to_${name}`));
    case 'ema':
      return {
        columns: [level(name), model(`close_to_${name}`)],
        firstValueAfter: spec.period,
        memory: emaMemory(spec.period),
      };
    case 'vwap':
      return windowed(1, level(name), model(`close_to_${name}`));
    case 'stochastic':
      return windowed(spec.period + spec.slowK + spec.slowD - 2, model(`${name}_k`), model(`${name}_d`));
    case 'atr':
      return {
        columns: [level(name), model(`${name}_rel`)],
        firstValueAfter: spec.period + 1,
        memory: wilderMemory(spec.period),
      };
    case 'bollinger':
      return windowed(
        spec.period,
        level(`${name}_upper`),
        level(`${name}_lower`),
        model(`${name}_width`),
        model(`${name}_position`),
      );
    case 'top-of-book':
    case 'depth':
    case 'clock':
    case 'outside':
      return describeContext(spec);
    case 'return':
      return windowed(spec.period + 1, model(name));
    case 'open-close-correlation':
      return windowed(spec.period, model(name));
    case 'volume':
      return windowed(spec.period, level(`${name}_sma_${spec.period}`), model(`${name}_spike`));
    case 'stochastic-rsi':
      return {
        columns: [model(`${name}_k`), model(`${name}_d`)],
        firstValueAfter: spec.period + spec.fastK + spec.fastD - 1,
        memory: wilderMemory(spec.period) + spec.fastK + spec.fastD,
      };
    case 'obv':
      return windowed(spec.period + 1, { ...level(name), cumulative: true }, model(`${name}_slope`));
    case 'mfi':
      return windowed(spec.period + 1, model(name));
    case 'catalogue':
      return describeCatalogue(spec.indicator, catalogueParameters(spec), name);
  }
}

function describeContext(spec: ContextSpec): SpecDescription {
  switch (spec.kind) {
    case 'top-of-book':
      return windowed(
        2,
        level('best_bid'),
        level('best_ask'),
        level('bid_size'),
        level('ask_size'),
        level('spread'),
        model('spread_ticks'),
        model('imbalance'),
        level('ofi'),
        model('ofi_rel'),
      );
    case 'clock':
      // With a few days of training data the hour repeats minute_of_day and the weekday names the day: neither generalises.
      return windowed(1, model('minute_of_day'), level('hour'), level('day_of_week'));
    case 'depth':
      return windowed(2, ...bookColumns(spec.levels));
    case 'outside':
      return windowed(1, model(spec.name));
  }
}

function describeCatalogue(indicator: string, parameters: CatalogueParameters, name: string): SpecDescription {
  const described = CATALOGUE[indicator];
  const { forModels, cumulative } = described;
  return {
    columns: catalogueColumns(indicator, name).map((column) => ({
      name: column,
      forModels,
      ...(cumulative && { cumulative }),
    })),
    firstValueAfter: catalogueFirstValue(indicator, parameters),
    memory: described.memory(parameters),
  };
}

/** Earlier bars of its timeframe that the computation of one bar reads; recursive indicators read fewer than they remember. */
export function lookbackOf(spec: FeatureSpec): number {
  switch (spec.kind) {
    case 'rsi':
    case 'atr':
    case 'stochastic-rsi':
      return 1;
    case 'macd':
    case 'ppo':
    case 'ppo-simple':
      return spec.slow;
    case 'vwap':
    case 'top-of-book':
    case 'clock':
    case 'depth':
    case 'outside':
      return 0;
    case 'catalogue':
      return PATTERN_BARS - 1;
    case 'roc':
    case 'sma':
    case 'ema':
    case 'stochastic':
    case 'bollinger':
    case 'return':
    case 'open-close-correlation':
    case 'volume':
    case 'obv':
    case 'mfi':
      return spec.period;
  }
}
