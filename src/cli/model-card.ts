/** A run for people: what it was made of, and each model with what it scored on the hold-out. */
import type { ReviewState } from '../domain/model-review';
import type { ModelEntry, RunManifest } from '../learning/manifest';
import { textTable } from './text-table';

export function cardOf(manifest: RunManifest, state: ReviewState): readonly string[] {
  const { runId, created, codeVersion, seed, data, schema, instruments, skipped } = manifest;
  return [
    `${runId}  ${state}, made ${created} by version ${codeVersion}, seed ${seed}`,
    `data     ${data.days.join(', ')}: ${data.rows} rows, sha256 ${data.sha256.slice(0, 12)}`,
    `schema   version ${schema.version}, ${schema.modelColumns.length} of ${schema.columns.length} columns, ${schema.hash.slice(0, 12)}`,
    ...instruments.flatMap(({ symbol, rows, models, label, folds }) => [
      '',
      `${symbol}  ${rows} rows, label ${label.horizonBars} bars ahead, hold within ${Number(label.bandPoints.toPrecision(4))} points${folds === undefined ? '' : `, ${folds.length} folds`}`,
      ...textTable<ModelEntry>(
        [
          { title: 'model', cell: ({ name }) => name },
          { title: 'family', cell: ({ family }) => family },
          { title: 'size', align: 'right', cell: ({ bytes }) => `${Math.ceil(bytes / 1_024)} kB` },
          { title: 'accuracy', align: 'right', cell: ({ holdOut }) => figure(holdOut?.accuracy) },
          { title: 'log loss', align: 'right', cell: ({ holdOut }) => figure(holdOut?.logLoss) },
          { title: 'AUC', align: 'right', cell: ({ holdOut }) => figure(holdOut?.auc) },
          { title: 'on', cell: ({ holdOut, brought }) => holdOut?.testDays.join(', ') ?? (brought ? 'brought' : '') },
        ],
        models,
      ),
    ]),
    ...skipped.map(({ symbol, why }) => `${symbol} left out: ${why}`),
  ];
}

const figure = (value: number | null | undefined): string => value?.toFixed(3) ?? '–';
