/**
 * Models trained elsewhere and accepted rules beside the fitted ones. They vote, and that is all: nobody knows what they were fitted on, so
 * the stacker and the validator, fitted on out-of-fold predictions, don't read them.
 */
import type { FeatureSchema } from '../../features/schema';
import type { ObjectStore } from '../../storage/object-store';
import { carryBroughtModels, type CarriedModels } from '../brought-models';
import type { InstrumentRun } from '../manifest';
import { findManifest } from '../model-run';

/**
 * The instrument's part of a run with every brought model and accepted rule of its columns, and what became of each; where the run is written
 * already, with those it was written with, so that a repeated assembly changes nothing.
 */
export async function withBroughtVoters(
  store: ObjectStore,
  { runId, schema }: { readonly runId: string; readonly schema: Pick<FeatureSchema, 'hash'> },
  own: InstrumentRun,
): Promise<InstrumentRun> {
  const { symbol, models, notes = [] } = own;
  const written = (await findManifest(store, runId))?.instruments.find((one) => one.symbol === symbol);
  const taken = new Set(models.map(({ name }) => name));
  const carried: CarriedModels =
    written === undefined
      ? await carryBroughtModels(store, { runId, symbol, schemaHash: schema.hash, taken })
      : {
          entries: written.models.filter(({ brought }) => brought === true),
          notes: written.notes?.slice(notes.length) ?? [],
        };
  return { ...own, notes: [...notes, ...carried.notes], models: [...models, ...carried.entries] };
}
