/**
 * The steps of a training run, each repeatable: what the workflow's activities and `omega train` call alike.
 * Everything between two steps is in the store under `processed/training/{run_id}/`; a killed step begins again with what is there.
 */
import type { Config, StorageConfig } from '../config/config';
import { writeReferences } from '../learning/drift/training-reference';
import { judgeGates } from '../learning/evaluation/gates';
import type { GateVerdict, LabelledPredictions, TradingEvidence } from '../learning/evaluation/gates';
import { assembleRun, fitInstruments } from '../learning/training/assemble-run';
import type { FittedInstrument } from '../learning/training/assemble-run';
import { fitInThread } from '../learning/training/fit-job';
import type { FamilySummary, FitThreadOptions } from '../learning/training/fit-job';
import { holdOutAnswers } from '../learning/training/hold-out-answers';
import type { HoldOutAnswers } from '../learning/training/hold-out-answers';
import { horizonTrading } from '../learning/training/horizon-trading';
import { futuresData, stockData } from '../learning/training/learning-data';
import { prepareTraining } from '../learning/training/prepare-training';
import type { PreparedInstrument, PreparedTraining, TrainingRequest } from '../learning/training/prepare-training';
import { writeRunCard } from '../learning/training/run-card';
import { trainingPrefix } from '../learning/training/training-parts';
import type { RunManifest } from '../learning/manifest';
import type { FeatureSchema } from '../features/schema';
import { isFuture } from '../domain/instruments';
import type { FutureSymbol, LearningSymbol } from '../domain/instruments';
import type { RecordedStock } from '../market-data/recorded-equity';
import type { RecordedMarket } from '../market-data/recorded-market';
import { stampRun } from '../learning/model-run';
import { ensembleRules } from './market-feed/decide-bar';
import { prefixedStore } from '../storage/prefixed-store';
import type { ObjectStore } from '../storage/object-store';

/** What a run made on the hold-out by trading it; the back-test's room knows how. */
export type TradeHoldOut = (options: {
  /** Holds the run whose voters never saw the dates. */
  readonly store: ObjectStore;
  readonly runId: string;
  readonly market: RecordedMarket;
  readonly instruments: readonly FutureSymbol[];
  readonly tradeDates: readonly string[];
  readonly config: Pick<Config, 'trading' | 'limits'>;
}) => Promise<TradingEvidence>;

export interface TrainingParts {
  readonly config: Pick<Config, 'trading' | 'limits'> & { readonly storage: StorageConfig };
  readonly store: ObjectStore;
  readonly schema: FeatureSchema;
  readonly codeVersion: string;
  /** The recorded days, read when they are needed. */
  readonly market: () => Promise<RecordedMarket>;
  /** A stock's minutes to learn from in place of the market. */
  readonly stock?: () => Promise<RecordedStock>;
  readonly tradeHoldOut: TradeHoldOut;
  /** Node's own options for training threads. */
  readonly threadArguments?: readonly string[];
}

/** A trained run, judged: it is in the store and may be promoted by whoever may. */
export interface TrainedRun {
  readonly manifest: RunManifest;
  readonly verdict: GateVerdict;
  readonly instruments: readonly {
    readonly symbol: LearningSymbol;
    readonly voters: number;
    readonly stacker: string | null;
    readonly validator: boolean;
    readonly holdOutAuc: number | null;
    readonly notes: readonly string[];
  }[];
}

/** Rejects with TrainingError NOTHING_TO_TRAIN. */
export async function prepareStep(parts: TrainingParts, request: TrainingRequest): Promise<PreparedTraining> {
  const data = parts.stock === undefined ? futuresData(await parts.market()) : stockData(await parts.stock());
  return prepareTraining(parts.store, data, request, parts.schema);
}

/** One family of one instrument in a thread. Rejects with TrainingError FIT_FAILED; the fits before are stored. */
export const fitStep = (
  { config, schema, threadArguments }: Pick<TrainingParts, 'config' | 'schema' | 'threadArguments'>,
  { runId, seed, parameters }: TrainingRequest,
  { symbol, setHash }: PreparedInstrument,
  family: string,
  options: FitThreadOptions = {},
): Promise<FamilySummary> =>
  fitInThread(
    {
      storage: config.storage,
      runId,
      symbol,
      setHash,
      family,
      ...(parameters?.[family] && { parameters: parameters[family] }),
      seed,
      schemaHash: schema.hash,
    },
    { ...(threadArguments && { threadArguments }), ...options },
  );

/** Second level, gates on the hold-out, the run and its card. Rejects with TrainingError PART_DAMAGED, ModelRunError RUN_EXISTS. */
export async function assembleStep(
  parts: TrainingParts,
  request: TrainingRequest,
  prepared: PreparedTraining,
): Promise<TrainedRun> {
  const { store, schema, codeVersion, config, threadArguments } = parts;
  const { runId, seed } = request;
  const rules = ensembleRules(config.trading);
  const assembling = { ...request, prepared, schema, codeVersion, rules, ...(threadArguments && { threadArguments }) };
  const fitted = await fitInstruments(store, assembling);
  const held: HoldOutAnswers[] = [];
  const tradeDates = [...new Set(fitted.flatMap(({ set }) => set.holdOutDays))].sort();
  let trading: TradingEvidence = { daily: [], trades: 0 };
  if (tradeDates.length > 0) {
    const apart = prefixedStore(store, `${trainingPrefix(runId)}hold-out/`);
    await assembleRun(apart, assembling, fitted, 'hold-out');
    for (const { set } of fitted) held.push(...[(await holdOutAnswers(apart, assembling, set)) ?? []].flat());
    trading =
      parts.stock === undefined
        ? await tradeFutures(parts, { store: apart, runId, tradeDates, fitted })
        : horizonTrading(fitted, held);
  }
  const verdict = judgeGates({ kind: 'model', predictions: pooled(held), ...trading }, seed);
  const sets = fitted.map(({ set }) => set);
  await writeReferences(store, runId, sets, schema);
  const manifest = await assembleRun(store, assembling, fitted, 'final');
  // A stock's years-old minutes are no news to the runs that trade.
  if (parts.stock === undefined) await stampRun(store, manifest);
  const instruments = fitted.map(({ set, voters, secondLevel }) => ({
    symbol: set.symbol,
    voters: voters.size,
    stacker: secondLevel.stacker?.recipe.name ?? null,
    validator: secondLevel.validator !== null,
    holdOutAuc: held.find(({ symbol }) => symbol === set.symbol)?.auc ?? null,
    notes: manifest.instruments.find(({ symbol }) => symbol === set.symbol)?.notes ?? [],
  }));
  const trained = { manifest, verdict, instruments };
  await writeRunCard(store, trained);
  return trained;
}

async function tradeFutures(
  { market, tradeHoldOut, config }: TrainingParts,
  {
    fitted,
    ...run
  }: Pick<Parameters<TradeHoldOut>[0], 'store' | 'runId' | 'tradeDates'> & {
    readonly fitted: readonly FittedInstrument[];
  },
): Promise<TradingEvidence> {
  const instruments = fitted.map(({ set }) => set.symbol).filter(isFuture);
  return tradeHoldOut({ ...run, market: await market(), instruments, config });
}

/** The rows of all instruments as one set: probabilities of calibrated models compare. */
function pooled(held: readonly HoldOutAnswers[]): LabelledPredictions {
  return {
    probabilities: Float64Array.from(held.flatMap(({ predictions }) => Array.from(predictions.probabilities))),
    y: Uint8Array.from(held.flatMap(({ predictions }) => Array.from(predictions.y))),
    classes: 3,
    tradeDates: held.flatMap(({ predictions }) => predictions.tradeDates),
  };
}
