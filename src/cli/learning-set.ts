/** What `omega train` and `omega search` learn from: the recorded futures, or the larger set of SPY's minutes. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Config } from '../config/config';
import type { LearningSymbol } from '../domain/instruments';
import type { FeatureSchema } from '../features/schema';
import { stockSchema } from '../features/stock-schema';
import { decodeParameters, schemaOf } from '../learning/search/parameters-file';
import type { ParametersFile } from '../learning/search/parameters-file';
import { SearchError } from '../learning/search/search-error';
import { loadRecordedStock } from '../market-data/recorded-equity';
import type { RecordedStock } from '../market-data/recorded-equity';
import type { RecordedMarket } from '../market-data/recorded-market';
import { loadRecordedMarket } from '../market-data/recorded-minutes';
import { PACKAGE_ROOT } from './child-command';
import { CliError, messageOf } from './cli-error';
import type { CommandIo } from './command-io';
import { schemaOfConfig } from './current-schema';
import { parseInstruments } from './demo';

export const SET_NAMES = ['futures', 'spy'] as const;
export type SetName = (typeof SET_NAMES)[number];

export interface LearningSetOptions {
  readonly set: string;
  readonly data?: string;
  readonly instruments?: string;
}

export interface LearningSet {
  readonly name: SetName;
  readonly folder: string;
  readonly instruments: readonly LearningSymbol[];
  readonly schema: FeatureSchema;
  /** Each read once, when it is asked for. */
  readonly market: () => Promise<RecordedMarket>;
  readonly stock?: () => Promise<RecordedStock>;
}

/** Throws CliError USAGE, and CONFIG for a feature configuration that is wrong. */
export function learningSet(options: LearningSetOptions, config: Pick<Config, 'features'>, io: CommandIo): LearningSet {
  const name = SET_NAMES.find((known) => known === options.set);
  if (name === undefined) throw new CliError('USAGE', `--set is ${SET_NAMES.join(' or ')}, not ${options.set}.`);
  const folder = options.data === undefined ? join(PACKAGE_ROOT, 'data') : resolve(io.folder, options.data);
  if (name === 'spy') {
    if (options.instruments !== undefined)
      throw new CliError('USAGE', '--set spy learns SPY: leave --instruments out.');
    const stock = once(() => loadRecordedStock(folder, 'SPY'));
    const schema = stockSchema(schemaOfConfig(config));
    return { name, folder, instruments: ['SPY'], schema, stock, market: () => loadRecordedMarket(folder) };
  }
  const instruments =
    options.instruments === undefined ? (['ES', 'GC'] as const) : parseInstruments(options.instruments);
  const market = once(() => loadRecordedMarket(folder, { instruments }));
  return { name, folder, instruments, schema: schemaOfConfig(config), market };
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | undefined;
  return () => (reading ??= read());
}

/** A parameters file that fits `set`. Throws CliError USAGE with what is wrong. */
export async function readParameters(name: string, set: LearningSet, io: CommandIo): Promise<ParametersFile> {
  const bytes = await readFile(resolve(io.folder, name)).catch((error: unknown) => {
    throw new CliError('USAGE', `The parameters file ${name} cannot be read (${messageOf(error)}).`);
  });
  const file = parsed(name, bytes);
  if (set.name === 'spy' && schemaOf(file)?.columns.includes('best_bid') === true)
    throw new CliError('USAGE', `${name} reads quotes, and the minutes of SPY have none: search with --set spy.`);
  return file;
}

function parsed(name: string, bytes: Uint8Array): ParametersFile {
  try {
    return decodeParameters(name, bytes);
  } catch (error) {
    if (error instanceof SearchError) throw new CliError('USAGE', error.message, { cause: error });
    throw error;
  }
}
