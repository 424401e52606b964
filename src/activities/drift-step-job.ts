/** The monitor's drift check, and what age and new data ask for, as a job for a thread: it computes features and permutes days for minutes. */
import { join } from 'node:path';
import type { StorageConfig } from '../config/config';
import type { DriftVerdict } from '../domain/drift-monitor';
import { loadRecordedMarket } from '../market-data/recorded-minutes';
import { openStore } from '../storage/open-store';
import { monitorDrift } from './drift-monitoring';
import { inStepThread, type StepThreadOptions } from './step-thread';

/** JSON-safe: it crosses threads. */
export interface DriftPlace {
  readonly storage: StorageConfig;
  readonly stateDir: string;
  /** Of the bootstrap that bounds the AUC. */
  readonly seed: number;
  /** Folder of recorded minutes, which a retraining would learn from. */
  readonly dataFolder: string;
}

export interface DriftJob extends DriftPlace {
  readonly account: string;
}

/** Does it on the calling thread. */
export async function checkDriftHere({
  storage,
  stateDir,
  seed,
  dataFolder,
  account,
}: DriftJob): Promise<DriftVerdict> {
  const newestTrainingDay = async () => (await loadRecordedMarket(dataFolder)).tradeDates.at(-1) ?? null;
  return monitorDrift(
    { store: await openStore(storage), stateDir, seed, newestTrainingDay, now: () => Date.now() },
    account,
  );
}

/** Rejects with StepError. */
export const checkDriftInThread = (job: DriftJob, options: StepThreadOptions): Promise<DriftVerdict> =>
  inStepThread(join(__dirname, 'drift-step-thread'), job, options);
