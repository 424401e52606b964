/** What one demonstration trades: its days, instruments and data. A selection has a state folder of its own, so runs never mix. */
import { createHash } from 'node:crypto';
import type { FeaturesConfig } from '../../config/config';
import type { FutureSymbol } from '../../domain/instruments';
import type { RecordedMarket } from '../../market-data/recorded-market';
import { CliError } from '../cli-error';

export interface Selection {
  readonly tradeDates: readonly string[];
  readonly instruments: readonly FutureSymbol[];
  readonly dataFolder: string;
  /** Hash over the recorded files: other data is another run. */
  readonly dataHash: string;
  readonly crash: boolean;
  /** What the models are fitted on. */
  readonly features: FeaturesConfig;
  /** What is not traded although it usually is: for the screen. */
  readonly notes: readonly string[];
}

/** The days shown by default; frozen before the first of them was ever traded. */
export const DEFAULT_TRADE_DATES = ['2013-10-09', '2013-10-10', '2013-10-11'] as const;
export const CRASH_TRADE_DATE = '2013-10-11';

export interface SelectionRequest {
  readonly tradeDates: readonly string[] | null;
  /** Null: ES and GC, or what the data holds of them. */
  readonly instruments: readonly FutureSymbol[] | null;
  readonly crash: boolean;
  /** True when --data was not given: the sample data that ships with the repository. */
  readonly sampleData: boolean;
  readonly features: FeaturesConfig;
}

const DEFAULT_INSTRUMENTS: readonly FutureSymbol[] = ['ES', 'GC'];

function chooseInstruments(request: SelectionRequest, market: RecordedMarket): readonly FutureSymbol[] {
  const recorded = new Set(market.contracts.map((contract) => contract.symbol));
  if (request.instruments !== null) {
    const absent = request.instruments.filter((symbol) => !recorded.has(symbol));
    if (absent.length > 0) {
      throw new CliError('DATA', `There is no recorded data for ${absent.join(', ')} in ${market.folder}.`);
    }
    return request.instruments;
  }
  const usual = DEFAULT_INSTRUMENTS.filter((symbol) => recorded.has(symbol));
  return usual.length > 0 ? usual : [...recorded];
}

function absentInstruments(request: SelectionRequest, market: RecordedMarket): readonly string[] {
  if (request.instruments !== null) return [];
  return DEFAULT_INSTRUMENTS.filter((symbol) => market.contracts.every((contract) => contract.symbol !== symbol)).map(
    (symbol) => `${symbol} is not traded: ${market.folder} holds no file ${symbol}_YYYYMM_1m.csv[.gz]`,
  );
}

function chooseTradeDates(request: SelectionRequest, market: RecordedMarket): readonly string[] {
  const { tradeDates: recorded, folder } = market;
  const wanted = request.crash ? [CRASH_TRADE_DATE] : request.tradeDates;
  if (wanted !== null) {
    const absent = wanted.filter((date) => !recorded.includes(date));
    if (absent.length > 0) {
      const range = `${recorded[0] ?? 'nothing'} to ${recorded.at(-1) ?? 'nothing'}`;
      throw new CliError('DATA', `There is no recorded data for ${absent.join(', ')} in ${folder}; it holds ${range}.`);
    }
    return [...wanted].sort();
  }
  const usual = DEFAULT_TRADE_DATES.filter((date) => recorded.includes(date));
  return request.sampleData && usual.length > 0 ? usual : recorded;
}

/** Days and instruments asked for, checked against what is recorded. Throws CliError DATA with one sentence. */
export function selectionOf(request: SelectionRequest, market: RecordedMarket): Selection {
  const instruments = chooseInstruments(request, market);
  const files = market.files.map(({ name, sha256 }) => `${name} ${sha256}`).sort();
  return {
    tradeDates: chooseTradeDates(request, market),
    instruments,
    dataFolder: market.folder,
    dataHash: createHash('sha256').update(files.join('\n')).digest('hex'),
    crash: request.crash,
    features: request.features,
    notes: absentInstruments(request, market),
  };
}

/** Nothing for the shipped features. */
const configuredOf = ({ indicators, modelColumns }: FeaturesConfig): readonly string[] =>
  indicators === null && modelColumns === null ? [] : [JSON.stringify([indicators, modelColumns])];

/** Folder name of a selection: readable, and different for every other selection. */
export function selectionName(selection: Selection): string {
  const { tradeDates, instruments, dataHash, crash, features } = selection;
  const first = tradeDates[0];
  const last = tradeDates[tradeDates.length - 1];
  const days = first === last ? first : `${first}_${last}`;
  const exact = createHash('sha256')
    .update([...tradeDates, ...instruments, dataHash, ...configuredOf(features)].join('\n'))
    .digest('hex')
    .slice(0, 8);
  return `${crash ? 'crash-' : ''}${days}-${instruments.join('-')}-${exact}`;
}
