/** Many objects of the folder store created at once: errors, and kill -9. What every store promises of it is in object-store.test.ts. */
import { fork } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFolderStore } from '../../src/storage/folder-store';
import { createEach } from '../../src/storage/object-store';
import { prefixedStore } from '../../src/storage/prefixed-store';

const ROUNDS = 2;
/** As create-many-forever.ts writes them. */
const CREATED_BYTES = 30_000;
const folder = mkdtempSync(join(tmpdir(), 'omega-create-many-'));
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('many at once: what cannot be made is told, nothing is left behind, and the others are whole', async () => {
  const root = join(folder, 'many');
  const store = await openFolderStore(root);
  await store.put('models/run', bytesOf('a file'));
  const entries = ['models/a', 'models/b', 'models/run/x'].map((key) => ({ key, bytes: bytesOf(key) }));
  await expect(createEach(store, entries)).rejects.toMatchObject({
    code: 'INVALID_KEY',
    message: expect.stringContaining('models/a and 2 more cannot be') as unknown,
  });
  expect(readdirSync(join(root, '.unfinished'))).toEqual([]);
  for (const key of await store.list('models/'))
    expect(textOf(await store.get(key))).toBe(key === 'models/run' ? 'a file' : key);
  expect(await createEach(prefixedStore(store, 'models/trial/'), [{ key: 'models/a', bytes: bytesOf('x') }])).toEqual([
    'created',
  ]);
  expect(await store.exists('models/trial/models/a')).toBe(true);
});

test('kill -9 in the middle of many creates: each is whole or not there, and all that were acknowledged are', async () => {
  const root = join(folder, 'killed-many');
  for (let round = 0; round < ROUNDS; round += 1) {
    const child = fork(join(__dirname, 'create-many-forever.ts'), [root, String(round)], {
      execArgv: ['-r', join(__dirname, '../typescript-register.cjs')],
    });
    const acknowledged: string[] = [];
    await new Promise<void>((resolve) => {
      child.on('message', (keys: readonly string[]) => {
        acknowledged.push(...keys);
        // Not at once: the next ones are to be under way.
        if (acknowledged.length >= 3 * keys.length) setTimeout(() => child.kill('SIGKILL'), 3 + 4 * round);
      });
      child.on('exit', () => resolve());
    });
    const store = await openFolderStore(root);
    const there = await store.list(`models/round-${round}/`);
    expect(acknowledged.filter((key) => !there.includes(key))).toEqual([]);
    // Kilobytes of one value each: any byte of another, or one too few, shows.
    for (const key of there) {
      const bytes = Buffer.from(await store.get(key));
      expect(bytes.equals(Buffer.alloc(CREATED_BYTES, bytes[0]))).toBe(true);
    }
  }
});
