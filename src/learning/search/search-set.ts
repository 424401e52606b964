/**
 * What every trial of a search reads, pinned in the store: bars, label, the schema whose windows are searched, and the learning rows.
 * Invariants:
 *  1. The rows are those that have every column under the longest windows: trials differ by columns, never by rows.
 *  2. The rows of the hold-out are not in it.
 */
import { columnsOf, emptyColumns, markBreaks, NUMBER_FIELDS } from '../../features/bar-series';
import type { BarSeries } from '../../features/bar-series';
import { namedOutside } from '../../features/outside/outside-values';
import type { OutsideValues } from '../../features/outside/outside-values';
import { computeFeaturesOfColumns } from '../../features/pipeline';
import type { FeatureMatrix } from '../../features/pipeline';
import { columnIndex, defineSchema } from '../../features/schema';
import type { FeatureSchema } from '../../features/schema';
import { MINUTE_MS } from '../../domain/exchange-time';
import type { LearningSymbol } from '../../domain/instruments';
import { unitOf } from '../../domain/instruments';
import type { LabelBand } from '../manifest';
import { labelledRows } from '../training-rows';
import type { LabelledRows } from '../training-rows';
import type { LearningData } from '../training/learning-data';
import { rowsAt, trainingSet } from '../training/training-set';
import { longestWindows, withWindows } from './indicator-windows';
import type { WindowFactors } from './indicator-windows';
import { SearchError } from './search-error';

export interface SearchSet {
  readonly symbol: LearningSymbol;
  readonly schema: FeatureSchema;
  readonly label: LabelBand;
  readonly contracts: readonly SearchedContract[];
  /** Starts of the rows to learn from, UTC ms, ascending. */
  readonly starts: Float64Array;
}

export interface SearchedContract {
  readonly contract: string;
  readonly block: BarSeries;
  /** Columns of the world outside, by series: a value a bar, as known at its close. */
  readonly outside: ReadonlyMap<string, Float64Array>;
}

/** Bars of the learning days alone, or why there is nothing to search with. Pure. */
export function searchSet(
  symbol: LearningSymbol,
  data: LearningData,
  days: readonly string[],
  schema: FeatureSchema,
  windows: boolean,
): SearchSet | string {
  const longest = windows ? withWindows(schema, longestWindows(schema)) : schema;
  const series = data.series(symbol, days, longest);
  const set = trainingSet(symbol, series, days, longest, unitOf(symbol), data.quotes);
  if (typeof set === 'string') return set;
  const { starts, ends } = rowsAt(set, set.learning);
  const last = Math.max(...ends);
  const contracts = series
    .map(({ contract, block, features }) => {
      const kept = until(block, last);
      return { contract, block: kept, outside: outsideColumns(longest, features, kept.length) };
    })
    .filter(({ block }) => block.length > 0);
  return { symbol, schema, label: set.label, contracts, starts };
}

/** The series that windows do not touch: they are pinned beside the bars. */
function outsideColumns(
  schema: FeatureSchema,
  { values }: FeatureMatrix,
  rows: number,
): ReadonlyMap<string, Float64Array> {
  const width = schema.columns.length;
  return new Map(
    schema.parameters.flatMap((spec) => {
      if (spec.kind !== 'outside') return [];
      const column = columnIndex(schema, spec.name);
      return [
        [spec.series, Float64Array.from({ length: rows }, (_item, row) => values[row * width + column])] as const,
      ];
    }),
  );
}

function pinnedOutside({ block, outside }: SearchedContract): OutsideValues {
  const bars = new Map(Array.from(block.start, (start, row) => [start + MINUTE_MS, row]));
  return namedOutside(
    new Map(
      [...outside].map(
        ([series, values]) => [series, (at: number) => values[bars.get(at) ?? -1] ?? Number.NaN] as const,
      ),
    ),
  );
}

/** Bars that start before `end`: those of the hold-out don't leave the preparation. */
function until(block: BarSeries, end: number): BarSeries {
  const length = block.start.findIndex((start) => start >= end);
  if (length < 0) return block;
  const columns = emptyColumns(length);
  for (const field of NUMBER_FIELDS) columns[field].set(block[field].subarray(0, length));
  return markBreaks(columns);
}

export interface SearchRows {
  readonly schema: FeatureSchema;
  readonly rows: LabelledRows;
}

/** The learning rows with the columns of other windows. */
export function searchRows(set: SearchSet, factors: WindowFactors): SearchRows {
  const { label, contracts, starts, symbol } = set;
  const schema = withWindows(set.schema, factors);
  const series = contracts.map((one) => ({
    contract: one.contract,
    block: one.block,
    features: computeFeaturesOfColumns(one.block, schema, unitOf(symbol), { outside: pinnedOutside(one) }),
  }));
  const all = labelledRows(series, label, schema);
  const wanted = new Set(starts);
  const kept = Array.from(all.starts, (_start, row) => row).filter((row) => wanted.has(all.starts[row]));
  if (kept.length !== starts.length)
    throw new SearchError(
      'SEARCH_DAMAGED',
      `${starts.length - kept.length} of the search's rows have no value: search under a new id.`,
    );
  return { schema, rows: rowsAt({ rows: all }, kept) };
}

const FORMAT = 2;
const NEWLINE = 10;

export function encodeSearchSet({ symbol, schema, label, contracts, starts }: SearchSet): Uint8Array {
  const { parameters, modelColumns } = schema;
  const header = {
    format: FORMAT,
    symbol,
    label,
    parameters,
    modelColumns,
    rows: starts.length,
    contracts: contracts.map(({ contract, block, outside }) => ({
      contract,
      bars: block.length,
      outside: [...outside.keys()],
    })),
  };
  const arrays = [
    ...contracts.flatMap(({ block, outside }) => [...NUMBER_FIELDS.map((field) => block[field]), ...outside.values()]),
    starts,
  ];
  const bytes = arrays.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength));
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), ...bytes]);
}

type Header = Pick<SearchSet, 'symbol' | 'label'> &
  Pick<FeatureSchema, 'parameters' | 'modelColumns'> & {
    readonly format: number;
    readonly rows: number;
    readonly contracts: readonly {
      readonly contract: string;
      readonly bars: number;
      readonly outside: readonly string[];
    }[];
  };

/** Of bytes whose hash was compared with the plan's. Throws SearchError SEARCH_DAMAGED for another format. */
export function decodeSearchSet(bytes: Uint8Array): SearchSet {
  let at = bytes.indexOf(NEWLINE) + 1;
  const header = JSON.parse(Buffer.from(bytes.subarray(0, at)).toString('utf8')) as Header;
  if (header.format !== FORMAT)
    throw new SearchError(
      'SEARCH_DAMAGED',
      `The search was begun by a version that stores format ${header.format}: search under a new id.`,
    );
  // A copy begins at an aligned address, whatever the header's length.
  const next = (count: number): Float64Array =>
    new Float64Array(new Uint8Array(bytes.subarray(at, (at += 8 * count))).buffer);
  const contracts = header.contracts.map(({ contract, bars, outside: series }) => {
    const columns = columnsOf([]);
    const read = Object.fromEntries(NUMBER_FIELDS.map((field) => [field, next(bars)] as const));
    const outside = new Map(series.map((name) => [name, next(bars)]));
    return { contract, block: markBreaks({ ...columns, ...read, length: bars }), outside };
  });
  const { symbol, label, parameters, modelColumns, rows } = header;
  return { symbol, label, schema: defineSchema(parameters, modelColumns), contracts, starts: next(rows) };
}
