/** Fit time and figures of boosting, the forest or a network on a CSV file, or fit time against the reference program on generated rows. */
import { parseArgs } from 'node:util';
import type { Dataset, Probabilities } from '../src/learning/dataset';
import { ModelRunError } from '../src/learning/model-run-error';
import { accuracy, areaUnderCurve, logLoss } from '../src/learning/metrics';
import { generateRows, splitRows } from './classifier-data';
import { checkFitted, CsvRowsError, readCsv } from './csv-rows';
import { describeMachine, machineLine } from './machine';
import type { Machine } from './machine';
import { measureReference } from './reference-classifiers';
import type { ClassifierKind, ReferenceResult } from './reference-classifiers';

export type Predict = (x: Float32Array) => Probabilities | Promise<Probabilities>;
/** Fits and returns the model's probabilities. */
export type Fit = (train: Dataset) => Predict | Promise<Predict>;

export interface ClassifierBenchResult {
  readonly machine: Machine;
  readonly rows: number;
  readonly columns: number;
  readonly classes: number;
  /** The fastest of the fits. */
  readonly fitSeconds: number;
  readonly accuracy: number;
  readonly logLoss: number;
  /** Of class 1 when there are two, else one class against the rest, mean over the classes; null when a class is absent. */
  readonly auc: number | null;
  /** Null: not asked for. */
  readonly reference: ReferenceResult | null;
  /** Reference's fit time / ours: above 1 we are faster; null without one. */
  readonly ratio: number | null;
}

const GENERATED_ROWS = 16_000;
const TRAIN_SHARE = 0.8;
const EXIT_USAGE = 2;

function aucOf(probabilities: Probabilities, { y, rows, classes }: Dataset): number | null {
  const areas = Array.from({ length: classes === 2 ? 1 : classes }, (_item, i) => {
    const c = classes === 2 ? 1 : i;
    const scores = Float64Array.from({ length: rows }, (_row, r) => probabilities[r * classes + c]);
    return areaUnderCurve(
      scores,
      Array.from(y, (label) => label === c),
    );
  });
  return areas.reduce<number | null>(
    (sum, area) => (sum === null || area === null ? null : sum + area / areas.length),
    0,
  );
}

class OptionError extends Error {}

interface Options {
  readonly csv: string | null;
  readonly rows: number;
  readonly repeats: number;
  readonly python: string | null;
  readonly json: boolean;
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      csv: { type: 'string' },
      rows: { type: 'string', default: String(GENERATED_ROWS) },
      repeats: { type: 'string', default: '2' },
      python: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const count = (name: 'rows' | 'repeats'): number => {
    const value = Number(values[name]);
    if (Number.isInteger(value) && value > 0) return value;
    throw new OptionError(`--${name} is "${values[name]}": give a whole number above 0.`);
  };
  return {
    csv: values.csv ?? null,
    rows: count('rows'),
    repeats: count('repeats'),
    python: values.python ?? null,
    json: values.json,
  };
}

/** A file's first 80 % are fitted; of generated rows `rows` are, and a quarter as many more are measured on. */
async function measure(kind: ClassifierKind, fit: Fit, options: Options): Promise<ClassifierBenchResult> {
  const machine = describeMachine();
  const data = options.csv === null ? generateRows(Math.round(options.rows / TRAIN_SHARE)) : readCsv(options.csv);
  const { train, test } = splitRows(data, Math.floor(data.rows * TRAIN_SHARE));
  if (options.csv !== null) checkFitted(train, options.csv);
  const repeats = options.csv === null ? options.repeats : 1;
  let fitSeconds = Infinity;
  let predict: Predict = () => new Float64Array();
  for (let i = 0; i < repeats; i += 1) {
    const begin = performance.now();
    predict = await fit(train);
    fitSeconds = Math.min(fitSeconds, (performance.now() - begin) / 1000);
  }
  const compared = options.csv === null || options.python !== null;
  const reference = compared ? await measureReference(kind, train, repeats, options.python) : null;
  const ratio = reference !== null && 'fitSeconds' in reference ? reference.fitSeconds / fitSeconds : null;
  const probabilities = await predict(test.x);
  return {
    machine,
    rows: train.rows,
    columns: train.columns,
    classes: train.classes,
    fitSeconds,
    accuracy: accuracy(probabilities, test.y, test.classes),
    logLoss: logLoss(probabilities, test.y, test.classes),
    auc: aucOf(probabilities, test),
    reference,
    ratio,
  };
}

function textOf(result: ClassifierBenchResult): string {
  const { reference, ratio } = result;
  const compared =
    reference === null
      ? 'not measured'
      : 'unavailable' in reference
        ? reference.unavailable
        : `${reference.library} ${reference.version} ${reference.fitSeconds.toFixed(2)} s: ratio ${ratio?.toFixed(2)}`;
  return [
    `machine    ${machineLine(result.machine)}`,
    `fit        ${result.rows} rows x ${result.columns} columns, ${result.classes} classes: ${result.fitSeconds.toFixed(2)} s on one thread`,
    `figures    accuracy ${result.accuracy.toFixed(4)}, log loss ${result.logLoss.toFixed(4)}, AUC ${result.auc?.toFixed(4) ?? 'none'}`,
    `reference  ${compared}`,
  ].join('\n');
}

/** What is wrong with file or options is told in a sentence, with exit code 2; other failures pass through. */
export async function runClassifierBench(kind: ClassifierKind, fit: Fit): Promise<void> {
  try {
    const options = readOptions();
    const result = await measure(kind, fit, options);
    process.stdout.write(`${options.json ? JSON.stringify(result) : textOf(result)}\n`);
  } catch (error) {
    const code = usersErrorCode(error);
    if (code === null || !(error instanceof Error)) throw error;
    const { message } = error;
    if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify({ error: { code, message } })}\n`);
    else process.stderr.write(`${code}: ${message}\n`);
    process.exitCode = EXIT_USAGE;
  }
}

/** Null for what the user cannot mend. */
function usersErrorCode(error: unknown): string | null {
  if (error instanceof CsvRowsError || error instanceof ModelRunError) return error.code;
  return error instanceof OptionError || String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS')
    ? 'USAGE'
    : null;
}
