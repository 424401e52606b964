/**
 * Puts the embedding model into its folder, from its publisher or from a folder given by hand.
 * Invariant: the folder holds a whole, checked model or what it held before; files are gathered beside it and exchanged at the end.
 */
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { maskAddresses } from '../../config/secrets';
import { isFile, syncDirectory, writeWhole } from '../../storage/durable-files';
import { downloadFile, fileHash } from './download-file';
import { EmbeddingError } from './embedding-error';
import { MINILM_FILES, MINILM_REPOSITORY, MINILM_REVISION, type PinnedFile } from './minilm-files';
import { MINILM_REFERENCE, type ReferenceVector } from './minilm-reference';
import { openSentenceEmbedder } from './sentence-embedder';

export type ModelSource =
  | { readonly kind: 'publisher'; readonly baseUrl: string }
  /** `sha256` (hex) of model.onnx trusts another export; the other files are then taken as they are. */
  | { readonly kind: 'folder'; readonly folder: string; readonly sha256: string | null };

export interface InstalledFile {
  readonly name: string;
  readonly sha256: string;
  /** True when it is what the authors published. */
  readonly published: boolean;
}

export interface InstalledModel {
  readonly folder: string;
  readonly files: readonly InstalledFile[];
  readonly dimensions: number;
  /** Largest difference of a part of a vector from what sentence-transformers answers; null when the dimensions differ. */
  readonly difference: number | null;
}

interface Installing {
  readonly files: readonly PinnedFile[];
  readonly reference: readonly ReferenceVector[];
  readonly onProgress: (text: string) => void;
}

/** Vectors closer than this to the reference are the model's (issue: 1e-4). */
const CLOSE = 1e-4;

/** Throws EmbeddingError: DOWNLOAD_FAILED, HASH_MISMATCH, MODEL_ABSENT, MODEL_DAMAGED, NOT_THE_MODEL. */
export async function installModel(
  folder: string,
  source: ModelSource,
  { files = MINILM_FILES, reference = MINILM_REFERENCE, onProgress = () => undefined }: Partial<Installing> = {},
): Promise<InstalledModel> {
  const incoming = `${folder}.incoming`;
  await mkdir(incoming, { recursive: true });
  if (source.kind === 'publisher') await fetchFiles(source.baseUrl, incoming, files, onProgress);
  else await copyFiles(source.folder, incoming, files);
  const taken = await checkFiles(incoming, source, files);
  const embedder = await openSentenceEmbedder(incoming).catch((error: unknown) => {
    throw ofSource(error, incoming, source);
  });
  const difference = await largestDifference(embedder, reference);
  if ((source.kind === 'publisher' || source.sha256 === null) && !(difference !== null && difference <= CLOSE)) {
    throw new EmbeddingError(
      'NOT_THE_MODEL',
      `The model in ${incoming} has the published hashes and answers otherwise than sentence-transformers (difference ${difference ?? 'in size'}): ONNX Runtime computes wrongly on this machine.`,
    );
  }
  const installed = { folder, files: taken, dimensions: embedder.dimensions, difference };
  const provenance = maskAddresses(JSON.stringify({ source, ...installed }));
  await writeWhole(join(incoming, 'provenance.json'), `${provenance}\n`, incoming);
  await exchange(incoming, folder);
  return installed;
}

/** A folder given by hand is named as it was given, and fetching is not the cure. */
function ofSource(error: unknown, incoming: string, source: ModelSource): unknown {
  if (source.kind !== 'folder' || !(error instanceof EmbeddingError)) return error;
  const sentence = error.message.replace(incoming, source.folder).replace(/: fetch it again .*$/, '');
  return new EmbeddingError(error.code, `${sentence}: give another export; nothing was installed.`, { cause: error });
}

async function fetchFiles(
  baseUrl: string,
  incoming: string,
  files: readonly PinnedFile[],
  onProgress: (text: string) => void,
): Promise<void> {
  for (const { remote, name, bytes, sha256 } of files) {
    const url = `${baseUrl.replace(/\/+$/, '')}/${MINILM_REPOSITORY}/resolve/${MINILM_REVISION}/${remote}`;
    let shown = 0;
    const progress = (share: number): void => {
      const tenth = Math.floor(share * 10);
      if (tenth > shown) onProgress(`${name} ${tenth * 10} %`);
      shown = Math.max(shown, tenth);
    };
    await downloadFile({ url, path: join(incoming, name), bytes, sha256, onProgress: progress });
  }
}

/** The files lie side by side, or model.onnx in `onnx/` as on the hub. */
async function copyFiles(from: string, incoming: string, files: readonly PinnedFile[]): Promise<void> {
  for (const { remote, name } of files) {
    const places = [join(from, name), join(from, remote)];
    const there = await Promise.all(places.map(isFile));
    const place = places[there.indexOf(true)];
    if (place === undefined) {
      throw new EmbeddingError('MODEL_ABSENT', `${from} has no ${name}: give a folder with ${namesOf(files)}.`);
    }
    await cp(place, join(incoming, name));
  }
}

const namesOf = (files: readonly PinnedFile[]): string => files.map(({ name }) => name).join(', ');

async function checkFiles(
  incoming: string,
  source: ModelSource,
  files: readonly PinnedFile[],
): Promise<readonly InstalledFile[]> {
  const taken: InstalledFile[] = [];
  const trusted = source.kind === 'folder' ? source.sha256 : null;
  for (const { name, sha256 } of files) {
    const hash = await fileHash(join(incoming, name));
    const expected = trusted !== null && name === 'model.onnx' ? trusted : sha256;
    const free = trusted !== null && name !== 'model.onnx';
    if (hash !== expected && !free) {
      throw new EmbeddingError(
        'HASH_MISMATCH',
        `${name} hashes to ${hash} instead of ${expected}: it is not the expected file, nothing was installed. Another export of the model is taken with --sha256 and its model.onnx's hash.`,
      );
    }
    taken.push({ name, sha256: hash, published: hash === sha256 });
  }
  return taken;
}

async function largestDifference(
  embedder: Awaited<ReturnType<typeof openSentenceEmbedder>>,
  reference: readonly ReferenceVector[],
): Promise<number | null> {
  if (reference.some(({ vector }) => vector.length !== embedder.dimensions)) return null;
  const vectors = await embedder.embed(reference.map(({ text }) => text));
  return Math.max(
    ...reference.flatMap(({ vector }, i) => [...vector].map((part, d) => Math.abs(part - vectors[i][d]))),
  );
}

async function exchange(incoming: string, folder: string): Promise<void> {
  const old = `${folder}.old`;
  await rm(old, { recursive: true, force: true });
  await mkdir(dirname(folder), { recursive: true });
  await rename(folder, old).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await rename(incoming, folder);
  await syncDirectory(dirname(folder));
  await rm(old, { recursive: true, force: true });
}
