/** `omega bench features [--json] [--rows N] [--bars N] [--talib [--python FILE]]` */
import { parseArgs } from 'node:util';
import { runFeatureBench } from './features';
import type { FeatureBenchResult } from './features';

const count = (text: string | undefined, option: string): number | undefined => {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new TypeError(`--${option} is "${text}": give a whole number above 0.`);
};

function textOf({ machine, batch, talib, perBar, fit }: FeatureBenchResult): string {
  const comparison =
    talib === null
      ? 'not measured (--talib)'
      : 'unavailable' in talib
        ? talib.unavailable
        : `${talib.rowsPerSecond?.toLocaleString('en')} rows/s; ratio ${talib.ratio} (at least 1 wanted); ${talib.ratioColumnsAlone} when it leaves its columns apart, where no model reads them`;
  return [
    `machine    ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, load ${machine.loadAverage}, Node ${machine.node}, ONNX Runtime ${machine.onnxruntime}`,
    `batch      ${batch.columns} columns x ${batch.rows.toLocaleString('en')} rows: ${batch.rowsPerSecond.toLocaleString('en')} rows/s on one thread`,
    `TA-Lib     ${comparison}`,
    `per bar    features and ${perBar.models.join(', ')}: p50 ${perBar.p50Ms.toFixed(3)} ms, p99 ${perBar.p99Ms.toFixed(3)} ms, max ${perBar.maxMs.toFixed(3)} ms (budget ${perBar.budgetMs} ms)`,
    `fit        first models of one instrument on ${fit.rows} rows: ${fit.seconds.toFixed(2)} s`,
  ].join('\n');
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      rows: { type: 'string' },
      bars: { type: 'string' },
      talib: { type: 'boolean', default: false },
      python: { type: 'string' },
    },
  });
  const result = await runFeatureBench({
    rows: count(values.rows, 'rows'),
    bars: count(values.bars, 'bars'),
    talib: values.talib || values.python !== undefined,
    python: values.python,
  });
  process.stdout.write(`${values.json ? JSON.stringify(result) : textOf(result)}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
