/**
 * From finished fits to a model run: voters with their calibrators, stacker, validator, and the manifest that says what each is for.
 * The same parts make two runs: `hold-out`, whose voters never saw the hold-out and which the gates judge, and `final`, which may be promoted.
 * Invariant: files first, manifest last; the same parts give the same bytes, so that a repeated assembly changes nothing.
 */
import type { EnsembleRules } from '../../domain/decision-ensemble';
import { instantOfRun } from '../../domain/ids';
import type { FeatureSchema } from '../../features/schema';
import type { ObjectStore } from '../../storage/object-store';
import { classCounts } from '../dataset';
import { purgedFolds } from '../evaluation/purged-folds';
import { tunedFamily } from '../families/tuned-family';
import { CLASS_NAMES } from '../labels';
import { MANIFEST_FORMAT, storedSchema } from '../manifest';
import type { InstrumentRun, ModelEntry, RunManifest } from '../manifest';
import { exportCalibrator } from '../meta-calibration';
import { writeManifest, writeModel } from '../model-run';
import type { ModelRole } from '../model-role';
import { INPUT_NAME, OUTPUT_NAME } from '../onnx/voting-graph';
import { exportStacker } from '../stacker';
import { exportValidator, storedCalibration, VALIDATOR_NAME, VALIDATOR_PARAMETERS } from '../validator';
import { recorded } from '../families/model-recipe';
import type { ModelRecipe } from '../families/model-recipe';
import { readTrainingSet } from './fit-job';
import { withBroughtVoters } from './brought-voters';
import { namedImportances } from './column-importances';
import { FIT_TARGETS } from './fit-part';
import type { FitPart } from './fit-part';
import type { PreparedTraining, TrainingRequest } from './prepare-training';
import { fitSecondLevel, outOfFold } from './second-level';
import type { SecondLevel } from './second-level';
import { fitPin, partStore } from './training-parts';
import type { PartStore } from './training-parts';
import { TrainingError } from './training-error';
import { hashOf } from './training-set-file';
import { rowsAt } from './training-set';
import type { TrainingSet } from './training-set';

export type RunKind = 'hold-out' | 'final';

export interface AssembleRequest extends TrainingRequest {
  readonly prepared: PreparedTraining;
  readonly schema: FeatureSchema;
  readonly codeVersion: string;
  /** How the run will decide: primary signals and hold-out are judged by it. */
  readonly rules: EnsembleRules;
  /** Node's own options for training threads. */
  readonly threadArguments?: readonly string[];
}

export interface FittedInstrument {
  readonly set: TrainingSet;
  readonly voters: ReadonlyMap<string, readonly FitPart[]>;
  /** The parts of a family. */
  readonly partsOf: (family: string) => PartStore;
  readonly secondLevel: SecondLevel;
}

/** The second level of every instrument; voters whose fits are not all stored are left out with a note. */
export async function fitInstruments(
  store: ObjectStore,
  request: AssembleRequest,
): Promise<readonly FittedInstrument[]> {
  const fitted: FittedInstrument[] = [];
  for (const { symbol, setHash } of request.prepared.instruments) {
    const set = await readTrainingSet(store, request.runId, symbol, setHash);
    const partsOf = (family: string): PartStore =>
      partStore(store, request.runId, symbol, fitPin(setHash, request.parameters?.[family]));
    const { voters, missing } = await finishedVoters(set, partsOf, request.families);
    if (voters.size === 0)
      throw new TrainingError(
        'PART_DAMAGED',
        `No family of ${symbol} is fitted: run the fits of ${request.runId} again.`,
      );
    const votes = outOfFold(set, voters);
    const level = await fitSecondLevel(set, votes, request.seed, request.rules, threadOptions(request));
    const secondLevel = { ...level, notes: [...missing, ...level.notes] };
    fitted.push({ set, voters, partsOf, secondLevel });
  }
  return fitted;
}

const threadOptions = ({ threadArguments }: AssembleRequest) =>
  threadArguments === undefined ? {} : { threadArguments };

async function finishedVoters(set: TrainingSet, partsOf: FittedInstrument['partsOf'], families: readonly string[]) {
  const wanted = FIT_TARGETS.filter((target) => target !== 'hold-out' || set.holdOut.length > 0);
  const voters = new Map<string, readonly FitPart[]>();
  const missing: string[] = [];
  for (const family of families) {
    const found = await Promise.all(wanted.map((target) => partsOf(family).read(family, target)));
    const whole = found.flatMap((part) => part ?? []);
    if (whole.length === wanted.length) voters.set(family, whole);
    else
      missing.push(
        `${family} does not vote: ${wanted.length - whole.length} of its ${wanted.length} fits failed or are damaged`,
      );
  }
  return { voters, missing };
}

/** Writes the run into `store` (for the hold-out run: a store of its own). Rejects with ModelRunError RUN_EXISTS, TrainingError PART_DAMAGED. */
export async function assembleRun(
  store: ObjectStore,
  request: AssembleRequest,
  fitted: readonly FittedInstrument[],
  kind: RunKind,
): Promise<RunManifest> {
  const instruments: InstrumentRun[] = [];
  for (const instrument of fitted) {
    const own = await writeInstrument(store, request, instrument, kind);
    // Nobody knows what a brought model was fitted on: it may have seen the hold-out, so the gates judge the run without.
    instruments.push(kind === 'final' ? await withBroughtVoters(store, request, own) : own);
  }
  const manifest = manifestOf(request, fitted, instruments, kind);
  await writeManifest(store, manifest);
  return manifest;
}

async function writeInstrument(
  store: ObjectStore,
  request: AssembleRequest,
  { set, voters, partsOf, secondLevel }: FittedInstrument,
  kind: RunKind,
): Promise<InstrumentRun> {
  const { runId, schema } = request;
  const { symbol } = set;
  const metadata = { schema_hash: schema.hash, symbol };
  const models: ModelEntry[] = [];
  const write = async (entry: WrittenModel, bytes: Uint8Array): Promise<void> => {
    const file = `${symbol}/${entry.name}.onnx`;
    await writeModel(store, runId, file, bytes);
    models.push({ ...entry, file, sha256: hashOf(bytes), bytes: bytes.length, ...shapeOf(schema) });
  };
  for (const [family, fits] of voters) {
    const recipe = tunedFamily(family, request.parameters?.[family]);
    await write(voterEntry(set, recipe, fits, kind), await partsOf(family).file(family, kind));
    const calibration = secondLevel.calibrations.get(family);
    const name = `${family}_calibrator`;
    if (calibration !== undefined)
      await write(
        roleEntry(name, 'SigmoidCalibration', {
          role: 'calibrator',
          of: family,
          calibration: storedCalibration(calibration),
        }),
        exportCalibrator(calibration, name, metadata),
      );
  }
  const { stacker, validator, notes } = secondLevel;
  if (stacker !== null) {
    const { name, family, parameters } = stacker.recipe;
    await write(
      { ...roleEntry(name, family, stacker.role), parameters: mutable(recorded(parameters)) },
      exportStacker(stacker, metadata),
    );
  }
  if (validator !== null) {
    const entry = roleEntry(VALIDATOR_NAME, 'LGBMClassifier', validator.role);
    await write(
      { ...entry, parameters: mutable(recorded(VALIDATOR_PARAMETERS)) },
      exportValidator(validator, metadata),
    );
  }
  const [sell, hold, buy] = classCounts(set.rows.data);
  return {
    symbol,
    contracts: [...set.contracts],
    days: [...set.days],
    rows: set.rows.data.rows,
    classCounts: { sell, hold, buy },
    label: set.label,
    notes: [...notes],
    folds: foldSpans(set),
    models,
  };
}

type WrittenModel = Omit<ModelEntry, 'file' | 'sha256' | 'bytes' | keyof ReturnType<typeof shapeOf>>;

const shapeOf = (schema: FeatureSchema) => ({
  schemaHash: schema.hash,
  input: INPUT_NAME,
  output: OUTPUT_NAME,
  classes: [...CLASS_NAMES],
});

const roleEntry = (name: string, family: string, role: ModelRole): WrittenModel => ({
  name,
  family,
  role,
  parameters: {},
  holdOut: null,
});

function voterEntry(set: TrainingSet, recipe: ModelRecipe, fits: readonly FitPart[], kind: RunKind): WrittenModel {
  const own = fits.find(({ target }) => target === kind);
  const judged = fits.find(({ target }) => target === 'hold-out');
  const figures = ({ result }: FitPart) => {
    const { trainRows, testRows, accuracy, logLoss, auc } = result;
    return { trainRows, testRows, accuracy, logLoss, auc };
  };
  return {
    name: recipe.name,
    family: recipe.family,
    parameters: mutable({ ...recipe.parameters, random_state: own?.seed ?? null }),
    ...(recipe.window === null ? {} : { window: recipe.window }),
    features: own?.result.columns.map((column) => set.columns[column]) ?? [],
    ...(judged?.importances && { importances: namedImportances(judged.importances, set.columns) }),
    foldMetrics: fits.filter(({ target }) => target.startsWith('fold')).map(figures),
    holdOut: judged === undefined ? null : { testDays: [...set.holdOutDays], ...figures(judged) },
  };
}

const mutable = (parameters: ReturnType<typeof recorded>): ModelEntry['parameters'] =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      typeof value === 'object' && value !== null ? [...value] : value,
    ]),
  );

function foldSpans(set: TrainingSet): NonNullable<InstrumentRun['folds']> {
  const rows = rowsAt(set, set.learning);
  const iso = (row: number): string => new Date(rows.starts[row]).toISOString();
  return purgedFolds(rows).map(({ train, test }) => ({
    testFrom: iso(test[0]),
    testTo: iso(test[test.length - 1]),
    trainRows: train.length,
    testRows: test.length,
  }));
}

function manifestOf(
  { runId, seed, prepared, schema, codeVersion }: AssembleRequest,
  fitted: readonly FittedInstrument[],
  instruments: InstrumentRun[],
  kind: RunKind,
): RunManifest {
  const held = new Set(kind === 'hold-out' ? fitted.flatMap(({ set }) => set.holdOutDays) : []);
  const starts = fitted.flatMap(({ set }) => [set.rows.starts[0], set.rows.starts[set.rows.starts.length - 1]]);
  return {
    format: MANIFEST_FORMAT,
    runId,
    created: new Date(instantOfRun(runId)).toISOString(),
    codeVersion,
    seed,
    data: {
      days: prepared.days.filter((day) => !held.has(day)),
      from: new Date(Math.min(...starts)).toISOString(),
      to: new Date(Math.max(...starts)).toISOString(),
      rows: fitted.reduce((sum, { set }) => sum + set.rows.data.rows, 0),
      sha256: hashOf(Buffer.from(prepared.instruments.map(({ setHash }) => setHash).join())),
    },
    schema: storedSchema(schema),
    instruments,
    skipped: prepared.skipped.map((skip) => ({ ...skip })),
  };
}
