/**
 * A step of an activity in a thread of its own: steps that compute would otherwise hold up the event loop, by whose heartbeats the death of
 * a worker is noticed.
 */
import { extname } from 'node:path';
import { Worker, parentPort, workerData } from 'node:worker_threads';

export interface StepFailure {
  /** Null: nothing that this house has a code for. */
  readonly code: string | null;
  readonly message: string;
}

type StepMessage =
  { readonly kind: 'done'; readonly result: unknown } | { readonly kind: 'failed'; readonly failure: StepFailure };

/** A step that failed in its thread; with a code it fails again however often it is tried. */
export class StepError extends Error {
  readonly code: string | null;

  constructor({ code, message }: StepFailure) {
    super(message);
    this.name = 'StepError';
    this.code = code;
  }
}

export interface StepThreadOptions {
  /** Ends the thread; what was stored stays. */
  readonly signal: AbortSignal;
  /** Node's own options for the thread. */
  readonly threadArguments?: readonly string[];
}

/**
 * The result that the thread of `file` (without its extension: compiled or not, as this file is) answers to `data`, which must be cloneable.
 * Rejects with StepError.
 */
export function inStepThread<Result>(
  file: string,
  data: unknown,
  { signal, threadArguments }: StepThreadOptions,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const failed = (failure: StepFailure): void => reject(new StepError(failure));
    const thread = new Worker(`${file}${extname(__filename)}`, {
      workerData: data,
      ...(threadArguments && { execArgv: [...threadArguments] }),
    });
    signal.addEventListener('abort', () => void thread.terminate(), { once: true });
    thread.on('message', (message: StepMessage) => {
      switch (message.kind) {
        case 'done':
          return resolve(message.result as Result);
        case 'failed':
          return failed(message.failure);
      }
    });
    thread.on('error', (error) => failed({ code: null, message: error.message }));
    thread.on('exit', () => failed({ code: null, message: 'its thread ended before it was done' }));
  });
}

/** The thread's end: does the work that it was started for and tells what came of it. */
export function answerInThread<Data>(
  work: (data: Data) => Promise<unknown>,
  failureOf: (error: unknown) => StepFailure,
): void {
  const tell = (message: StepMessage): void => parentPort?.postMessage(message);
  work(workerData as Data).then(
    (result) => tell({ kind: 'done', result }),
    (error: unknown) => tell({ kind: 'failed', failure: failureOf(error) }),
  );
}
