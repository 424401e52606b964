/** A training run in a thread of its own, because ONNX Runtime blocks the event loop it is called on. */
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { encodeModel } from '../onnx/onnx-model';
import type { AdamParameters } from './adam';
import { evaluationModel, trainingModel } from './training-graph';
import type { TrainingProblem } from './training-graph';

export interface ThreadData {
  /** Integers are given to the graph as int64. */
  readonly values: Float32Array | Int32Array;
  readonly dims: readonly number[];
}

export interface ThreadStart {
  readonly training: Uint8Array;
  readonly evaluation: Uint8Array;
  readonly data: Readonly<Record<string, ThreadData>>;
  readonly parameters: Float32Array;
}

/** Rows in the order of training, batch after batch; `mask` is 0 for empty places. */
export interface Batches {
  readonly rows: Int32Array;
  readonly mask: Float32Array;
}

/** Scalars of the problem by name. */
export type Settings = Readonly<Record<string, number>>;

export type ThreadRequest =
  | (Batches & { readonly kind: 'train'; readonly batchSize: number; readonly settings: Settings })
  | (Batches & { readonly kind: 'evaluate'; readonly settings: Settings })
  | { readonly kind: 'parameters' };

/** What the loss reports, by name: one number a batch. */
export type Reports = Readonly<Record<string, Float32Array>>;

export type ThreadAnswer =
  | { readonly kind: 'reports'; readonly reports: Reports }
  | { readonly kind: 'parameters'; readonly parameters: Float32Array }
  | { readonly kind: 'failed'; readonly message: string };

export interface TrainingSession {
  /** Trains on whole batches; `settings` names at least `learning_rate`. */
  train(batches: Batches, settings: Settings): Promise<Reports>;
  /** Reports of as many rows as the session was opened for, without learning from them. */
  evaluate(batch: Batches, settings?: Settings): Promise<Reports>;
  parameters(): Promise<Float32Array>;
  close(): Promise<void>;
}

export interface TrainingSetup {
  readonly problem: TrainingProblem;
  readonly adam: AdamParameters;
  readonly batchSize: number;
  readonly evaluationSize: number;
  readonly data: Readonly<Record<string, ThreadData>>;
  /** The vector that training starts from. */
  readonly parameters: Float32Array;
  /** Node's own options for the thread, for those who run the sources uncompiled. */
  readonly threadArguments?: readonly string[];
}

/** Training failed in its thread: a defect, or no memory left. */
export class TrainingThreadError extends Error {
  readonly code = 'TRAINING_THREAD_FAILED';

  constructor(message: string) {
    super(`TRAINING_THREAD_FAILED: ${message}`);
    this.name = 'TrainingThreadError';
  }
}

export function openTrainingSession(setup: TrainingSetup): TrainingSession {
  const { problem, adam, batchSize, evaluationSize, data, parameters, threadArguments } = setup;
  const start: ThreadStart = {
    training: encodeModel(trainingModel(problem, batchSize, adam)),
    evaluation: encodeModel(evaluationModel(problem, evaluationSize)),
    data,
    parameters,
  };
  // Beside this file, compiled or not.
  const worker = new Worker(join(__dirname, `training-thread${extname(__filename)}`), {
    workerData: start,
    ...(threadArguments === undefined ? {} : { execArgv: [...threadArguments] }),
  });
  const ask = questionsTo(worker);
  const reports = async (request: ThreadRequest): Promise<Reports> => {
    const answer = await ask(request);
    return answer.kind === 'reports' ? answer.reports : refuse(answer);
  };
  return {
    train: (batches, settings) => reports({ kind: 'train', batchSize, settings, ...batches }),
    evaluate: (batch, settings = {}) => reports({ kind: 'evaluate', settings, ...batch }),
    parameters: async () => {
      const answer = await ask({ kind: 'parameters' });
      return answer.kind === 'parameters' ? answer.parameters : refuse(answer);
    },
    close: async () => {
      await worker.terminate();
    },
  };
}

function refuse(answer: ThreadAnswer): never {
  throw new TrainingThreadError(answer.kind === 'failed' ? answer.message : `It answered ${answer.kind}.`);
}

/** One request at a time: the next message is its answer. A thread that ended refuses what is asked of it then and later. */
function questionsTo(worker: Worker): (request: ThreadRequest) => Promise<ThreadAnswer> {
  let waiting: { readonly resolve: (answer: ThreadAnswer) => void; readonly reject: (error: Error) => void } | null =
    null;
  let ended: TrainingThreadError | null = null;
  const end = (why: string): void => {
    ended ??= new TrainingThreadError(why);
    waiting?.reject(ended);
  };
  worker.on('message', (answer: ThreadAnswer) => waiting?.resolve(answer));
  worker.on('error', (error: unknown) => end(String(error)));
  worker.on('exit', (code) => end(`The thread ended (${code}) before it answered.`));
  return (request) =>
    new Promise((resolve, reject) => {
      waiting = { resolve, reject };
      if (ended === null) worker.postMessage(request);
      else reject(ended);
    });
}
