/**
 * `models/{run_id}/manifest.json`: what a model run was made of. Stored names are snake_case (storage/stored-json), these are the same in
 * code; below `parameters` they are the library's own.
 */
import { z } from 'zod';
import { LEARNING_SYMBOLS } from '../domain/instruments';
import type { FeatureSchema } from '../features/schema';
import { modelRoleSchema } from './model-role';

export const MANIFEST_FORMAT = 1;

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const parameters = z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null(), z.array(z.number())]));

const metricsSchema = z.object({
  /** Trade dates and rows that the figures were measured on; nothing of them was fitted on. */
  testDays: z.array(z.string()),
  trainRows: z.number().int(),
  testRows: z.number().int(),
  accuracy: z.number().nullable(),
  logLoss: z.number().nullable(),
  /** AUC of p(buy) − p(sell) over rows labelled buy or sell (requirement E8); null when one of them is absent. */
  auc: z.number().nullable(),
});

const foldMetricsSchema = metricsSchema.omit({ testDays: true });

export const modelSchema = z.object({
  name: z.string(),
  /** Key within the run: `ES/sgd.onnx`. */
  file: z.string(),
  sha256: hash,
  bytes: z.number().int(),
  family: z.string(),
  /** Schema whose model columns it reads, in that order. */
  schemaHash: hash,
  input: z.string(),
  output: z.string(),
  /** Of the output's figures, in their order. */
  classes: z.array(z.enum(['sell', 'hold', 'buy'])),
  /** Probabilities when left out. */
  outputKind: z.enum(['probabilities', 'logits']).optional(),
  /** Trained elsewhere and brought by the user. */
  brought: z.boolean().optional(),
  /** Votes when left out. */
  role: modelRoleSchema.optional(),
  /** Rows that the graph reads at once, the judged one last; one when left out. */
  window: z.number().int().min(2).optional(),
  parameters,
  /** Columns that selection kept, when there was one; the graph takes all model columns and reads these. */
  features: z.array(z.string()).optional(),
  /**
   * What each column is worth on the hold-out, the most needed first: mean rise of the log loss, nats, with the column's values shuffled, and
   * its deviation over the repeats.
   */
  importances: z.array(z.object({ column: z.string(), rise: z.number(), deviation: z.number() })).optional(),
  /** Of each fold of the cross-validation, in the order of the instrument's `folds`. */
  foldMetrics: z.array(foldMetricsSchema).optional(),
  /** Null when the data allow no honest split. */
  holdOut: metricsSchema.nullable(),
});

const labelSchema = z.object({
  horizonBars: z.number().int(),
  /** Half-width of the hold band in price points: the round trip's cost. */
  bandPoints: z.number(),
  spreadPoints: z.number(),
  feePoints: z.number(),
  tickPoints: z.number(),
  /** Recorded when left out. Modelled: the data have none, so the mid is the close and the spread one tick. */
  quotes: z.literal('modelled').optional(),
});

/** One purged split in time: ISO times, UTC; test rows start in [testFrom, testTo). */
const foldSchema = z.object({
  testFrom: z.string(),
  testTo: z.string(),
  trainRows: z.number().int(),
  testRows: z.number().int(),
});

const instrumentSchema = z.object({
  symbol: z.enum(LEARNING_SYMBOLS),
  contracts: z.array(z.string()),
  days: z.array(z.string()),
  /** Labelled rows the final models were fitted on. */
  rows: z.number().int(),
  classCounts: z.object({ sell: z.number().int(), hold: z.number().int(), buy: z.number().int() }),
  label: labelSchema,
  /** What is missing of an ensemble, and why. */
  notes: z.array(z.string()).optional(),
  /** The cross-validation, when there was one. */
  folds: z.array(foldSchema).optional(),
  models: z.array(modelSchema),
});

export const runManifestSchema = z.object({
  format: z.literal(MANIFEST_FORMAT),
  runId: z.string(),
  /** ISO time, UTC: the run id's own instant, so that a repeated fit gives the same bytes. */
  created: z.string(),
  codeVersion: z.string(),
  seed: z.number(),
  /** The hash covers every bar and quote read, in order. */
  data: z.object({ days: z.array(z.string()), from: z.string(), to: z.string(), rows: z.number().int(), sha256: hash }),
  schema: z.object({
    version: z.number().int(),
    hash,
    columns: z.array(z.string()),
    modelColumns: z.array(z.string()),
    parameters: z.array(z.record(z.string(), z.union([z.string(), z.number()]))),
  }),
  instruments: z.array(instrumentSchema),
  /** Instruments asked for that could not be fitted, and why. */
  skipped: z.array(z.object({ symbol: z.string(), why: z.string() })),
});

/** What a manifest keeps of the schema its models read. */
export const storedSchema = ({
  version,
  hash: schemaHash,
  columns,
  modelColumns,
  parameters: specs,
}: FeatureSchema) => ({
  version,
  hash: schemaHash,
  columns: [...columns],
  modelColumns: [...modelColumns],
  parameters: specs.map((spec) => ({ ...spec })),
});

export type RunManifest = Readonly<z.infer<typeof runManifestSchema>>;
export type InstrumentRun = z.infer<typeof instrumentSchema>;
export type ModelEntry = z.infer<typeof modelSchema>;
export type HoldOutMetrics = z.infer<typeof metricsSchema>;
export type LabelBand = z.infer<typeof labelSchema>;
