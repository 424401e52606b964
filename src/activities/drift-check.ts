/** Gathers what a drift check reads, run, reference, rows and decisions, and makes it: for `omega drift` and the monitor's activity alike. */
import { tradeDateOf } from '../domain/calendar';
import { isFuture } from '../domain/instruments';
import type { LearningSymbol } from '../domain/instruments';
import type { DecisionRecord } from '../domain/proposals';
import type { FeatureSchema } from '../features/schema';
import { checkWithPredecessor, worstState } from '../learning/drift/check-drift';
import type { CheckInput, DriftCheck, InstrumentDrift } from '../learning/drift/check-drift';
import { DriftError } from '../learning/drift/drift-error';
import type { RecentRows } from '../learning/drift/recent-rows';
import { consumedRows, recordedRows } from '../learning/drift/recent-rows';
import { readReference } from '../learning/drift/training-reference';
import type { InstrumentRun, RunManifest } from '../learning/manifest';
import { readManifest } from '../learning/model-run';
import { ModelRunError } from '../learning/model-run-error';
import { schemaOfRun } from '../learning/run-schema';
import type { LearningData } from '../learning/training/learning-data';
import { auditedDates, readAuditDay, spooledDates } from '../storage/audit-reader';
import { openJournalReader } from '../storage/market-journal-reader';
import { latestRun } from '../storage/model-registry';
import type { ObjectStore } from '../storage/object-store';
import { readReviewLog } from '../storage/review-log';

/** Where the rows come from. */
export type DriftSource =
  | { readonly kind: 'recorded'; readonly data: (symbol: LearningSymbol) => Promise<LearningData> }
  | { readonly kind: 'journal'; readonly stateDir: string; readonly account: string };

/** Whose decisions are read: those of an account's audit log. */
export interface AuditPlace {
  readonly stateDir: string;
  readonly account: string;
}

export interface DriftQuestion {
  readonly store: ObjectStore;
  readonly source: DriftSource;
  /** Null: no decisions, features only. */
  readonly audit: AuditPlace | null;
  /** Null: the promoted run, and before the first promotion the latest. */
  readonly runId: string | null;
  /** Null: the newest there is. */
  readonly tradeDate: string | null;
  /** Null: all of the run's. */
  readonly instruments: readonly string[] | null;
  readonly seed: number;
}

/** How one instrument is checked; the monitor knows the check before. */
export type CheckOne = (input: CheckInput) => InstrumentDrift;

/**
 * Rejects with DriftError NOTHING_TO_CHECK, REFERENCE_MISSING or FEATURES_DIFFER, ModelRunError about the run, and what store and
 * journal say.
 */
export async function checkDrift(
  question: DriftQuestion,
  checkOne: (runId: string) => CheckOne = () => checkWithPredecessor,
): Promise<DriftCheck> {
  const { store, source } = question;
  const runId = question.runId ?? (await runInForce(store));
  const manifest = await readManifest(store, runId);
  const schema = schemaOf(manifest);
  const instruments: InstrumentDrift[] = [];
  const skipped: { symbol: string; why: string }[] = [];
  let refused: DriftError | null = null;
  for (const instrument of wantedOf(manifest, question.instruments)) {
    try {
      const recent = await recentRows(question, instrument.symbol, schema);
      if (recent === null) skipped.push({ symbol: instrument.symbol, why: noBars(question) });
      else
        instruments.push(await checkRows(question, instrument, recent, { runId, schema, checkOne: checkOne(runId) }));
    } catch (error) {
      // A damaged reference says nothing of the other instruments.
      if (!(error instanceof DriftError)) throw error;
      refused ??= error;
      skipped.push({ symbol: instrument.symbol, why: error.message });
    }
  }
  if (instruments.length === 0)
    throw (
      refused ??
      new DriftError(
        'NOTHING_TO_CHECK',
        `None of the instruments of run ${runId} can be checked (${skipped.map(({ symbol, why }) => `${symbol}: ${why}`).join('; ')}).`,
      )
    );
  return { runId, source: source.kind, state: worstState(instruments), instruments, skipped };
}

function noBars({ source, tradeDate }: DriftQuestion): string {
  const on = tradeDate === null ? '' : ` on ${tradeDate}`;
  return `there are no ${source.kind === 'recorded' ? 'recorded bars' : 'consumed bars'} of it${on}`;
}

interface CheckedRun {
  readonly runId: string;
  readonly schema: FeatureSchema;
  readonly checkOne: CheckOne;
}

async function checkRows(
  question: DriftQuestion,
  { symbol, label }: InstrumentRun,
  recent: RecentRows,
  { runId, schema, checkOne }: CheckedRun,
): Promise<InstrumentDrift> {
  const reference = await readReference(question.store, runId, symbol);
  if (reference.schemaHash !== schema.hash)
    throw new DriftError('FEATURES_DIFFER', `The drift reference of ${runId} is not of the run's own features.`);
  const decisions = await decisionsOn(question, runId, symbol, recent);
  return checkOne({ symbol, reference, ...recent, decisions, label, seed: question.seed });
}

async function runInForce(store: ObjectStore): Promise<string> {
  const runId = (await readReviewLog(store)).review.promoted ?? (await latestRun(store));
  if (runId !== null) return runId;
  throw new DriftError('NOTHING_TO_CHECK', `There is no model run in ${store.location}: train one with omega train.`);
}

/** The features that the run was fitted on. Throws DriftError FEATURES_DIFFER when this version computes others. */
function schemaOf(manifest: RunManifest): FeatureSchema {
  try {
    return schemaOfRun(manifest);
  } catch (error) {
    if (!(error instanceof ModelRunError)) throw error;
    const message = `This version computes other features than run ${manifest.runId} was fitted on: train one with omega train (${error.message})`;
    throw new DriftError('FEATURES_DIFFER', message);
  }
}

function wantedOf({ runId, instruments }: RunManifest, wanted: readonly string[] | null): readonly InstrumentRun[] {
  const absent = wanted?.filter((symbol) => !instruments.some((instrument) => instrument.symbol === symbol)) ?? [];
  if (absent.length === 0) return instruments.filter(({ symbol }) => wanted?.includes(symbol) ?? true);
  const has = instruments.map(({ symbol }) => symbol).join(', ');
  throw new DriftError('NOTHING_TO_CHECK', `Run ${runId} has no models of ${absent.join(', ')}: it has ${has}.`);
}

async function recentRows(
  { source, tradeDate }: DriftQuestion,
  symbol: LearningSymbol,
  schema: FeatureSchema,
): Promise<RecentRows | null> {
  switch (source.kind) {
    case 'recorded':
      return recordedRows(await source.data(symbol), symbol, tradeDate, schema);
    case 'journal': {
      // A damaged line costs its minute; the replay of the audit log names it.
      const journal = openJournalReader(source.stateDir, source.account, () => undefined);
      return isFuture(symbol) ? consumedRows(journal, symbol, tradeDate, schema) : null;
    }
  }
}

/** The run's decisions on the bars given, one per bar: of two records of one decision the first counts. */
async function decisionsOn(
  { store, audit }: DriftQuestion,
  runId: string,
  symbol: string,
  { rows: { starts } }: RecentRows,
): Promise<readonly DecisionRecord[]> {
  if (audit === null) return [];
  const from = tradeDateOf(starts[0]);
  const to = tradeDateOf(starts[starts.length - 1]);
  const dates = new Set([...(await auditedDates(store)), ...(await spooledDates(audit.stateDir))]);
  const byDecision = new Map<string, DecisionRecord>();
  for (const date of [...dates].filter((known) => known >= from && known <= to).sort()) {
    for (const entry of (await readAuditDay(store, audit.stateDir, date)).entries) {
      if (entry.type !== 'decision' || byDecision.has(entry.record.decisionId)) continue;
      const { account, symbol: decided, modelRun } = entry.record;
      if (account === audit.account && decided === symbol && modelRun === runId)
        byDecision.set(entry.record.decisionId, entry.record);
    }
  }
  return [...byDecision.values()];
}
