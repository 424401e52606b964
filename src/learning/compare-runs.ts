/** Two runs side by side: data, features, parameters and metrics; a row a figure, null where a run has none. Pure. */
import type { HoldOutMetrics, ModelEntry, RunManifest } from './manifest';

export const COMPARED_SECTIONS = ['run', 'data', 'features', 'parameters', 'metrics'] as const;
export type ComparedSection = (typeof COMPARED_SECTIONS)[number];

type Figure = string | number | boolean | null;

export interface ComparedRow {
  readonly section: ComparedSection;
  /** What the figure is: `rows`, `ES sgd learning_rate`. */
  readonly name: string;
  readonly a: Figure;
  readonly b: Figure;
}

type Figures = ReadonlyMap<string, Figure>;

/** All rows that either run has, by section, in the order of `a` and then of `b`. */
export function compareRuns(a: RunManifest, b: RunManifest): readonly ComparedRow[] {
  return COMPARED_SECTIONS.flatMap((section) => {
    const [inA, inB] = [figuresOf(section, a), figuresOf(section, b)];
    const names = [...new Set([...inA.keys(), ...inB.keys()])];
    return names.map((name) => ({ section, name, a: inA.get(name) ?? null, b: inB.get(name) ?? null }));
  });
}

export const differs = ({ a, b }: ComparedRow): boolean => a !== b;

function figuresOf(section: ComparedSection, manifest: RunManifest): Figures {
  switch (section) {
    case 'run':
      return new Map<string, Figure>([
        ['created', manifest.created],
        ['code_version', manifest.codeVersion],
        ['seed', manifest.seed],
        ['instruments', manifest.instruments.map(({ symbol }) => symbol).join(' ')],
      ]);
    case 'data':
      return dataOf(manifest);
    case 'features':
      return featuresOf(manifest);
    case 'parameters':
      return new Map(
        modelsOf(manifest).flatMap(([name, { family, parameters }]): [string, Figure][] => [
          [`${name} family`, family],
          ...Object.entries(parameters).map(([key, value]): [string, Figure] => [
            `${name} ${key}`,
            Array.isArray(value) ? value.join(' ') : value,
          ]),
        ]),
      );
    case 'metrics':
      return new Map(modelsOf(manifest).flatMap(([name, model]) => metricsOf(name, model.holdOut)));
  }
}

function dataOf({ data, instruments }: RunManifest): Figures {
  return new Map<string, Figure>([
    ['days', data.days.join(' ')],
    ['from', data.from],
    ['to', data.to],
    ['rows', data.rows],
    ['sha256', data.sha256],
    ...instruments.flatMap(({ symbol, rows, contracts, folds, label }): [string, Figure][] => [
      [`${symbol} contracts`, contracts.join(' ')],
      [`${symbol} labelled rows`, rows],
      [`${symbol} hold band, points`, label.bandPoints],
      [`${symbol} folds`, folds?.length ?? 0],
    ]),
  ]);
}

/** A column a row: `model` reads it, `computed` is in the row and no model reads it. */
function featuresOf(manifest: RunManifest): Figures {
  const { schema } = manifest;
  const read = new Set(schema.modelColumns);
  return new Map<string, Figure>([
    ['schema', schema.hash],
    ...schema.columns.map((name): [string, Figure] => [`column ${name}`, read.has(name) ? 'model' : 'computed']),
    ...modelsOf(manifest).flatMap(([name, { features }]): [string, Figure][] =>
      features === undefined ? [] : [[`${name} selected`, features.join(' ')]],
    ),
  ]);
}

const modelsOf = ({ instruments }: RunManifest): readonly (readonly [string, ModelEntry])[] =>
  instruments.flatMap(({ symbol, models }) => models.map((model) => [`${symbol} ${model.name}`, model] as const));

function metricsOf(name: string, metrics: HoldOutMetrics | null): [string, Figure][] {
  if (metrics === null) return [[`${name} hold_out`, 'not measured']];
  const { testDays, testRows, accuracy, logLoss, auc } = metrics;
  return [
    [`${name} test_days`, testDays.join(' ')],
    [`${name} test_rows`, testRows],
    [`${name} accuracy`, accuracy],
    [`${name} log_loss`, logLoss],
    [`${name} auc`, auc],
  ];
}
