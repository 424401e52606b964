/** From recorded minutes to labelled feature rows of one instrument: one series per contract, so that nothing crosses a roll. */
import { createHash } from 'node:crypto';
import type { BarWithQuote } from '../domain/bars';
import { MINUTE_MS } from '../domain/exchange-time';
import type { FutureSymbol, Instrument } from '../domain/instruments';
import { localSymbolOf } from '../domain/roll';
import { columnsOf, markBreaks } from '../features/bar-series';
import type { BarSeries } from '../features/bar-series';
import { NOTHING_OUTSIDE } from '../features/outside/outside-values';
import { computeFeaturesOfColumns, modelColumnIndexes } from '../features/pipeline';
import type { FeatureMatrix } from '../features/pipeline';
import type { FeatureSchema } from '../features/schema';
import { frontSeries } from '../market-data/front-series';
import type { RecordedMarket } from '../market-data/recorded-market';
import type { Dataset } from './dataset';
import { CLASS_NAMES, labelRows, UNLABELLED } from './labels';
import type { LabelBand } from './manifest';

/** Bars and features of one contract. */
export interface ContractSeries {
  readonly contract: string;
  readonly block: BarSeries;
  readonly features: FeatureMatrix;
}

/** Labelled rows that have every model column, with the span of time that each label covers. */
export interface LabelledRows {
  readonly data: Dataset;
  readonly starts: Float64Array;
  readonly ends: Float64Array;
}

/** The front contracts' bars on `days`, ascending, and their features. Minutes without a trade are not bars. */
export function contractSeries(
  market: RecordedMarket,
  symbol: FutureSymbol,
  days: readonly string[],
  schema: FeatureSchema,
  instrument: Instrument,
): readonly ContractSeries[] {
  const byMonth = new Map<string, BarWithQuote[]>();
  for (const { bar, quote, deliveryMonth } of frontSeries(market, symbol, days)) {
    if (bar === null) continue;
    const rows = byMonth.get(deliveryMonth) ?? [];
    rows.push({ bar, quote });
    byMonth.set(deliveryMonth, rows);
  }
  return [...byMonth].map(([deliveryMonth, rows]) => {
    const block = markBreaks(columnsOf(rows));
    return {
      contract: localSymbolOf(symbol, deliveryMonth),
      block,
      features: computeFeaturesOfColumns(block, schema, instrument, {
        outside: market.outside?.(symbol) ?? NOTHING_OUTSIDE,
      }),
    };
  });
}

/** Rows with a label under `band` and a value in every model column. */
export function labelledRows(series: readonly ContractSeries[], band: LabelBand, schema: FeatureSchema): LabelledRows {
  const indexes = modelColumnIndexes(schema);
  const width = schema.columns.length;
  const x: number[] = [];
  const y: number[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  for (const { block, features } of series) {
    const labels = labelRows(block, band);
    for (let r = 0; r < block.length; r += 1) {
      if (labels[r] === UNLABELLED || features.valid[r] === 0) continue;
      for (const index of indexes) x.push(features.values[r * width + index]);
      y.push(labels[r]);
      starts.push(block.start[r]);
      // The label is known when the bar at its horizon has closed.
      ends.push(block.start[r + band.horizonBars] + MINUTE_MS);
    }
  }
  return {
    data: {
      rows: y.length,
      columns: indexes.length,
      x: Float32Array.from(x),
      y: Uint8Array.from(y),
      classes: CLASS_NAMES.length,
    },
    starts: Float64Array.from(starts),
    ends: Float64Array.from(ends),
  };
}

const HASHED = ['start', 'open', 'high', 'low', 'close', 'volume', 'bid', 'ask', 'bidSize', 'askSize'] as const;

/** sha256 of every number read, in order, hex. */
export function hashSeries(all: readonly (readonly ContractSeries[])[]): string {
  const hash = createHash('sha256');
  for (const { contract, block } of all.flat()) {
    hash.update(`${contract}:${block.length};`);
    for (const field of HASHED) {
      const { buffer, byteOffset, byteLength } = block[field];
      hash.update(Buffer.from(buffer, byteOffset, byteLength));
    }
  }
  return hash.digest('hex');
}
