/**
 * The latest run once more, with all brought models beside its own: a run of its own, one second later by name, so that whatever is
 * fitted next comes after it.
 * Invariant: as for a fit, files first and the manifest last; the run before is never changed.
 */
import { latestRun, readModelFile } from '../storage/model-registry';
import type { ObjectStore } from '../storage/object-store';
import { runIdOf } from '../domain/ids';
import { broughtModels, copyBroughtModels, keepBroughtModel } from './brought-models';
import type { InstrumentRun, RunManifest } from './manifest';
import type { BroughtModel } from './model-folder';
import { instantOfRun, readManifest, writeManifest, writeModel } from './model-run';
import { ModelRunError } from './model-run-error';

/**
 * Keeps the models for every later run and makes a run with them now. Throws ModelRunError NAME_TAKEN (nothing is stored then),
 * SCHEMA_MISMATCH; a damaged file of the run before passes through. Null: there is no run yet, the first fit will take them up.
 */
export async function addModels(
  store: ObjectStore,
  models: readonly BroughtModel[],
  schemaHash: string,
): Promise<RunManifest | null> {
  const latest = await latestRun(store);
  const base = latest === null ? null : await readManifest(store, latest);
  for (const model of models) checkName(model.name, base);
  for (const model of models) await keepBroughtModel(store, model, schemaHash);
  if (base === null || base.schema.hash !== schemaHash) return null;
  return runWithBrought(store, base);
}

/** A run like `base`, with its own models and every brought one. */
async function runWithBrought(store: ObjectStore, base: RunManifest): Promise<RunManifest> {
  const created = instantOfRun(base.runId) + 1_000;
  const runId = runIdOf(created);
  const brought = await broughtModels(store);
  const instruments: InstrumentRun[] = [];
  for (const instrument of base.instruments) {
    const own = instrument.models.filter((model) => model.brought !== true);
    for (const model of own) await writeModel(store, runId, model.file, await readModelFile(store, base.runId, model));
    const run = { runId, symbol: instrument.symbol, schemaHash: base.schema.hash };
    instruments.push({ ...instrument, models: [...own, ...(await copyBroughtModels(store, brought, run))] });
  }
  const manifest: RunManifest = { ...base, runId, created: new Date(created).toISOString(), instruments };
  await writeManifest(store, manifest);
  return manifest;
}

function checkName(name: string, base: RunManifest | null): void {
  const owner = base?.instruments.find(({ models }) =>
    models.some((model) => model.name === name && model.brought !== true),
  );
  if (owner === undefined) return;
  throw new ModelRunError(
    'NAME_TAKEN',
    `Omega fits a model named ${name} for ${owner.symbol} itself: choose another name.`,
  );
}
