/** The thread that holds a training run: sessions, data, parameters and moments. One request at a time, answered in order. */
import { parentPort, workerData } from 'node:worker_threads';
import type { InferenceSession } from 'onnxruntime-node';
import { Tensor } from 'onnxruntime-node';
import { openSession } from '../onnx-session';
import type { Reports, Settings, ThreadAnswer, ThreadData, ThreadRequest, ThreadStart } from './training-session';

interface Run {
  readonly training: InferenceSession;
  readonly evaluation: InferenceSession;
  readonly data: Readonly<Record<string, Tensor>>;
  state: readonly Tensor[];
}

const STATE_NAMES = ['parameters', 'mean', 'variance', 'steps'] as const;

const dataTensor = ({ values, dims }: ThreadData): Tensor =>
  values instanceof Float32Array
    ? new Tensor('float32', values, dims)
    : new Tensor('int64', BigInt64Array.from(values, BigInt), dims);

async function open({ training, evaluation, data, parameters }: ThreadStart): Promise<Run> {
  const vector = (values: Float32Array): Tensor => new Tensor('float32', values, [values.length]);
  return {
    training: await openSession(training),
    evaluation: await openSession(evaluation),
    data: Object.fromEntries(Object.entries(data).map(([name, item]) => [name, dataTensor(item)])),
    state: [
      vector(parameters),
      vector(new Float32Array(parameters.length)),
      vector(new Float32Array(parameters.length)),
      new Tensor('float64', Float64Array.of(0), []),
    ],
  };
}

const order = (rows: Int32Array, dims: readonly number[]): Tensor =>
  new Tensor('int64', BigInt64Array.from(rows, BigInt), dims);

const scalars = (settings: Settings): Readonly<Record<string, Tensor>> =>
  Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, new Tensor('float32', Float32Array.of(value), [])]),
  );

function reportsOf(answers: InferenceSession.OnnxValueMapType): Reports {
  const reports = Object.entries(answers).filter(([name]) => !name.startsWith('next_'));
  return Object.fromEntries(reports.map(([name, tensor]) => [name, Float32Array.from(tensor.data as Float32Array)]));
}

async function answer(run: Run, request: ThreadRequest): Promise<ThreadAnswer> {
  switch (request.kind) {
    case 'train': {
      const { rows, mask, batchSize, settings } = request;
      const batches = rows.length / batchSize;
      const answers = await run.training.run({
        ...run.data,
        ...scalars(settings),
        ...Object.fromEntries(STATE_NAMES.map((name, i) => [name, run.state[i]])),
        order: order(rows, [batches, batchSize]),
        mask: new Tensor('float32', mask, [batches, batchSize]),
        batches: new Tensor('int64', BigInt64Array.of(BigInt(batches)), []),
      });
      run.state = STATE_NAMES.map((name) => answers[`next_${name}`]);
      return { kind: 'reports', reports: reportsOf(answers) };
    }
    case 'evaluate': {
      const { rows, mask, settings } = request;
      const inputs = {
        ...run.data,
        ...scalars(settings),
        parameters: run.state[0],
        order: order(rows, [rows.length]),
        mask: new Tensor('float32', mask, [mask.length]),
      };
      return { kind: 'reports', reports: reportsOf(await run.evaluation.run(inputs)) };
    }
    case 'parameters':
      return { kind: 'parameters', parameters: Float32Array.from(run.state[0].data as Float32Array) };
  }
}

async function serve(): Promise<void> {
  if (parentPort === null) throw new Error('This file runs as a worker thread.');
  const port = parentPort;
  const run = open(workerData as ThreadStart);
  // Told to whoever asks.
  run.catch(() => undefined);
  let last: Promise<void> = Promise.resolve();
  port.on('message', (request: ThreadRequest) => {
    const next = async (): Promise<ThreadAnswer> => answer(await run, request);
    last = last.then(next).then(
      (reply) => port.postMessage(reply),
      (error: unknown) => port.postMessage({ kind: 'failed', message: String(error) } satisfies ThreadAnswer),
    );
  });
}

void serve();
