/** The model card of a run (requirement E10), `models/{run_id}/card.md` beside `gates.json`: what a human reads before saying yes. */
import { z } from 'zod';
import type { LearningSymbol } from '../../domain/instruments';
import { modelKey } from '../../storage/model-registry';
import { isStoreError, type ObjectStore } from '../../storage/object-store';
import { parseStoredJson, storedJson } from '../../storage/stored-json';
import { GATE_NAMES, type GateVerdict } from '../evaluation/gates';
import { meanAuc } from '../metrics';
import type { InstrumentRun, ModelEntry, RunManifest } from '../manifest';
import { ModelRunError } from '../model-run-error';
import { importanceText, medianImportances } from './column-importances';

export interface JudgedRun {
  readonly manifest: RunManifest;
  readonly verdict: GateVerdict;
  readonly instruments: readonly { readonly symbol: LearningSymbol; readonly holdOutAuc: number | null }[];
}

const gatesKey = (runId: string): string => modelKey(runId, 'gates.json');

/** Both files are replaced whole: a repeated assembly writes the same. */
export async function writeRunCard(store: ObjectStore, judged: JudgedRun): Promise<void> {
  const { runId } = judged.manifest;
  await store.put(gatesKey(runId), storedJson(judged.verdict));
  await store.put(modelKey(runId, 'card.md'), Buffer.from(runCard(judged)));
}

const figures = z.object({
  tradeDates: z.number(),
  trades: z.number(),
  sharpe: z.number().nullable(),
  auc: z.number().nullable(),
  aucLowerBound: z.number().nullable(),
});
const verdictSchema = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('passed'), figures }),
  z.object({
    outcome: z.literal('refused'),
    figures,
    failures: z.array(z.object({ gate: z.enum(GATE_NAMES), why: z.string() })),
  }),
  z.object({ outcome: z.literal('insufficient'), code: z.literal('GATE_INSUFFICIENT_DATA'), figures, why: z.string() }),
]);

/** What the gates said of a run; null of one that they were not asked about. Throws ModelRunError MANIFEST_INVALID naming a damaged file. */
export async function readGates(store: ObjectStore, runId: string): Promise<GateVerdict | null> {
  let bytes: Uint8Array;
  try {
    bytes = await store.get(gatesKey(runId));
  } catch (error) {
    if (isStoreError(error, 'NOT_FOUND')) return null;
    throw error;
  }
  try {
    return verdictSchema.parse(parseStoredJson(bytes));
  } catch (error) {
    const message = `${gatesKey(runId)} in ${store.location} is damaged: what the gates said of the run is not known.`;
    throw new ModelRunError('MANIFEST_INVALID', message, { cause: error });
  }
}

const shown = (value: number | null): string => (value === null ? '–' : value.toFixed(3));
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** Markdown. Pure. */
export function runCard({ manifest, verdict, instruments }: JudgedRun): string {
  const { runId, created, codeVersion, seed, data, schema } = manifest;
  const parts = [
    `# Model run ${runId}`,
    `Made ${created} by version ${codeVersion}, seed ${seed}, on ${data.days.length} trade dates (${data.days[0]} to ${data.days.at(-1)}), ${data.rows} labelled rows, data ${data.sha256.slice(0, 12)}, features ${schema.hash.slice(0, 12)} (${schema.modelColumns.length} columns).`,
    `## Gates\n\n${gatesText(verdict)}`,
    ...manifest.instruments.map((instrument) =>
      instrumentText(instrument, instruments.find(({ symbol }) => symbol === instrument.symbol)?.holdOutAuc ?? null),
    ),
    ...manifest.skipped.map(({ symbol, why }) => `## ${symbol}\n\nLeft out: ${why}.`),
    'Back-tests and hold-outs are simulations: fills are modelled, and nothing here promises a result.',
  ];
  return `${parts.join('\n\n')}\n`;
}

export function gatesText(verdict: GateVerdict): string {
  const { tradeDates, trades, sharpe, auc, aucLowerBound } = verdict.figures;
  const figures = `Hold-out of ${tradeDates} trade dates: AUC ${shown(auc)} (lower 95 % bound ${shown(aucLowerBound)}), Sharpe ${shown(sharpe)}, ${trades} trades.`;
  switch (verdict.outcome) {
    case 'passed':
      return `Passed. ${figures}`;
    case 'refused':
      return `Refused: ${verdict.failures.map(({ why }) => why).join('; ')}. ${figures}`;
    case 'insufficient':
      return `${verdict.code}: ${verdict.why} ${figures}`;
  }
}

function instrumentText(
  { symbol, rows, classCounts, notes, models }: InstrumentRun,
  holdOutAuc: number | null,
): string {
  const voters = models.filter(({ role }) => role === undefined || role.role === 'voter');
  const others = models.filter(({ role }) => role !== undefined && role.role !== 'voter' && role.role !== 'calibrator');
  const labels = `${rows} rows: ${classCounts.sell} sell, ${classCounts.hold} hold, ${classCounts.buy} buy`;
  return [
    `## ${symbol}`,
    `${labels}. AUC of the whole on the hold-out: ${shown(holdOutAuc)}.`,
    table(
      ['voter', 'family', 'AUC of the folds', 'AUC of the hold-out', 'columns', 'leans on'],
      voters.map((model) => [
        model.name,
        model.family,
        foldText(model),
        shown(model.holdOut?.auc ?? null),
        String(model.features?.length ?? ''),
        importanceText(model.importances ?? []),
      ]),
    ),
    ...importanceLines(voters),
    ...others.map(({ name, family }) => `- ${name} (${family})`),
    ...(notes ?? []).map((note) => `- ${note}`),
  ].join('\n\n');
}

/** What the voters lean on together, and what the figures mean. */
function importanceLines(voters: readonly ModelEntry[]): readonly string[] {
  const median = medianImportances(voters);
  if (median.length === 0) return [];
  return [
    `Leans on, median of the voters: ${importanceText(median)}. Rise of the log loss on the hold-out, in thousandths of a nat, with the column's values shuffled.`,
  ];
}

function foldText({ foldMetrics }: ModelEntry): string {
  const aucs = (foldMetrics ?? []).flatMap(({ auc }) => auc ?? []);
  const mean = meanAuc(foldMetrics ?? []);
  return mean === null
    ? '–'
    : `${mean.toFixed(3)} (${Math.min(...aucs).toFixed(3)} to ${Math.max(...aucs).toFixed(3)})`;
}
