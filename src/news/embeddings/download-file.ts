/** Large files over HTTP: begun again where a killed or broken download ended, in place only when whole and with the expected hash. */
import axios, { isAxiosError } from 'axios';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { maskAddresses } from '../../config/secrets';
import { errorCode, errorText, syncDirectory } from '../../storage/durable-files';
import { EmbeddingError } from './embedding-error';

export interface Download {
  readonly url: string;
  readonly path: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
  /** Share of the file that is there, 0..1, now and then. */
  readonly onProgress?: (share: number) => void;
}

const CONNECT_MS = 30_000;
/** A line on which nothing arrives for this long is dead. */
const IDLE_MS = 60_000;
const TRIES = 3;
const PARTIAL_CONTENT = 206;
const RANGE_NOT_SATISFIABLE = 416;

/** SHA-256 of a file, hex. */
export async function fileHash(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** Fetches the file unless it is there already with its hash. Throws EmbeddingError DOWNLOAD_FAILED, HASH_MISMATCH. */
export async function downloadFile(download: Download): Promise<'fetched' | 'present'> {
  const { path, sha256, url } = download;
  if ((await sizeOf(path)) !== null && (await fileHash(path)) === sha256) return 'present';
  const part = `${path}.part`;
  await mkdir(dirname(path), { recursive: true });
  await fetchWhole(download, part);
  const hash = await fileHash(part);
  if (hash !== sha256) {
    await rm(part, { force: true });
    throw new EmbeddingError(
      'HASH_MISMATCH',
      `${maskAddresses(url)} hashes to ${hash} instead of ${sha256}: it is not the published file, nothing was installed. Try again, or another source (embeddings.baseUrl).`,
    );
  }
  const handle = await open(part, 'r');
  await handle.sync().finally(() => handle.close());
  await rename(part, path);
  await syncDirectory(dirname(path));
  return 'fetched';
}

async function fetchWhole(download: Download, part: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await fetchRest(download, part);
      return;
    } catch (error) {
      if (attempt < TRIES && mayPass(error)) continue;
      throw new EmbeddingError(
        'DOWNLOAD_FAILED',
        `${maskAddresses(download.url)} could not be fetched (${failureText(error)}). What arrived is kept, the same command goes on there; without a network give a folder with --from.`,
        { cause: error },
      );
    }
  }
}

const mayPass = (error: unknown): boolean =>
  !isAxiosError(error) || error.response === undefined || error.response.status >= 500;

const failureText = (error: unknown): string =>
  isAxiosError(error) && error.response !== undefined ? `HTTP ${error.response.status}` : errorText(error);

async function fetchRest({ url, bytes, onProgress }: Download, part: string): Promise<void> {
  const held = (await sizeOf(part)) ?? 0;
  if (held === bytes) return;
  if (held > bytes) await rm(part);
  const from = held > bytes ? 0 : held;
  const response = await axios.get<Readable>(url, {
    responseType: 'stream',
    timeout: CONNECT_MS,
    headers: from === 0 ? {} : { Range: `bytes=${from}-` },
    validateStatus: (status) => status === 200 || status === PARTIAL_CONTENT || status === RANGE_NOT_SATISFIABLE,
  });
  if (response.status === RANGE_NOT_SATISFIABLE) {
    response.data.destroy();
    await rm(part, { force: true });
    throw new Error('the server refused to go on from where the last download ended');
  }
  const resumed = response.status === PARTIAL_CONTENT;
  await receive(response.data, part, { from: resumed ? from : 0, bytes, onProgress });
  const size = (await sizeOf(part)) ?? 0;
  if (size < bytes) throw new Error(`${size} of ${bytes} bytes arrived`);
}

interface Receiving {
  readonly from: number;
  readonly bytes: number;
  readonly onProgress?: (share: number) => void;
}

async function receive(body: Readable, part: string, { from, bytes, onProgress }: Receiving): Promise<void> {
  let size = from;
  const idle = setTimeout(() => body.destroy(new Error(`nothing arrived for ${IDLE_MS / 1_000} s`)), IDLE_MS);
  body.on('data', (chunk: Buffer) => {
    size += chunk.length;
    idle.refresh();
    onProgress?.(Math.min(1, size / bytes));
    if (size > bytes) body.destroy(new Error(`more than the expected ${bytes} bytes arrived`));
  });
  try {
    await pipeline(body, createWriteStream(part, { flags: from === 0 ? 'w' : 'a' }));
  } finally {
    clearTimeout(idle);
  }
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
