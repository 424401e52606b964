/**
 * `omega audit replay`: a past trade date decided again from its journal, its models and the audit log's own record of rules and
 * session, through the code that decides live, and compared decision by decision. Offline: no broker, no session, no server.
 */
import { recordedOpinion } from '../domain/decision-ensemble';
import { MINUTE_MS } from '../domain/exchange-time';
import { INSTRUMENTS, type FutureSymbol, type Instrument } from '../domain/instruments';
import type { DecisionRecord } from '../domain/proposals';
import { readsOutside } from '../features/outside/absent-columns';
import { NOTHING_OUTSIDE } from '../features/outside/outside-values';
import type { OutsideOf, OutsideValues } from '../features/outside/outside-values';
import { DEFAULT_SCHEMA, type FeatureSchema } from '../features/schema';
import { loadEnsemble, type Ensemble } from '../learning/ensemble';
import { readManifest } from '../learning/model-run';
import { ModelRunError } from '../learning/model-run-error';
import { schemaOfRun } from '../learning/run-schema';
import { compareDecision, isSameRuntime, type Comparison } from '../storage/audit-replay';
import type { AuditEntry } from '../storage/audit-entry';
import { readAuditDay } from '../storage/audit-reader';
import type { ConsumedRow } from '../storage/journal-rows';
import { openJournalReader } from '../storage/market-journal-reader';
import type { ObjectStore } from '../storage/object-store';
import { createDecideBar, type DecidableLane } from './market-feed/decide-bar';
import { formOpinion } from './market-feed/opinion';
import { openOutside, type OutsideSettings } from './open-outside';
import { ReplayedFeatures } from './replayed-features';
import { runtimeIds } from './runtime-ids';

export interface ReplayInput {
  readonly store: ObjectStore;
  readonly stateDir: string;
  readonly account: string;
  readonly tradeDate: string;
  readonly outside: OutsideSettings;
}

export interface ReplayResult {
  readonly tradeDate: string;
  readonly account: string;
  readonly decisions: number;
  /** Bit for bit, evidence included. */
  readonly equal: number;
  /** On another machine: the same decision from probabilities that differ by rounding. */
  readonly equalDecision: number;
  readonly withinBoundary: readonly Comparison[];
  readonly differing: readonly Comparison[];
  /** Decisions that cannot be recomputed here, and why. */
  readonly notReplayed: readonly { readonly decisionId: string; readonly why: string }[];
  /** What is wrong with audit log and journal themselves. */
  readonly problems: readonly string[];
  /** False: bit-for-bit equality is not promised, the decisions were made on another CPU, Node or ONNX Runtime. */
  readonly sameRuntime: boolean;
}

type FeedOpened = Extract<AuditEntry, { readonly type: 'feed-opened' }>;

/** Decides the trade date again. Store failures pass through; what is missing or damaged is in the result. */
export async function replayTradeDate(input: ReplayInput): Promise<ReplayResult> {
  const { store, stateDir, account, tradeDate } = input;
  const day = await readAuditDay(store, stateDir, tradeDate);
  const decisions = day.entries.flatMap((entry) =>
    entry.type === 'decision' && entry.record.account === account ? [entry.record] : [],
  );
  const opened = day.entries.filter(
    (entry): entry is FeedOpened => entry.type === 'feed-opened' && entry.account === account,
  );
  const problems = [...day.problems];
  const journal = openJournalReader(stateDir, account, (problem) => problems.push(problem));
  const ensembles = new EnsembleShelf(store);
  const runs = [...decisions, ...opened].map(({ modelRun }) => modelRun);
  const schemas = await schemasOf(store, new Set(runs.filter((run) => run !== null)));
  const outside: OutsideOf = [...schemas.values()].some(readsOutside)
    ? await openOutside(store, input.outside)
    : () => NOTHING_OUTSIDE;
  const comparisons: Comparison[] = [];
  const notReplayed: { readonly decisionId: string; readonly why: string }[] = [];
  for (const [symbol, records] of bySymbol(decisions)) {
    const firstBar = Math.min(...records.map(({ warmupFrom, barClose }) => warmupFrom ?? barClose));
    const lastClose = Math.max(...records.map(({ barClose }) => barClose));
    const rows = await journal.readConsumed(symbol, firstBar, lastClose);
    const features = new FeatureShelf(INSTRUMENTS[symbol], rows, outside(symbol));
    for (const recorded of records) {
      const replayed = await replayDecision(recorded, features, rulesFor(recorded, opened), { ensembles, schemas });
      if (typeof replayed === 'string') notReplayed.push({ decisionId: recorded.decisionId, why: replayed });
      else comparisons.push(compareDecision(recorded, replayed, isSameRuntime(recorded.runtime, runtimeIds())));
    }
  }
  await ensembles.close();
  const withOutcome = (outcome: Comparison['outcome']) => comparisons.filter((found) => found.outcome === outcome);
  return {
    tradeDate,
    account,
    decisions: decisions.length,
    equal: withOutcome('equal').length,
    equalDecision: withOutcome('equal-decision').length,
    withinBoundary: withOutcome('within-boundary'),
    differing: withOutcome('differing'),
    notReplayed,
    problems: [...new Set(problems)],
    sameRuntime: decisions.every(({ runtime }) => isSameRuntime(runtime, runtimeIds())),
  };
}

function bySymbol(records: readonly DecisionRecord[]): ReadonlyMap<FutureSymbol, readonly DecisionRecord[]> {
  const groups = new Map<FutureSymbol, DecisionRecord[]>();
  for (const record of records) groups.set(record.symbol, [...(groups.get(record.symbol) ?? []), record]);
  return groups;
}

/** The rules of the feed that decided: the last one that came up before the bar's successor closed. */
const rulesFor = ({ barClose }: DecisionRecord, opened: readonly FeedOpened[]): FeedOpened | undefined =>
  opened.filter(({ at }) => at < barClose + MINUTE_MS).at(-1);

/** The decision as it comes out now, or why it cannot be made. */
async function replayDecision(
  recorded: DecisionRecord,
  shelf: FeatureShelf,
  rules: FeedOpened | undefined,
  { ensembles, schemas }: { readonly ensembles: EnsembleShelf; readonly schemas: ReadonlyMap<string, FeatureSchema> },
): Promise<DecisionRecord | string> {
  const { symbol, barClose, warmupFrom, schemaHash, modelRun } = recorded;
  const contract = rules?.contracts.find((candidate) => candidate.symbol === symbol);
  if (rules === undefined || contract === undefined) return 'the audit log does not say under which rules it was made';
  const schema = schemas.get(schemaHash ?? '');
  if (schema === undefined) {
    return `it was made with feature schema ${schemaHash?.slice(0, 12) ?? 'none'}, which this version computes neither as its own nor for a run of that day`;
  }
  if (warmupFrom === null) return 'it does not say from which bar its features were warmed up';
  const at = shelf.featuresOf(schema).at({ warmupFrom, barClose, featureHash: recorded.featureHash });
  if (at === null) return 'the journal does not have its bar';
  const ensemble = modelRun === null ? null : await ensembles.get(modelRun, symbol);
  if (typeof ensemble === 'string') return ensemble;
  const lane: DecidableLane = {
    symbol,
    instrument: INSTRUMENTS[symbol],
    contract,
    stale: recorded.stale,
    warmedFrom: at.features.firstBar,
    quote: () => recorded.quote,
    // Votes, regime and second opinions anew; the weights rest on more decisions than this day's and are taken as they were.
    opinion: async () => ({
      ...(await formOpinion(at, ensemble, metaVotesOf(recorded))),
      weights: recordedWeights(recorded),
    }),
    remember: () => undefined,
  };
  const decideBar = createDecideBar({
    account: recorded.account,
    trading: rules.trading,
    modelRun,
    runtime: runtimeIds(),
    proposalsWithheld: rules.proposalsWithheld,
  });
  const { record } = await decideBar(lane, barClose, {
    contexts: { [symbol]: recorded.session },
    day: { trades: recorded.session.tradesToday },
  });
  return record;
}

/** The features of one instrument's day, once for each schema that it was decided under. */
class FeatureShelf {
  private readonly bySchema = new Map<string, ReplayedFeatures>();

  constructor(
    private readonly instrument: Instrument,
    private readonly rows: readonly ConsumedRow[],
    private readonly outside: OutsideValues,
  ) {}

  featuresOf(schema: FeatureSchema): ReplayedFeatures {
    const features =
      this.bySchema.get(schema.hash) ?? new ReplayedFeatures(schema, this.instrument, this.rows, this.outside);
    this.bySchema.set(schema.hash, features);
    return features;
  }
}

/** By hash: the shipped schema, and those of the runs; a run that cannot be read says so where its models are asked. */
async function schemasOf(store: ObjectStore, runs: ReadonlySet<string>): Promise<ReadonlyMap<string, FeatureSchema>> {
  const found = new Map([[DEFAULT_SCHEMA.hash, DEFAULT_SCHEMA]]);
  for (const runId of runs) {
    try {
      const schema = schemaOfRun(await readManifest(store, runId));
      found.set(schema.hash, schema);
    } catch (error) {
      if (!(error instanceof ModelRunError)) throw error;
    }
  }
  return found;
}

/** An earlier version gave stacker and validator the calibrated votes, and did not say so. */
const metaVotesOf = ({ ensemble }: DecisionRecord) => ensemble?.given.metaVotes ?? 'calibrated';

const recordedWeights = ({ votes, ensemble }: DecisionRecord) =>
  ensemble === undefined ? null : recordedOpinion(votes, ensemble).weights;

/** Each run's models are loaded once; a run that cannot be is a sentence. */
class EnsembleShelf {
  private readonly loaded = new Map<string, Ensemble | string>();

  constructor(private readonly store: ObjectStore) {}

  async get(runId: string, symbol: FutureSymbol): Promise<Ensemble | string> {
    const name = `${runId}/${symbol}`;
    const known = this.loaded.get(name);
    if (known !== undefined) return known;
    const ensemble = await loadEnsemble(this.store, runId, symbol).catch((error: unknown) =>
      error instanceof Error ? error.message : String(error),
    );
    this.loaded.set(name, ensemble);
    return ensemble;
  }

  async close(): Promise<void> {
    for (const ensemble of this.loaded.values()) if (typeof ensemble !== 'string') await ensemble.close();
  }
}
