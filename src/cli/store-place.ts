/** Which account, state folder and object store a command without a running session looks into. */
import { join } from 'node:path';
import type { StorageConfig } from '../config/config';
import { isStoreError, type ObjectStore, type StoreError, type StoreErrorCode } from '../storage/object-store';
import { openStore } from '../storage/open-store';
import { CliError, type CliErrorCode } from './cli-error';
import type { CommandIo } from './command-io';
import { currentConfig } from './current-place';
import { DEMO_FOLDER, lastRun, readRun } from './demo/demo-folder';

export interface StorePlace {
  readonly account: string;
  readonly stateDir: string;
  readonly storage: StorageConfig;
}

/** The running demonstration, else the configured account, else the demonstration that ran last. Throws CONFIG. */
export function storePlace(io: CommandIo): StorePlace {
  const { config } = currentConfig(io);
  const folder = join(io.folder, DEMO_FOLDER);
  const demo =
    (io.env.TEMPORAL_ADDRESS ? null : readRun(folder)) ?? (config.broker.account === null ? lastRun(folder) : null);
  if (demo !== null) {
    const storage = { ...config.storage, kind: 'folder', root: demo.store } as const;
    return { account: demo.account, stateDir: demo.state, storage };
  }
  if (config.broker.account === null) {
    throw new CliError(
      'CONFIG',
      'There is nothing stored here: no demonstration ran (npm start), and IBKR_ACCOUNT names no account.',
    );
  }
  return { account: config.broker.account, stateDir: config.stateDir, storage: config.storage };
}

/** Null where nothing ran and no account is named: then there are neither journal nor decisions. */
export function placeOrNull(io: CommandIo): StorePlace | null {
  const { config } = currentConfig(io);
  const nothingRan = config.broker.account === null && lastRun(join(io.folder, DEMO_FOLDER)) === null;
  return nothingRan ? null : storePlace(io);
}

/**
 * Where models are trained to: as storePlace; the configured store when nothing ran here and no account is named, or when the settings name
 * it: a demonstration that ran once does not take its place.
 */
export function learningPlace(io: CommandIo): Pick<StorePlace, 'storage'> {
  const { config, origins } = currentConfig(io);
  const isNamed = ['storage.root', 'storage.bucket'].some((setting) => origins[setting]?.source !== 'default');
  const runs = !io.env.TEMPORAL_ADDRESS && readRun(join(io.folder, DEMO_FOLDER)) !== null;
  const place = isNamed && !runs ? null : placeOrNull(io);
  return place ?? { storage: config.storage };
}

/** What a store refuses in its own sentence: 3 when nobody answers, 2 when the settings are wrong, 4 when it says no. */
export function storeFailure(error: StoreError): CliError {
  const code = STORE_FAILURES[error.code] ?? 'FAILED';
  return new CliError(code, error.message, { cause: error });
}

const STORE_FAILURES: Readonly<Partial<Record<StoreErrorCode, CliErrorCode>>> = {
  UNREACHABLE: 'STORE_UNREACHABLE',
  MISCONFIGURED: 'CONFIG',
  ACCESS_DENIED: 'REFUSED',
};

/** Opens the store for `work`; what the store refuses is told in its own sentence. */
export async function withStore<T>(
  { storage }: Pick<StorePlace, 'storage'>,
  work: (store: ObjectStore) => Promise<T>,
): Promise<T> {
  try {
    return await work(await openStore(storage));
  } catch (error) {
    throw isStoreError(error) ? storeFailure(error) : error;
  }
}
