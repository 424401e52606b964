/**
 * The two ends of a training, preparation and assembly, as jobs for a thread: they compute for up to minutes, and the event loop of a
 * worker must stay free for heartbeats, by whose silence its death is noticed.
 */
import { join } from 'node:path';
import { tradeHoldOut } from '../backtest/hold-out-trading';
import type { Config, StorageConfig } from '../config/config';
import { isFuture } from '../domain/instruments';
import type { FeatureSchema } from '../features/schema';
import { EvaluationError } from '../learning/evaluation/evaluation-error';
import { ModelRunError } from '../learning/model-run-error';
import type { PreparedTraining, TrainingRequest } from '../learning/training/prepare-training';
import { gatesText } from '../learning/training/run-card';
import { TrainingError } from '../learning/training/training-error';
import { RecordedDataError } from '../market-data/recorded-market';
import { loadRecordedMarket } from '../market-data/recorded-minutes';
import { openStore } from '../storage/open-store';
import type { JudgedTraining } from '../workflows/activity-types';
import { withOutside, type OutsideSettings } from './open-outside';
import { inStepThread, StepError, type StepFailure } from './step-thread';
import { assembleStep, prepareStep, type TrainedRun, type TrainingParts } from './training-steps';

export interface StepJob {
  readonly config: Pick<Config, 'trading' | 'limits'> & { readonly storage: StorageConfig };
  readonly schema: FeatureSchema;
  readonly codeVersion: string;
  /** Folder of recorded minutes. */
  readonly dataFolder: string;
  readonly outside: OutsideSettings;
  readonly request: TrainingRequest;
  /** Node's own options for the thread and those that it starts. */
  readonly threadArguments?: readonly string[];
}

export interface AssembleJob extends StepJob {
  readonly prepared: PreparedTraining;
}

export type StepThreadData =
  { readonly step: 'prepare'; readonly job: StepJob } | { readonly step: 'assemble'; readonly job: AssembleJob };

/** What was thrown in a training, in a form that crosses threads. */
export function failureOf(error: unknown): StepFailure {
  const message = error instanceof Error ? error.message : String(error);
  const isCoded =
    error instanceof TrainingError ||
    error instanceof ModelRunError ||
    error instanceof EvaluationError ||
    error instanceof RecordedDataError ||
    error instanceof StepError;
  return { code: isCoded ? error.code : null, message };
}

const judged = ({ manifest, verdict, instruments }: TrainedRun): JudgedTraining => ({
  runId: manifest.runId,
  verdict,
  why: gatesText(verdict),
  instruments,
  skipped: manifest.skipped,
});

/** Does it on the calling thread. Rejects as the step does. */
export async function runStepHere(data: StepThreadData): Promise<PreparedTraining | JudgedTraining> {
  const { config, dataFolder, request, threadArguments } = data.job;
  const { schema, codeVersion, outside } = data.job;
  const store = await openStore(config.storage);
  const parts: TrainingParts = {
    config,
    schema,
    codeVersion,
    store,
    market: async () =>
      withOutside(
        await loadRecordedMarket(dataFolder, { instruments: request.instruments.filter(isFuture) }),
        schema,
        store,
        outside,
      ),
    tradeHoldOut,
    ...(threadArguments && { threadArguments }),
  };
  switch (data.step) {
    case 'prepare':
      return prepareStep(parts, request);
    case 'assemble':
      return judged(await assembleStep(parts, request, data.job.prepared));
  }
}

const runInThread = <Result>(data: StepThreadData, signal: AbortSignal): Promise<Result> =>
  inStepThread(join(__dirname, 'training-step-thread'), data, { ...data.job, signal });

/** Rejects with StepError. */
export const prepareInThread = (job: StepJob, signal: AbortSignal): Promise<PreparedTraining> =>
  runInThread({ step: 'prepare', job }, signal);

/** Rejects with StepError. */
export const assembleInThread = (job: AssembleJob, signal: AbortSignal): Promise<JudgedTraining> =>
  runInThread({ step: 'assemble', job }, signal);
