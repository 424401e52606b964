/** Fetching the model from a local server that breaks, lies and resumes as real ones do. */
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installModel, type ModelSource } from '../../../src/news/embeddings/install-model';
import { MINILM_FILES, MINILM_REPOSITORY, MINILM_REVISION } from '../../../src/news/embeddings/minilm-files';
import { MINILM_REFERENCE } from '../../../src/news/embeddings/minilm-reference';

const FIXTURE = join(__dirname, 'fixture');
const contentOf = (name: string): Buffer => readFileSync(join(FIXTURE, name));
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const files = MINILM_FILES.map((file) => {
  const bytes = contentOf(file.name);
  return { ...file, bytes: bytes.length, sha256: sha256(bytes) };
});
const { cases } = JSON.parse(contentOf('golden.json').toString()) as {
  readonly cases: readonly { readonly text: string; readonly vector: readonly number[] }[];
};
const reference = cases.slice(0, 3).map(({ text, vector }) => ({ text, vector: Float32Array.from(vector) }));

type Answer = (request: IncomingMessage, response: ServerResponse, bytes: Buffer) => void;

/** As the hub: whole files, or the rest of one for a Range. */
const honest: Answer = ({ headers }, response, bytes) => {
  const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
  response.writeHead(from > 0 ? 206 : 200, { 'Content-Length': bytes.length - from });
  response.end(bytes.subarray(from));
};

describe('installing the embedding model', () => {
  let root: string;
  let server: Server;
  let source: ModelSource;
  let answer: Answer;
  let asked: string[];

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'install-'));
    answer = honest;
    asked = [];
    server = createServer((request, response) => {
      const prefix = `/${MINILM_REPOSITORY}/resolve/${MINILM_REVISION}/`;
      const file = files.find(({ remote }) => request.url === prefix + remote);
      asked.push(`${file?.name} ${request.headers.range ?? ''}`.trim());
      if (file === undefined) response.writeHead(404).end();
      else answer(request, response, contentOf(file.name));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    source = { kind: 'publisher', baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
    rmSync(root, { recursive: true });
  });

  const install = (from: ModelSource = source) => installModel(join(root, 'minilm'), from, { files, reference });

  test('fetches the files of the pinned revision, checks them, and asks the model the reference texts', async () => {
    const installed = await install();
    expect(installed.files.every(({ published }) => published)).toBe(true);
    expect(installed.difference).toBeLessThan(1e-5);
    expect(readdirSync(join(root, 'minilm')).sort()).toEqual(
      ['config.json', 'model.onnx', 'provenance.json', 'tokenizer.json', 'tokenizer_config.json'].sort(),
    );
    expect(existsSync(join(root, 'minilm.incoming'))).toBe(false);
    await install();
    expect(asked).toHaveLength(8);
  });

  test('goes on where a broken line or a killed download ended', async () => {
    let broken = false;
    answer = (request, response, bytes) => {
      if (broken || bytes.length < 1_000_000) return honest(request, response, bytes);
      broken = true;
      response.writeHead(200, { 'Content-Length': bytes.length });
      response.write(bytes.subarray(0, 700_000), () => setTimeout(() => response.destroy(), 50));
    };
    await install();
    const ranges = asked.filter((line) => line.startsWith('model.onnx bytes='));
    expect(ranges).toHaveLength(1);
    expect(Number(/=(\d+)-/.exec(ranges[0])?.[1])).toBeGreaterThan(0);
  });

  test('a server that ignores the range begins again, and what was too long is thrown away', async () => {
    await expect(
      installModel(join(root, 'minilm'), { kind: 'publisher', baseUrl: 'http://127.0.0.1:1' }, { files, reference }),
    ).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
    const part = join(root, 'minilm.incoming', 'model.onnx.part');
    cpSync(join(FIXTURE, 'model.onnx'), part);
    truncateSync(part, 1_000);
    answer = (_request, response, bytes) => response.writeHead(200).end(bytes);
    expect((await install()).difference).toBeLessThan(1e-5);
  });

  test('refuses what is not the published file, and keeps the model that was there', async () => {
    await install();
    const before = readFileSync(join(root, 'minilm', 'provenance.json'));
    answer = (request, response, bytes) => {
      const other = Buffer.from(bytes);
      other[bytes.length - 1] ^= 1;
      honest(request, response, other);
    };
    await expect(install()).rejects.toMatchObject({ code: 'HASH_MISMATCH' });
    expect(readFileSync(join(root, 'minilm', 'provenance.json'))).toEqual(before);
    answer = (_request, response) => response.writeHead(403).end('<html>no</html>');
    await expect(install()).rejects.toThrow('HTTP 403');
  });

  test('takes a folder given by hand, another export only by its hash', async () => {
    const folder = join(root, 'given');
    cpSync(FIXTURE, folder, { recursive: true });
    expect((await install({ kind: 'folder', folder, sha256: null })).difference).toBeLessThan(1e-5);
    writeFileSync(join(folder, 'tokenizer_config.json'), '{"do_lower_case": true }');
    await expect(install({ kind: 'folder', folder, sha256: null })).rejects.toMatchObject({ code: 'HASH_MISMATCH' });
    await expect(install({ kind: 'folder', folder, sha256: 'f'.repeat(64) })).rejects.toMatchObject({
      code: 'HASH_MISMATCH',
    });
    const trusted = await install({ kind: 'folder', folder, sha256: files[0].sha256 });
    expect(trusted.files.map(({ published }) => published)).toEqual([true, true, false, true]);
    rmSync(join(folder, 'config.json'));
    await expect(install({ kind: 'folder', folder, sha256: null })).rejects.toMatchObject({ code: 'MODEL_ABSENT' });
  });

  test.each([
    ['model.onnx', 'no model', 'protobuf'],
    ['config.json', '{}', 'hidden_size: Invalid input'],
    ['tokenizer.json', '{', 'JSON'],
  ])('a folder whose %s is damaged is named, and nothing is installed', async (name, content, says) => {
    const given = join(root, 'given');
    cpSync(FIXTURE, given, { recursive: true });
    writeFileSync(join(given, name), content);
    const trusted = sha256(readFileSync(join(given, 'model.onnx')));
    const installing = installModel(join(root, 'model'), { kind: 'folder', folder: given, sha256: trusted }, { files });
    const failure: unknown = await installing.catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'MODEL_DAMAGED' });
    const { message } = failure as Error;
    expect([message.includes(given), message.includes(says), message.split('\n').length]).toEqual([true, true, 1]);
    expect(existsSync(join(root, 'model'))).toBe(false);
  });

  test('says when a model with the right hashes answers otherwise', async () => {
    const other = reference.map(({ text, vector }) => ({ text, vector: vector.map((part) => -part) }));
    await expect(installModel(join(root, 'minilm'), source, { files, reference: other })).rejects.toMatchObject({
      code: 'NOT_THE_MODEL',
    });
    // The shipped reference is of 384 dimensions, which these weights don't have.
    expect(
      MINILM_REFERENCE.every(({ vector }) => vector.length === 384 && Math.abs(Math.hypot(...vector) - 1) < 1e-5),
    ).toBe(true);
    await expect(installModel(join(root, 'minilm'), source, { files })).rejects.toMatchObject({
      code: 'NOT_THE_MODEL',
    });
  });
});
