import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFolderStore } from '../../src/storage/folder-store';
import { checkedKey, createEach, STORE_PREFIXES } from '../../src/storage/object-store';
import type { ObjectStore } from '../../src/storage/object-store';
import { openStore } from '../../src/storage/open-store';
import { openS3Store } from '../../src/storage/s3-store';
import {
  announceMissing,
  freePort,
  resolveS3Server,
  S3_ACCESS_KEY,
  S3_REGION,
  S3_SECRET_KEY,
  startS3Server,
} from './s3-server';
import type { S3Server } from './s3-server';

const BUCKET = 'omega-contract';
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const folder = mkdtempSync(join(tmpdir(), 'omega-store-'));
const s3 = resolveS3Server();
if ('missing' in s3) announceMissing(s3.missing);

beforeAll(() => {
  process.env.AWS_ACCESS_KEY_ID = S3_ACCESS_KEY;
  process.env.AWS_SECRET_ACCESS_KEY = S3_SECRET_KEY;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What both stores promise. `open` gives a second, independent handle on the same store. */
function contract(open: () => Promise<ObjectStore>): void {
  let store: ObjectStore;
  beforeAll(async () => {
    store = await open();
  });

  test('returns what was put, byte for byte, also to another handle', async () => {
    const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31 + (i >> 8)) & 255);
    await store.put('models/20131009_000000/es.onnx', bytes);
    const read = await (await open()).get('models/20131009_000000/es.onnx');
    expect(createHash('sha256').update(read).digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(await store.exists('models/20131009_000000/es.onnx')).toBe(true);
  });

  test('keeps an empty object apart from no object', async () => {
    await store.put('processed/empty', new Uint8Array());
    expect((await store.get('processed/empty')).length).toBe(0);
    expect(await store.exists('processed/empty')).toBe(true);
    expect(await store.exists('processed/absent')).toBe(false);
    expect(await store.exists('processed/empty/below')).toBe(false);
  });

  test('replaces the whole object', async () => {
    await store.put('processed/replaced', bytesOf('a long first version'));
    await store.put('processed/replaced', bytesOf('short'));
    expect(textOf(await store.get('processed/replaced'))).toBe('short');
  });

  test('names a missing object', async () => {
    await expect(store.get('news/2013/none.json')).rejects.toMatchObject({
      name: 'StoreError',
      code: 'NOT_FOUND',
      key: 'news/2013/none.json',
      message: expect.stringContaining('news/2013/none.json') as string,
    });
  });

  test('lists by prefix, nested, in order, whole segments only', async () => {
    for (const key of ['audit/2013-10-09/2.jsonl', 'audit/2013-10-09/10.jsonl', 'audit/2013-10-10/1.jsonl'])
      await store.put(key, bytesOf(key));
    expect(await store.list('audit/')).toEqual([
      'audit/2013-10-09/10.jsonl',
      'audit/2013-10-09/2.jsonl',
      'audit/2013-10-10/1.jsonl',
    ]);
    expect(await store.list('audit/2013-10-09/')).toHaveLength(2);
    expect(await store.list('audit/2014-01-01/')).toEqual([]);
    await expect(store.list('audit/2013-10')).rejects.toMatchObject({ code: 'INVALID_KEY' });
  });

  test('lists more than one page of keys', async () => {
    const keys = Array.from({ length: 1_100 }, (_, i) => `news/pages/${String(i).padStart(5, '0')}`);
    for (let i = 0; i < keys.length; i += 50)
      await Promise.all(keys.slice(i, i + 50).map((key) => store.put(key, bytesOf('x'))));
    expect(await store.list('news/pages/')).toEqual(keys);
  });

  test('deletes, and deleting nothing is no error', async () => {
    await store.put('processed/gone', bytesOf('x'));
    await store.delete('processed/gone');
    await store.delete('processed/gone');
    expect(await store.exists('processed/gone')).toBe(false);
  });

  test('creates a key for exactly one of many writers', async () => {
    const other = await open();
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        (i % 2 ? other : store).create('audit/race/1.jsonl', bytesOf(`writer ${i}`)),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
    expect(textOf(await store.get('audit/race/1.jsonl'))).toBe(`writer ${outcomes.indexOf('created')}`);
    expect(await store.create('audit/race/1.jsonl', bytesOf('late'))).toBe('exists');
  });

  test('creates many keys at once, each for exactly one of many writers', async () => {
    const other = await open();
    const keys = Array.from({ length: 30 }, (_key, i) => `processed/many/${i % 3}/${i}`);
    await store.create(keys[7], bytesOf('first'));
    const answers = await Promise.all(
      [store, other].map((writer, w) =>
        createEach(
          writer,
          keys.map((key) => ({ key, bytes: bytesOf(`writer ${w}`) })),
        ),
      ),
    );
    for (const [i, key] of keys.entries()) {
      const won = answers.map((of) => of[i]);
      expect(won.filter((answer) => answer === 'created')).toHaveLength(i === 7 ? 0 : 1);
      expect(textOf(await store.get(key))).toBe(i === 7 ? 'first' : `writer ${won.indexOf('created')}`);
    }
    expect([...(await store.list('processed/many/'))].sort()).toEqual([...keys].sort());
    expect(await createEach(store, [])).toEqual([]);
    await expect(createEach(store, [{ key: '../secret', bytes: bytesOf('x') }])).rejects.toMatchObject({
      code: 'INVALID_KEY',
    });
  });

  test.each([
    '../secret',
    'models/../../etc/passwd',
    '/models/x',
    'models//x',
    'models/.hidden',
    'models/./x',
    'models/a b',
    'models/a\\b',
    'models/x\0',
    'models',
    'models/',
    'elsewhere/x',
    '',
    `models/${'x'.repeat(600)}`,
  ])('refuses the key %j', async (key) => {
    for (const call of [store.put(key, bytesOf('x')), store.get(key), store.exists(key), store.delete(key)]) {
      await expect(call).rejects.toMatchObject({ code: 'INVALID_KEY' });
    }
  });
}

describe('folder store', () => {
  contract(() => openFolderStore(join(folder, 'contract')));

  test('is what the configuration opens', async () => {
    const storage = {
      kind: 'folder',
      root: join(folder, 'configured'),
      bucket: '',
      region: '',
      endpoint: null,
    } as const;
    const store = await openStore(storage);
    await store.put('models/x', bytesOf('x'));
    expect(store.location).toBe(`folder ${join(folder, 'configured')}`);
  });

  // Where nothing can be made, root or not.
  test.each(['/proc/omega', '/proc/omega/deeper', '/sys/omega'])(
    'a store at %s says at once that it cannot be written',
    async (root) => {
      if (process.platform !== 'linux') return;
      const store = await openFolderStore(root);
      const bytes = Buffer.from('x');
      const denied = expect.objectContaining({
        code: 'ACCESS_DENIED',
        message: expect.stringContaining(root) as unknown,
      }) as Error;
      await expect(store.put('models/a/b', bytes)).rejects.toEqual(denied);
      await expect(store.create('models/a/b', bytes)).rejects.toEqual(denied);
      await expect(store.get('models/a/b')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    },
  );

  test('a key that is a folder of others, or lies below one, is an invalid key', async () => {
    const store = await openFolderStore(join(folder, 'clash'));
    await store.put('models/run/manifest.json', bytesOf('{}'));
    await expect(store.put('models/run', bytesOf('x'))).rejects.toMatchObject({ code: 'INVALID_KEY' });
    await expect(store.put('models/run/manifest.json/x', bytesOf('x'))).rejects.toMatchObject({ code: 'INVALID_KEY' });
    expect(textOf(await store.get('models/run/manifest.json'))).toBe('{}');
  });

  test('a root that is a file is one clear sentence', async () => {
    const root = join(folder, 'a-file');
    writeFileSync(root, '');
    await expect(openFolderStore(root).then((store) => store.put('models/x', bytesOf('x')))).rejects.toMatchObject({
      name: 'StoreError',
    });
  });

  test('abandoned unfinished writes are removed at the next start, young ones are not', async () => {
    const root = join(folder, 'abandoned');
    const scratch = join(root, '.unfinished');
    mkdirSync(join(scratch, 'old-folder'), { recursive: true });
    writeFileSync(join(scratch, 'old-folder', '0'), 'half');
    writeFileSync(join(scratch, 'old'), 'half');
    writeFileSync(join(scratch, 'young'), 'half');
    const twoHoursAgo = Date.now() / 1_000 - 7_200;
    for (const old of ['old', 'old-folder']) utimesSync(join(scratch, old), twoHoursAgo, twoHoursAgo);
    await openFolderStore(root);
    expect(readdirSync(scratch)).toEqual(['young']);
  });

  test('kill -9 in the middle of puts leaves every key whole', async () => {
    const root = join(folder, 'killed');
    const size = 400_000;
    for (let round = 0; round < 4; round += 1) {
      const child = fork(join(__dirname, 'put-forever.ts'), [root, String(size)], {
        execArgv: ['-r', join(__dirname, '../typescript-register.cjs')],
      });
      const acknowledged: number[] = [];
      await new Promise<void>((resolve) => {
        child.on('message', (version: number) => {
          acknowledged.push(version);
          if (acknowledged.length === 5 + round * 3) child.kill('SIGKILL');
        });
        child.on('exit', () => resolve());
      });
      const store = await openFolderStore(root);
      expect(await store.list('models/')).toEqual(['models/rewritten']);
      const read = await store.get('models/rewritten');
      expect(read.length).toBe(size);
      expect(new Set(read).size).toBe(1);
      // Never older than what was acknowledged; possibly the one put that was on its way.
      const last = acknowledged[acknowledged.length - 1] % 256;
      expect([last, (last + 1) % 256, (last + 2) % 256]).toContain(read[0]);
    }
  });
});

const describeS3 = 'missing' in s3 ? describe.skip : describe;
describeS3('S3 store against a real server', () => {
  let server: S3Server;
  beforeAll(async () => {
    if ('missing' in s3) return;
    server = await startS3Server(s3.path, BUCKET);
  });
  afterAll(() => server.stop());
  const open = (bucket = BUCKET) => openS3Store({ bucket, region: S3_REGION, endpoint: server.endpoint });

  contract(async () => open());

  test('a bucket that does not exist says how to name one', async () => {
    await expect(open('no-such-bucket').put('models/x', bytesOf('x'))).rejects.toMatchObject({
      code: 'MISCONFIGURED',
      message: expect.stringContaining('OMEGA_STORE') as string,
    });
  });

  test('wrong credentials are ACCESS_DENIED and keep the secret to themselves', async () => {
    process.env.AWS_SECRET_ACCESS_KEY = 'wrong-secret';
    try {
      const error: unknown = await open()
        .get('models/x')
        .catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: 'ACCESS_DENIED' });
      expect(String(error)).not.toContain('wrong-secret');
    } finally {
      process.env.AWS_SECRET_ACCESS_KEY = S3_SECRET_KEY;
    }
  });
});

describe('S3 store without a server', () => {
  test('nothing listening is UNREACHABLE', async () => {
    const endpoint = `http://127.0.0.1:${await freePort()}`;
    const store = openS3Store({ bucket: BUCKET, region: S3_REGION, endpoint });
    await expect(store.get('models/x')).rejects.toMatchObject({ code: 'UNREACHABLE' });
  });

  test('a server that accepts and never answers is UNREACHABLE within the time-out', async () => {
    const silent = createServer(() => undefined);
    const port = await freePort();
    await new Promise<void>((resolve) => silent.listen(port, '127.0.0.1', resolve));
    const store = openS3Store({
      bucket: BUCKET,
      region: S3_REGION,
      endpoint: `http://127.0.0.1:${port}`,
      requestTimeoutMs: 200,
    });
    try {
      await expect(store.put('models/x', bytesOf('x'))).rejects.toMatchObject({ code: 'UNREACHABLE' });
    } finally {
      store.close();
      silent.close();
    }
  });
});

test('every prefix of the layout is a valid first segment', () => {
  for (const prefix of STORE_PREFIXES) expect(checkedKey(`${prefix}/x`)).toBe(`${prefix}/x`);
});
