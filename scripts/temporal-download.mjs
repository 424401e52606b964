/** The official download of the Temporal command line tool, checked against the release's published checksums when they can be read. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { say, withProgress } from './progress.mjs';

const CONNECT_TIMEOUT_MS = 3_000;
/** A connection that says nothing for so long is given up. */
const STALL_TIMEOUT_MS = 20_000;
const ARCHIVE_URL = 'https://temporal.download/cli/archive';
const RELEASES_URL = 'https://github.com/temporalio/cli/releases/download';

/** The download did not work; the message says why. Another way to the tool may still work. */
export class DownloadFailed extends Error {}

const platformOf = () => ({ linux: 'linux', darwin: 'darwin', win32: 'windows' })[process.platform];
const architectureOf = () => ({ x64: 'amd64', arm64: 'arm64' })[process.arch];

/** Fetches `url` whole; rejects when there is no answer in 3 s or no byte for 20 s. */
async function fetchBytes(url, onBytes = () => {}, fetchUrl = fetch) {
  const abort = new AbortController();
  let timer = setTimeout(() => abort.abort(), CONNECT_TIMEOUT_MS);
  try {
    const response = await fetchUrl(url, { signal: abort.signal });
    if (!response.ok) throw new Error(`status ${response.status}`);
    const chunks = [];
    let received = 0;
    for await (const chunk of response.body) {
      clearTimeout(timer);
      timer = setTimeout(() => abort.abort(), STALL_TIMEOUT_MS);
      chunks.push(chunk);
      received += chunk.length;
      onBytes(received);
    }
    return Buffer.concat(chunks);
  } finally {
    clearTimeout(timer);
  }
}

/** sha256 of `file` in a checksums.txt, or null when it is not listed. */
export function listedChecksum(text, file) {
  const line = text.split('\n').find((candidate) => candidate.trim().endsWith(` ${file}`));
  return line === undefined ? null : line.trim().split(/\s+/)[0].toLowerCase();
}

async function publishedChecksum(version, file) {
  try {
    const text = await fetchBytes(`${RELEASES_URL}/v${version}/checksums.txt`);
    return listedChecksum(text.toString('utf8'), file);
  } catch (error) {
    say(`the published checksums could not be read (${reasonOf(error)}); the archive is taken as it came over TLS`);
    return null;
  }
}

const reasonOf = (error) => {
  if (error.name === 'AbortError') return 'no answer in time';
  return error.cause?.code ?? error.message;
};

/** Downloads version `version` and puts the executable at `target`. Rejects with DownloadFailed. */
export async function downloadTemporal(version, target) {
  const [platform, architecture] = [platformOf(), architectureOf()];
  if (platform === undefined || architecture === undefined) {
    throw new DownloadFailed(`there is no official Temporal CLI for ${process.platform} ${process.arch}`);
  }
  const url = `${ARCHIVE_URL}/v${version}?platform=${platform}&arch=${architecture}`;
  const archive = await withProgress('downloading the Temporal server', (detail) =>
    fetchBytes(url, (bytes) => detail(`${(bytes / 1e6).toFixed(0)} MB`)),
  ).catch((error) => {
    throw new DownloadFailed(`temporal.download can't be reached (${reasonOf(error)})`);
  });
  const file = `temporal_cli_${version}_${platform}_${architecture}.tar.gz`;
  const wanted = await publishedChecksum(version, file);
  const actual = createHash('sha256').update(archive).digest('hex');
  if (wanted !== null && wanted !== actual) {
    throw new DownloadFailed(`the downloaded archive is damaged: sha256 ${actual}, published ${wanted}`);
  }
  unpack(archive, target);
}

function unpack(archive, target) {
  const folder = `${target}.download-${process.pid}`;
  const executable = join(folder, platformOf() === 'windows' ? 'temporal.exe' : 'temporal');
  mkdirSync(folder, { recursive: true });
  try {
    writeFileSync(join(folder, 'temporal.archive'), archive);
    const tar = spawnSync('tar', ['-xf', 'temporal.archive'], { cwd: folder, encoding: 'utf8' });
    if (tar.status !== 0 || !existsSync(executable)) {
      throw new DownloadFailed(`the downloaded archive can't be unpacked: ${tar.stderr ?? tar.error?.message}`);
    }
    chmodSync(executable, 0o755);
    renameSync(executable, target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
