/**
 * The models of one run and instrument, ready to vote.
 * Invariant: a model that cannot be trusted (file damaged, other schema, no finite answer) does not vote, and every answer says which
 * and why.
 */
import type { FutureSymbol } from '../domain/instruments';
import type { Regime } from '../domain/regime';
import type { Vote } from '../domain/vote';
import { signalOf } from '../domain/voting';
import { modelColumnIndexes } from '../features/pipeline';
import type { FeatureSchema } from '../features/schema';
import type { ObjectStore } from '../storage/object-store';
import { classesTrouble } from './class-probabilities';
import { loadModel, probabilitiesOf } from './loaded-model';
import type { LoadedModel } from './loaded-model';
import type { ModelEntry } from './manifest';
import { loadMetaModels } from './meta-models';
import type { MetaModels, MetaOpinions } from './meta-models';
import { partsOf } from './model-role';
import { readManifest } from './model-run';

export interface SkippedModel {
  readonly model: string;
  readonly why: string;
}

export interface Ballot {
  readonly votes: readonly Vote[];
  readonly skipped: readonly SkippedModel[];
}

export interface Ensemble {
  readonly runId: string;
  readonly symbol: FutureSymbol;
  /** Voters that loaded, in the manifest's order. */
  readonly models: readonly string[];
  /** Models that did not load and why; repeated in every ballot. `*` stands for the whole run. */
  readonly skipped: readonly SkippedModel[];
  /** Votes on one feature row (all columns of the schema). Never throws for a single model's failure. */
  vote(row: Float32Array): Promise<Ballot>;
  /** What stacker and validator make of the votes on the same row; absent, with a reason, where the run has none. */
  secondOpinions(row: Float32Array, votes: readonly Vote[], regime: Regime | null): Promise<MetaOpinions>;
  /** Frees the sessions' memory. */
  close(): Promise<void>;
}

interface Voter {
  readonly model: LoadedModel;
  /** Corrects its probabilities; null: they stand as they are. */
  readonly calibrator: LoadedModel | null;
}

/**
 * The models of `runId` for one instrument. Throws ModelRunError when the run or its manifest is unusable; single models that are
 * are skipped with a reason.
 */
export async function loadEnsemble(
  store: ObjectStore,
  runId: string,
  symbol: FutureSymbol,
  schema: FeatureSchema,
): Promise<Ensemble> {
  const manifest = await readManifest(store, runId);
  const entries = manifest.instruments.find((instrument) => instrument.symbol === symbol)?.models ?? [];
  const parts = partsOf<ModelEntry>(entries);
  const voters: Voter[] = [];
  const skipped: SkippedModel[] = [...parts.refused];
  if (entries.length === 0) {
    const why = manifest.skipped.find((skip) => skip.symbol === symbol)?.why ?? 'it was not fitted for this instrument';
    skipped.push({ model: '*', why: `run ${runId} has no models for ${symbol}: ${why}` });
  }
  /** A model of three classes, or null and a notice. */
  const loadVoting = async (entry: ModelEntry): Promise<LoadedModel | null> => {
    const result = classesTrouble(entry.classes) ?? (await loadModel(store, runId, entry, schema));
    if (typeof result !== 'string') return result;
    skipped.push({ model: entry.name, why: result });
    return null;
  };
  for (const entry of parts.voters) {
    const model = await loadVoting(entry);
    const correcting = parts.calibrators.get(entry.name);
    if (model === null) continue;
    voters.push({ model, calibrator: correcting === undefined ? null : await loadVoting(correcting) });
  }
  return new LoadedEnsemble(runId, symbol, voters, skipped, schema, await loadMetaModels(store, runId, parts, schema));
}

class LoadedEnsemble implements Ensemble {
  private readonly columns: Int32Array;

  constructor(
    readonly runId: string,
    readonly symbol: FutureSymbol,
    private readonly voters: readonly Voter[],
    readonly skipped: readonly SkippedModel[],
    private readonly schema: FeatureSchema,
    private readonly meta: MetaModels,
  ) {
    this.columns = modelColumnIndexes(schema);
  }

  get models(): readonly string[] {
    return this.voters.map(({ model }) => model.entry.name);
  }

  async vote(row: Float32Array): Promise<Ballot> {
    const votes: Vote[] = [];
    const skipped = [...this.skipped];
    const { input, missing } = this.inputOf(row);
    for (const voter of this.voters) {
      const { name } = voter.model.entry;
      if (missing.length > 0) {
        skipped.push({ model: name, why: `no value for ${missing.join(', ')}` });
        continue;
      }
      const answer = await opinionOf(voter, input, skipped);
      if (typeof answer === 'string') skipped.push({ model: name, why: answer });
      else votes.push({ model: name, signal: signalOf(answer), probabilities: answer });
    }
    return { votes, skipped };
  }

  secondOpinions(row: Float32Array, votes: readonly Vote[], regime: Regime | null): Promise<MetaOpinions> {
    return this.meta.judge(this.inputOf(row).input, votes, regime);
  }

  async close(): Promise<void> {
    for (const { model, calibrator } of this.voters) {
      await model.session.release();
      await calibrator?.session.release();
    }
    await this.meta.close();
  }

  private inputOf(row: Float32Array): { readonly input: Float32Array; readonly missing: readonly string[] } {
    if (row.length !== this.schema.columns.length) {
      return {
        input: row,
        missing: [`every column: the row has ${row.length}, the schema ${this.schema.columns.length}`],
      };
    }
    const input = Float32Array.from(this.columns, (index) => row[index]);
    return { input, missing: this.schema.modelColumns.filter((_name, i) => !Number.isFinite(input[i])) };
  }
}

/** A voter's probabilities, corrected where they can be, or why there are none; a calibrator that fails leaves a notice. */
async function opinionOf(
  { model, calibrator }: Voter,
  input: Float32Array,
  skipped: SkippedModel[],
): Promise<Vote['probabilities'] | string> {
  const answer = await probabilitiesOf(model, input);
  if (typeof answer === 'string') return answer;
  if (calibrator === null) return answer[0];
  const corrected = await probabilitiesOf(calibrator, Float32Array.from(answer[0]));
  if (typeof corrected !== 'string') return corrected[0];
  skipped.push({ model: calibrator.entry.name, why: corrected });
  return answer[0];
}
