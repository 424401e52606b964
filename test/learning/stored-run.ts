/** A complete run with one small model that votes, stored in milliseconds. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { instantOfRun } from '../../src/domain/ids';
import type { FutureSymbol } from '../../src/domain/instruments';
import { DEFAULT_SCHEMA } from '../../src/features/schema';
import { MANIFEST_FORMAT, storedSchema, type InstrumentRun, type RunManifest } from '../../src/learning/manifest';
import { writeManifest, writeModel } from '../../src/learning/model-run';
import type { ObjectStore } from '../../src/storage/object-store';

const ONNX = readFileSync(join(__dirname, 'brought', 'lightgbm.onnx'));

const instrument = (symbol: FutureSymbol): InstrumentRun => ({
  symbol,
  contracts: [`${symbol}Z3`],
  days: ['2013-10-09'],
  rows: 1_000,
  classCounts: { sell: 300, hold: 400, buy: 300 },
  label: { horizonBars: 20, bandPoints: 1, spreadPoints: 0.25, feePoints: 0.1, tickPoints: 0.25 },
  models: [
    {
      name: 'small',
      file: `${symbol}/small.onnx`,
      sha256: createHash('sha256').update(ONNX).digest('hex'),
      bytes: ONNX.length,
      family: 'LGBMClassifier',
      schemaHash: DEFAULT_SCHEMA.hash,
      input: 'input',
      output: 'probabilities',
      classes: ['sell', 'hold', 'buy'],
      parameters: { learning_rate: 0.1, boostingType: 'gbdt' },
      holdOut: { testDays: ['2013-10-09'], trainRows: 800, testRows: 200, accuracy: 0.4, logLoss: 1.05, auc: 0.55 },
    },
  ],
});

/** Writes the run; `change` has the last word on its manifest. */
export async function storeRun(
  store: ObjectStore,
  runId: string,
  change: (manifest: RunManifest) => RunManifest = (manifest) => manifest,
): Promise<RunManifest> {
  const symbols: readonly FutureSymbol[] = ['ES', 'GC'];
  for (const symbol of symbols) await writeModel(store, runId, `${symbol}/small.onnx`, ONNX);
  const manifest = change({
    format: MANIFEST_FORMAT,
    runId,
    created: new Date(instantOfRun(runId)).toISOString(),
    codeVersion: 'test',
    seed: 1,
    data: {
      days: ['2013-10-09'],
      from: '2013-10-08T22:00:00.000Z',
      to: '2013-10-09T20:59:00.000Z',
      rows: 2_000,
      sha256: 'a'.repeat(64),
    },
    schema: storedSchema(DEFAULT_SCHEMA),
    instruments: symbols.map(instrument),
    skipped: [],
  });
  await writeManifest(store, manifest);
  return manifest;
}
