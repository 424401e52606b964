/** The model card of a run (requirement E10), `models/{run_id}/card.md` beside `gates.json`: what a human reads before saying yes. */
import type { LearningSymbol } from '../../domain/instruments';
import { modelKey } from '../../storage/model-registry';
import type { ObjectStore } from '../../storage/object-store';
import { storedJson } from '../../storage/stored-json';
import type { GateVerdict } from '../evaluation/gates';
import { meanAuc } from '../metrics';
import type { InstrumentRun, ModelEntry, RunManifest } from '../manifest';

export interface JudgedRun {
  readonly manifest: RunManifest;
  readonly verdict: GateVerdict;
  readonly instruments: readonly { readonly symbol: LearningSymbol; readonly holdOutAuc: number | null }[];
}

/** Both files are replaced whole: a repeated assembly writes the same. */
export async function writeRunCard(store: ObjectStore, judged: JudgedRun): Promise<void> {
  const { runId } = judged.manifest;
  await store.put(modelKey(runId, 'gates.json'), storedJson(judged.verdict));
  await store.put(modelKey(runId, 'card.md'), Buffer.from(runCard(judged)));
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
      ['voter', 'family', 'AUC of the folds', 'AUC of the hold-out', 'columns'],
      voters.map((model) => [
        model.name,
        model.family,
        foldText(model),
        shown(model.holdOut?.auc ?? null),
        String(model.features?.length ?? ''),
      ]),
    ),
    ...others.map(({ name, family }) => `- ${name} (${family})`),
    ...(notes ?? []).map((note) => `- ${note}`),
  ].join('\n\n');
}

function foldText({ foldMetrics }: ModelEntry): string {
  const aucs = (foldMetrics ?? []).flatMap(({ auc }) => auc ?? []);
  const mean = meanAuc(foldMetrics ?? []);
  return mean === null
    ? '–'
    : `${mean.toFixed(3)} (${Math.min(...aucs).toFixed(3)} to ${Math.max(...aucs).toFixed(3)})`;
}
