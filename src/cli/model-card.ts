/** A run for people: what it was made of, and each model with what it scored on the hold-out. */
import type { ReviewState } from '../domain/model-review';
import type { GateVerdict } from '../learning/evaluation/gates';
import type { ModelEntry, RunManifest } from '../learning/manifest';
import { meanAuc } from '../learning/metrics';
import { importanceText, medianImportances } from '../learning/training/column-importances';
import { gatesText } from '../learning/training/run-card';
import { textTable } from './text-table';

/** `gates`: what they said of the run, null when they were not asked. */
export function cardOf(manifest: RunManifest, state: ReviewState, gates: GateVerdict | null): readonly string[] {
  const { runId, created, codeVersion, seed, data, schema, instruments, skipped } = manifest;
  return [
    `${runId}  ${state}, made ${created} by version ${codeVersion}, seed ${seed}`,
    `data     ${daysText(data.days)}: ${data.rows} rows, sha256 ${data.sha256.slice(0, 12)}`,
    `schema   version ${schema.version}, ${schema.modelColumns.length} of ${schema.columns.length} columns, ${schema.hash.slice(0, 12)}`,
    `gates    ${gates === null ? 'not asked about this run' : gatesText(gates)}`,
    ...instruments.flatMap(({ symbol, rows, models, label, folds, notes = [] }) => [
      '',
      `${symbol}  ${rows} rows, label ${label.horizonBars} bars ahead, hold within ${Number(label.bandPoints.toPrecision(4))} points${folds === undefined ? '' : `, ${folds.length} folds`}`,
      ...textTable<ModelEntry>(
        [
          { title: 'model', cell: ({ name }) => name },
          { title: 'family', cell: ({ family }) => family },
          { title: 'AUC folds', align: 'right', cell: ({ foldMetrics = [] }) => figure(meanAuc(foldMetrics)) },
          { title: 'size', align: 'right', cell: ({ bytes }) => `${Math.ceil(bytes / 1_024)} kB` },
          { title: 'accuracy', align: 'right', cell: ({ holdOut }) => figure(holdOut?.accuracy) },
          { title: 'log loss', align: 'right', cell: ({ holdOut }) => figure(holdOut?.logLoss) },
          { title: 'AUC', align: 'right', cell: ({ holdOut }) => figure(holdOut?.auc) },
          {
            title: 'on',
            cell: ({ holdOut, brought }) =>
              (holdOut === null ? null : daysText(holdOut.testDays)) ?? (brought ? 'brought' : ''),
          },
        ],
        models.filter(({ role }) => role?.role !== 'calibrator'),
      ),
      ...leansOn(models),
      ...notes,
    ]),
    ...skipped.map(({ symbol, why }) => `${symbol} left out: ${why}`),
  ];
}

/** What the voters lean on, together and each: the rise of the log loss on the hold-out with a column's values shuffled. */
function leansOn(models: readonly ModelEntry[]): readonly string[] {
  const voters = models.flatMap(({ name, importances }) => (importances === undefined ? [] : [{ name, importances }]));
  if (voters.length === 0) return [];
  const rows = [{ name: 'median of the voters', importances: medianImportances(voters) }, ...voters];
  return [
    '',
    ...textTable(
      [
        { title: 'leans on, thousandths of a nat', cell: ({ name }) => name },
        { title: '', cell: ({ importances }) => importanceText(importances) },
      ],
      rows,
    ),
  ];
}

/** A week of days is named one by one. */
const NAMED_DAYS = 5;

const daysText = (days: readonly string[]): string =>
  days.length <= NAMED_DAYS ? days.join(', ') : `${days[0]} to ${days[days.length - 1]} (${days.length} dates)`;

const figure = (value: number | null | undefined): string => value?.toFixed(3) ?? '–';
