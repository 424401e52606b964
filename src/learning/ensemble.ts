/**
 * The models of one run and instrument, ready to vote.
 * Invariant: a model that cannot be trusted (file damaged, other schema, no finite answer) does not vote, and every answer says which
 * and why.
 */
import type { HedgeRule } from '../domain/hedge';
import type { LearningSymbol } from '../domain/instruments';
import type { Regime } from '../domain/regime';
import type { RawVote, Vote } from '../domain/vote';
import { signalOf } from '../domain/voting';
import { modelColumnIndexes } from '../features/pipeline';
import type { FeatureSchema } from '../features/schema';
import type { ObjectStore } from '../storage/object-store';
import { classesTrouble } from './class-probabilities';
import { applyCalibration } from './evaluation/class-calibration';
import type { ClassCalibration } from './evaluation/class-calibration';
import { windowInput } from './feature-window';
import { loadModel, probabilitiesOf } from './loaded-model';
import type { LoadedModel, ModelLoader } from './loaded-model';
import type { ModelEntry, RunManifest } from './manifest';
import { loadMetaModels } from './meta-models';
import type { MetaModels, MetaOpinions } from './meta-models';
import { partsOf } from './model-role';
import { readManifest } from './model-run';
import { schemaOfRun } from './run-schema';

export interface SkippedModel {
  readonly model: string;
  readonly why: string;
}

export interface Ballot {
  readonly votes: readonly Vote[];
  /** Of the same voters, in the same order: what stacker and validator were trained on, and read. */
  readonly raw: readonly RawVote[];
  /** Voters of the run, those that did not load or did not vote included. */
  readonly voters?: number;
  readonly skipped: readonly SkippedModel[];
}

/** How rows are wanted: columns of a schema, as many of one series as the longest window has. */
export type RowReader = Pick<Ensemble, 'schema' | 'window'>;

export interface Ensemble {
  readonly runId: string;
  readonly symbol: LearningSymbol;
  /** Of the rows that its models read. */
  readonly schema: FeatureSchema;
  /** Voters that loaded, in the manifest's order. */
  readonly models: readonly string[];
  /** Models that did not load and why; repeated in every ballot. `*` stands for the whole run. */
  readonly skipped: readonly SkippedModel[];
  /** Rows that the model with the longest window reads, the judged one included; 1 without such a model. */
  readonly window: number;
  /** Trade dates that the run has learned from: its votes on them say nothing of its performance. */
  readonly learnedFrom: ReadonlySet<string>;
  /** What its models learned to foresee; null when the run has none for this instrument. */
  readonly label: HedgeRule | null;
  /**
   * Votes on one feature row (all columns of the schema). `earlier`: rows before it of the same series, oldest first, as far as `window`
   * reaches. Never throws for a single model's failure.
   */
  vote(row: Float32Array, earlier?: readonly Float32Array[]): Promise<Ballot>;
  /** What stacker and validator make of the ballot's `raw` votes on the same row; absent, with a reason, where the run has none. */
  secondOpinions(row: Float32Array, raw: readonly RawVote[], regime: Regime | null): Promise<MetaOpinions>;
  /** Frees the sessions' memory. */
  close(): Promise<void>;
}

type Calibrator =
  | { readonly kind: 'file'; readonly model: LoadedModel }
  /** A microsecond in place of a run of a graph. */
  | { readonly kind: 'own'; readonly calibration: ClassCalibration };

interface Voter {
  readonly model: LoadedModel;
  /** Corrects its probabilities; null: they stand as they are. */
  readonly calibrator: Calibrator | null;
}

/**
 * The models of `runId` for one instrument. Throws ModelRunError when the run or its manifest is unusable, SCHEMA_MISMATCH when this
 * version computes other features than the run's; single models that are unusable are skipped with a reason. A store that fails half way
 * passes through, and what was opened until then is released.
 */
export async function loadEnsemble(store: ObjectStore, runId: string, symbol: LearningSymbol): Promise<Ensemble> {
  const manifest = await readManifest(store, runId);
  const schema = schemaOfRun(manifest);
  const opened: LoadedModel[] = [];
  const load: ModelLoader = async (entry) => {
    const model = await loadModel(store, runId, entry, schema);
    if (typeof model !== 'string') opened.push(model);
    return model;
  };
  try {
    return new LoadedEnsemble(manifest, symbol, schema, await loadParts(manifest, symbol, load), opened);
  } catch (error) {
    await releaseAll(opened);
    throw error;
  }
}

async function releaseAll(models: readonly LoadedModel[]): Promise<void> {
  for (const { session } of models) await session.release();
}

interface LoadedParts {
  readonly voters: readonly Voter[];
  /** Voters of the run, those that did not load included. */
  readonly ofRun: number;
  readonly skipped: readonly SkippedModel[];
  readonly meta: MetaModels;
}

async function loadParts(manifest: RunManifest, symbol: LearningSymbol, load: ModelLoader): Promise<LoadedParts> {
  const entries = manifest.instruments.find((instrument) => instrument.symbol === symbol)?.models ?? [];
  const parts = partsOf<ModelEntry>(entries);
  const voters: Voter[] = [];
  const skipped: SkippedModel[] = parts.refused.map(({ model, why }) => ({ model, why }));
  if (entries.length === 0) {
    const why = manifest.skipped.find((skip) => skip.symbol === symbol)?.why ?? 'it was not fitted for this instrument';
    skipped.push({ model: '*', why: `run ${manifest.runId} has no models for ${symbol}: ${why}` });
  }
  /** A model of three classes, or null and a notice. */
  const loadVoting = async (entry: ModelEntry): Promise<LoadedModel | null> => {
    const result = classesTrouble(entry.classes) ?? (await load(entry));
    if (typeof result !== 'string') return result;
    skipped.push({ model: entry.name, why: result });
    return null;
  };
  const loadCalibrator = async (entry: ModelEntry | undefined): Promise<Calibrator | null> => {
    if (entry === undefined) return null;
    const calibration = entry.role?.role === 'calibrator' ? entry.role.calibration : undefined;
    if (calibration !== undefined) return { kind: 'own', calibration };
    const model = await loadVoting(entry);
    return model === null ? null : { kind: 'file', model };
  };
  for (const entry of parts.voters) {
    const model = await loadVoting(entry);
    if (model === null) continue;
    voters.push({ model, calibrator: await loadCalibrator(parts.calibrators.get(entry.name)) });
  }
  return { voters, ofRun: parts.voters.length, skipped, meta: await loadMetaModels(parts, load) };
}

class LoadedEnsemble implements Ensemble {
  readonly runId: string;
  readonly symbol: LearningSymbol;
  readonly schema: FeatureSchema;
  readonly learnedFrom: ReadonlySet<string>;
  readonly label: HedgeRule | null;
  readonly window: number;
  readonly skipped: readonly SkippedModel[];
  private readonly voters: readonly Voter[];
  private readonly ofRun: number;
  private readonly meta: MetaModels;
  private readonly columns: Int32Array;

  constructor(
    manifest: RunManifest,
    symbol: LearningSymbol,
    schema: FeatureSchema,
    { voters, ofRun, skipped, meta }: LoadedParts,
    private readonly opened: readonly LoadedModel[],
  ) {
    this.runId = manifest.runId;
    this.symbol = symbol;
    this.schema = schema;
    this.learnedFrom = new Set(manifest.data.days);
    this.label = manifest.instruments.find((instrument) => instrument.symbol === symbol)?.label ?? null;
    this.voters = voters;
    this.ofRun = ofRun;
    this.skipped = skipped;
    this.meta = meta;
    this.window = Math.max(1, ...voters.map(({ model }) => model.entry.window ?? 1));
    this.columns = modelColumnIndexes(schema);
  }

  get models(): readonly string[] {
    return this.voters.map(({ model }) => model.entry.name);
  }

  async vote(row: Float32Array, earlier: readonly Float32Array[] = []): Promise<Ballot> {
    const { input, missing } = this.inputOf(row);
    if (missing.length > 0) {
      const why = `no value for ${missing.join(', ')}`;
      return {
        votes: [],
        raw: [],
        voters: this.ofRun,
        skipped: [...this.skipped, ...this.models.map((model) => ({ model, why }))],
      };
    }
    const inputs = [...(this.window > 1 ? earlier.map((before) => this.modelColumns(before)) : []), input];
    // All at once: each answer takes a turn of the event loop, and one turn serves them all.
    const answers = await Promise.all(this.voters.map((voter) => opinionOf(voter, inputs)));
    const said = this.voters.map(({ model }, i) => ({ model: model.entry.name, ...answers[i] }));
    return {
      votes: said.flatMap(({ model, probabilities }) =>
        probabilities === null ? [] : [{ model, signal: signalOf(probabilities), probabilities }],
      ),
      voters: this.ofRun,
      raw: said.flatMap(({ model, raw }) => (raw === null ? [] : [{ model, probabilities: raw }])),
      skipped: [...this.skipped, ...said.flatMap(({ trouble }) => trouble ?? [])],
    };
  }

  secondOpinions(row: Float32Array, raw: readonly RawVote[], regime: Regime | null): Promise<MetaOpinions> {
    return this.meta.judge(this.inputOf(row).input, raw, regime);
  }

  close(): Promise<void> {
    return releaseAll(this.opened);
  }

  private modelColumns(row: Float32Array): Float32Array {
    const { columns } = this;
    const input = new Float32Array(columns.length);
    for (let i = 0; i < columns.length; i += 1) input[i] = row[columns[i]];
    return input;
  }

  private inputOf(row: Float32Array): { readonly input: Float32Array; readonly missing: readonly string[] } {
    if (row.length !== this.schema.columns.length) {
      return {
        input: row,
        missing: [`every column: the row has ${row.length}, the schema ${this.schema.columns.length}`],
      };
    }
    const input = this.modelColumns(row);
    const isWhole = input.every((value) => Number.isFinite(value));
    return {
      input,
      missing: isWhole ? [] : this.schema.modelColumns.filter((_name, i) => !Number.isFinite(input[i])),
    };
  }
}

interface VoterAnswer {
  /** Null: it does not vote. */
  readonly probabilities: Vote['probabilities'] | null;
  /** Before the calibrator; null where it does not vote. */
  readonly raw: Vote['probabilities'] | null;
  readonly trouble: SkippedModel | null;
}

/**
 * A voter's probabilities on the last of `rows` (model columns, oldest first), corrected where they can be; a calibrator that fails leaves
 * a notice.
 */
async function opinionOf({ model, calibrator }: Voter, rows: readonly Float32Array[]): Promise<VoterAnswer> {
  const { name, window } = model.entry;
  const input = window === undefined ? rows[rows.length - 1] : windowInput(rows, window);
  const answer = await probabilitiesOf(model, input);
  if (typeof answer === 'string') return { probabilities: null, raw: null, trouble: { model: name, why: answer } };
  const [raw] = answer;
  if (calibrator === null) return { probabilities: raw, raw, trouble: null };
  switch (calibrator.kind) {
    case 'own': {
      const [sell, hold, buy] = applyCalibration(calibrator.calibration, Float64Array.from(raw));
      return { probabilities: [sell, hold, buy], raw, trouble: null };
    }
    case 'file': {
      const corrected = await probabilitiesOf(calibrator.model, Float32Array.from(raw));
      return typeof corrected === 'string'
        ? { probabilities: raw, raw, trouble: { model: calibrator.model.entry.name, why: corrected } }
        : { probabilities: corrected[0], raw, trouble: null };
    }
  }
}
