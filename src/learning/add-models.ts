/**
 * The champion, else the newest run that nobody rejected, once more with all brought models beside its own: a run of its own, one second
 * later by name than the latest, so that whatever is fitted next comes after it.
 * Invariants: 1. as for a fit, files first and the manifest last; the run before is never changed. 2. A rejected run stays so: it is not
 * made promotable under another name.
 */
import { instantOfRun, runIdOf } from '../domain/ids';
import { stateOf } from '../domain/model-review';
import { latestRun, listRuns, readModelFile } from '../storage/model-registry';
import type { ObjectStore } from '../storage/object-store';
import { readReviewLog } from '../storage/review-log';
import { broughtModels, copyBroughtModels, keepBroughtModel } from './brought-models';
import { copyReference } from './drift/training-reference';
import { ALL_FAMILY_NAMES } from './families/families';
import type { InstrumentRun, RunManifest } from './manifest';
import type { BroughtModel } from './model-folder';
import { readManifest, writeManifest, writeModel } from './model-run';
import { LOGISTIC_STACKER, mlpStacker } from './meta-recipes';
import { ModelRunError } from './model-run-error';
import { VALIDATOR_NAME } from './validator';

/**
 * Keeps the models for every later run and makes a run with them now. Throws ModelRunError NAME_TAKEN (nothing is stored then),
 * SCHEMA_MISMATCH; a damaged file of the run before passes through. Null: there is no run to begin with, the next fit will take them up.
 */
export async function addModels(
  store: ObjectStore,
  models: readonly BroughtModel[],
  schemaHash: string,
): Promise<RunManifest | null> {
  const base = await baseRun(store, schemaHash);
  for (const model of models) checkName(model.name, base);
  for (const model of models) await keepBroughtModel(store, model, schemaHash);
  return base === null ? null : runWithBrought(store, base);
}

/** The champion where there is one, else the newest run that is not rejected; null when its columns are others. */
async function baseRun(store: ObjectStore, schemaHash: string): Promise<RunManifest | null> {
  const { review } = await readReviewLog(store);
  const standing = (await listRuns(store)).filter((runId) => stateOf(review, runId) !== 'rejected');
  const runId = review.promoted ?? standing.at(-1) ?? null;
  const base = runId === null ? null : await readManifest(store, runId);
  return base?.schema.hash === schemaHash ? base : null;
}

/** A run like `base`, with its own models and every brought one. */
async function runWithBrought(store: ObjectStore, base: RunManifest): Promise<RunManifest> {
  const created = instantOfRun((await latestRun(store)) ?? base.runId) + 1_000;
  const runId = runIdOf(created);
  const brought = await broughtModels(store);
  const instruments: InstrumentRun[] = [];
  for (const instrument of base.instruments) {
    const own = instrument.models.filter((model) => model.brought !== true);
    for (const model of own) await writeModel(store, runId, model.file, await readModelFile(store, base.runId, model));
    await copyReference(store, instrument.symbol, base.runId, runId);
    const run = { runId, symbol: instrument.symbol, schemaHash: base.schema.hash };
    instruments.push({ ...instrument, models: [...own, ...(await copyBroughtModels(store, brought, run))] });
  }
  const manifest: RunManifest = { ...base, runId, created: new Date(created).toISOString(), instruments };
  await writeManifest(store, manifest);
  return manifest;
}

/** Names that mean something else where models are looked up by them. */
const RESERVED: ReadonlySet<string> = new Set([
  'voter',
  'calibrator',
  'stacker',
  'constructor',
  VALIDATOR_NAME,
  LOGISTIC_STACKER.name,
  mlpStacker().name,
  ...ALL_FAMILY_NAMES.flatMap((family) => [family, `${family}_calibrator`]),
]);

function checkName(name: string, base: RunManifest | null): void {
  if (RESERVED.has(name))
    throw new ModelRunError('NAME_TAKEN', `${name} is a name that Omega uses itself: choose another name.`);
  const owner = base?.instruments.find(({ models }) =>
    models.some((model) => model.name === name && model.brought !== true),
  );
  if (owner === undefined) return;
  throw new ModelRunError(
    'NAME_TAKEN',
    `Omega fits a model named ${name} for ${owner.symbol} itself: choose another name.`,
  );
}
