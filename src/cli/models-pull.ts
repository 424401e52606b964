/** `omega models pull minilm`: fetches the embedding model, or takes it from a folder. Needs no session and no store. */
import { Command } from 'commander';
import { resolve } from 'node:path';
import { EmbeddingError, type EmbeddingErrorCode } from '../news/embeddings/embedding-error';
import { installModel, type InstalledModel, type ModelSource } from '../news/embeddings/install-model';
import { CliError, type CliErrorCode } from './cli-error';
import { printResult, type CommandIo } from './command-io';
import { currentConfig } from './current-place';

interface PullOptions {
  readonly from?: string;
  readonly sha256?: string;
  readonly json?: boolean;
}

const CODE_OF: Readonly<Record<EmbeddingErrorCode, CliErrorCode>> = {
  MODEL_ABSENT: 'NOT_FOUND',
  MODEL_DAMAGED: 'DATA',
  HASH_MISMATCH: 'REFUSED',
  DOWNLOAD_FAILED: 'FAILED',
  NOT_THE_MODEL: 'DATA',
  VECTORS_DAMAGED: 'DATA',
};

/** An embedding room's refusal as a command's failure; anything else as it is. */
export const embeddingFailure = (error: unknown): unknown =>
  error instanceof EmbeddingError ? new CliError(CODE_OF[error.code], error.message, { cause: error }) : error;

function sourceOf(io: CommandIo, { from, sha256 }: PullOptions, baseUrl: string): ModelSource {
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/i.test(sha256))
    throw new CliError('USAGE', '--sha256 takes the 64 hexadecimal digits of model.onnx’s SHA-256.');
  if (from === undefined) {
    if (sha256 !== undefined) throw new CliError('USAGE', '--sha256 belongs to --from: what is fetched has its hash.');
    return { kind: 'publisher', baseUrl };
  }
  return { kind: 'folder', folder: resolve(io.folder, from), sha256: sha256?.toLowerCase() ?? null };
}

async function pull(io: CommandIo, model: string, options: PullOptions): Promise<void> {
  if (model !== 'minilm') throw new CliError('USAGE', `There is no model ${model} to pull; there is minilm.`);
  const { embeddings } = currentConfig(io).config;
  const source = sourceOf(io, options, embeddings.baseUrl);
  try {
    const installed = await installModel(embeddings.folder, source, {
      onProgress: (text) => (options.json === true ? undefined : io.out(text)),
    });
    printResult(io, options.json, installed, linesOf(installed));
  } catch (error) {
    throw embeddingFailure(error);
  }
}

const linesOf = ({ folder, files, dimensions, difference }: InstalledModel): readonly string[] => [
  ...files.map(({ name, sha256, published }) => `${name} ${sha256}${published ? '' : ' (not the published file)'}`),
  difference === null
    ? `answers with ${dimensions} dimensions, so it is not all-MiniLM-L6-v2`
    : `answers as sentence-transformers to ${difference.toExponential(1)}`,
  `installed in ${folder}: articles are compared by meaning from now on`,
];

export const pullCommand = (io: CommandIo): Command =>
  new Command('pull')
    .description('fetch the embedding model all-MiniLM-L6-v2 (91 MB), checked against its published hashes')
    .argument('<model>', 'minilm')
    .option('--from <dir>', 'a folder with model.onnx, tokenizer.json, tokenizer_config.json, config.json')
    .option('--sha256 <hex>', 'with --from: trust another export by the hash of its model.onnx')
    .option('--json', 'print JSON')
    .action((model: string, options: PullOptions) => pull(io, model, options));
