/**
 * A folder of ONNX models trained elsewhere (scikit-learn, LightGBM, XGBoost, CatBoost, PyTorch) with a `models.json` that says what they
 * are; format and examples: docs/models.md. Names in the file are snake_case, as the tools that write it use them.
 * Invariant: a model is accepted only after it has answered rows of the schema's width here, through the runtime that will run it.
 */
import type { InferenceSession } from 'onnxruntime-node';
import { Tensor } from 'onnxruntime-node';
import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { FUTURE_SYMBOLS } from '../domain/instruments';
import type { FeatureSchema } from '../features/schema';
import { classProbabilities, classesTrouble } from './class-probabilities';
import { withoutZipMaps } from './onnx/zip-map';
import { openSession } from './onnx-session';

export const MODELS_FILE = 'models.json';
const MIB = 2 ** 20;
/** Nine times a forest of a hundred unlimited trees; the feed holds each model of each instrument in memory. */
export const LARGEST_MODEL_BYTES = 256 * MIB;

export type ModelFolderErrorCode =
  | 'MODELS_FILE_MISSING'
  | 'MODELS_FILE_INVALID'
  | 'SCHEMA_MISMATCH'
  | 'MODEL_FILE_MISSING'
  | 'MODEL_TOO_LARGE'
  | 'CLASSES_INVALID'
  | 'ONNX_INVALID'
  | 'INPUT_MISMATCH'
  | 'OUTPUT_MISMATCH'
  | 'ANSWER_INVALID';

export class ModelFolderError extends Error {
  override readonly name = 'ModelFolderError';

  constructor(
    readonly code: ModelFolderErrorCode,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}

const modelSchema = z.strictObject({
  /** Unique within the run and instrument; what votes and notices call it. */
  name: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, 'write small letters, digits, _ and -'),
  family: z.string().min(1),
  /** Name of a file beside models.json. */
  file: z
    .string()
    .refine((file) => file === basename(file) && file.endsWith('.onnx'), 'name an .onnx file in this folder'),
  instruments: z.array(z.enum(FUTURE_SYMBOLS)).min(1),
  input: z.string(),
  output: z.string(),
  classes: z.array(z.enum(['sell', 'hold', 'buy'])),
  output_kind: z.enum(['probabilities', 'logits']).default('probabilities'),
  parameters: z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null()])).default({}),
});

const folderSchema = z.strictObject({
  format: z.literal(1),
  /** Hash of the feature schema the models were fitted on: `omega models schema` prints it with the columns. */
  schema_hash: z.string(),
  models: z.array(modelSchema).min(1),
});

export type BroughtModel = Readonly<z.infer<typeof modelSchema>> & {
  readonly bytes: Uint8Array;
  /** Rows that its graph reads at once; one when left out. */
  readonly window?: number;
};

/** Reads and tries every model of the folder. Throws ModelFolderError about the first that cannot vote. */
export async function readModelFolder(folder: string, schema: FeatureSchema): Promise<readonly BroughtModel[]> {
  const { schema_hash: schemaHash, models } = await readModelsFile(folder);
  if (schemaHash !== schema.hash) {
    throw new ModelFolderError(
      'SCHEMA_MISMATCH',
      `${join(folder, MODELS_FILE)}: its models were fitted on feature schema ${schemaHash.slice(0, 12)}, this version computes ${schema.hash.slice(0, 12)}: fit them on the columns that "omega models schema" prints.`,
    );
  }
  const repeated = models.find(({ name }, index) => models.findIndex((other) => other.name === name) !== index);
  if (repeated !== undefined) throw invalidFile(folder, `the name ${repeated.name} is used twice`);
  const read: BroughtModel[] = [];
  for (const model of models) {
    const bytes = plainTensors(model.file, await readModel(join(folder, model.file)));
    await tryModel(model, bytes, schema);
    read.push({ ...model, bytes });
  }
  return read;
}

const invalidFile = (folder: string, what: string, cause?: unknown): ModelFolderError =>
  new ModelFolderError('MODELS_FILE_INVALID', `${join(folder, MODELS_FILE)}: ${what}.`, { cause });

async function readModelsFile(folder: string): Promise<z.infer<typeof folderSchema>> {
  let text: string;
  try {
    text = await readFile(join(folder, MODELS_FILE), 'utf8');
  } catch (error) {
    const message = `There is no readable ${MODELS_FILE} in ${folder}: write one as docs/models.md shows.`;
    throw new ModelFolderError('MODELS_FILE_MISSING', message, { cause: error });
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw invalidFile(folder, `it is not JSON (${messageOf(error)})`, error);
  }
  const parsed = folderSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`);
  throw invalidFile(folder, problems.join('; '), parsed.error);
}

async function readModel(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > LARGEST_MODEL_BYTES) {
      const message = `${path} has ${Math.ceil(size / MIB)} MiB, ${LARGEST_MODEL_BYTES / MIB} MiB are the most: limit the trees' depth or leaves, or the layers' width.`;
      throw new ModelFolderError('MODEL_TOO_LARGE', message);
    }
    return await readFile(path);
  } catch (error) {
    if (error instanceof ModelFolderError) throw error;
    throw new ModelFolderError('MODEL_FILE_MISSING', `${path} cannot be read (${messageOf(error)}).`, { cause: error });
  }
}

type Described = z.infer<typeof modelSchema>;

function plainTensors(file: string, bytes: Uint8Array): Uint8Array {
  try {
    return withoutZipMaps(bytes);
  } catch (error) {
    throw new ModelFolderError('ONNX_INVALID', `${file} is not an ONNX file (${messageOf(error)}).`, { cause: error });
  }
}

/** Throws ModelFolderError unless the model votes on any row of the schema. */
async function tryModel(model: Described, bytes: Uint8Array, schema: FeatureSchema): Promise<void> {
  const trouble = classesTrouble(model.classes);
  if (trouble !== null) throw new ModelFolderError('CLASSES_INVALID', `${model.name}: ${trouble}.`);
  const session = await openSession(bytes).catch((error: unknown) => {
    const message = `${model.file}: ONNX Runtime does not load it (${messageOf(error)}): export it whole, weights inside the file, with an opset it knows.`;
    throw new ModelFolderError('ONNX_INVALID', message, { cause: error });
  });
  try {
    checkNames(model, session, schema);
    for (const row of probeRows(schema.modelColumns.length)) await checkAnswer(model, session, row);
  } finally {
    await session.release();
  }
}

function checkNames(model: Described, session: InferenceSession, schema: FeatureSchema): void {
  const { inputNames, outputNames, inputMetadata, outputMetadata } = session;
  if (inputNames.length !== 1 || inputNames[0] !== model.input) {
    const message = `${model.file}: models.json names the input ${model.input}, the graph has ${inputNames.join(', ')}: one input of float rows is needed.`;
    throw new ModelFolderError('INPUT_MISMATCH', message);
  }
  const [input] = inputMetadata;
  const width = input.isTensor ? input.shape.at(-1) : undefined;
  const wanted = schema.modelColumns.length;
  if (!input.isTensor || input.type !== 'float32' || (typeof width === 'number' && width !== wanted)) {
    const is = input.isTensor ? `${input.type} [${input.shape.join(', ')}]` : 'not a tensor';
    const message = `${model.file}: the input ${model.input} is ${is}; float32 [rows, ${wanted}] is needed, the model columns in their order ("omega models schema").`;
    throw new ModelFolderError('INPUT_MISMATCH', message);
  }
  const output = outputMetadata[outputNames.indexOf(model.output)];
  if (output === undefined) {
    const message = `${model.file}: there is no output ${model.output}; the graph has ${outputNames.join(', ')}.`;
    throw new ModelFolderError('OUTPUT_MISMATCH', message);
  }
  if (!output.isTensor) {
    const message = `${model.file}: the output ${model.output} is not a tensor: export the probabilities as one.`;
    throw new ModelFolderError('OUTPUT_MISMATCH', message);
  }
}

/** Rows that a scaled and an unscaled model alike must have an answer to. */
const probeRows = (width: number): readonly Float32Array[] => [
  new Float32Array(width),
  new Float32Array(width).fill(1),
  Float32Array.from({ length: width }, (_, index) => Math.sin(index + 1) * 10),
];

async function checkAnswer(model: Described, session: InferenceSession, row: Float32Array): Promise<void> {
  let answer: readonly number[];
  try {
    const input = new Tensor('float32', row, [1, row.length]);
    const outputs = await session.run({ [model.input]: input }, [model.output]);
    answer = Array.from(outputs[model.output].data as ArrayLike<number>, Number);
  } catch (error) {
    const message = `${model.file}: it fails on a row of ${row.length} figures (${messageOf(error)}).`;
    throw new ModelFolderError('ANSWER_INVALID', message, { cause: error });
  }
  const found = classProbabilities(answer, model.classes, model.output_kind);
  if (typeof found !== 'string') return;
  const mayBeLogits =
    model.output_kind !== 'logits' &&
    answer.length === model.classes.length &&
    answer.every((figure) => Number.isFinite(figure));
  const hint = mayBeLogits ? '; if they are logits, say "output_kind": "logits"' : '';
  throw new ModelFolderError('ANSWER_INVALID', `${model.file}: on a row of figures it ${found}${hint}.`);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
