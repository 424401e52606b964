import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withProcessLock } from '../../src/http/process-lock';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'omega-lock-'));
});
afterEach(() => rm(folder, { recursive: true }));

const child = (name: string, ending = ''): Promise<void> =>
  new Promise((resolve) => {
    const args = ['-r', join(__dirname, '../typescript-register.cjs'), join(__dirname, 'process-lock-child.ts')];
    execFile(process.execPath, [...args, folder, name, '30', ending], () => resolve());
  });

test('one process at a time, and one that is killed inside keeps nobody out', async () => {
  await child('killed', 'die');
  await Promise.all([child('a'), child('b')]);
  const said = (await readFile(join(folder, 'said'), 'utf8')).trim().split('\n');
  expect(said[0]).toBe('killed in');
  expect(['a in,a out,b in,b out', 'b in,b out,a in,a out']).toContain(said.slice(1).join());
  expect(await readdir(join(folder, 'lock'))).toEqual(['free']);
});

test('work that hangs is passed over after its time, and does not free what is no longer its own', async () => {
  const place = join(folder, 'lock');
  let time = 1_000_000;
  const clock = { now: () => time, sleep: async (ms: number) => void (time += ms), holdMs: 5_000 };
  let release = (): void => undefined;
  const hung = withProcessLock(place, () => new Promise<void>((resolve) => (release = resolve)), clock);
  while (!(await readdir(place).catch(() => [])).some((name) => name.startsWith('held'))) await Promise.resolve();
  let inside: readonly string[] = [];
  await withProcessLock(
    place,
    async () => {
      release();
      await hung;
      inside = await readdir(place);
    },
    clock,
  );
  expect(time).toBeGreaterThan(1_005_000);
  expect(inside).toHaveLength(1);
  expect(inside[0]).toMatch(/^held\./);
  expect(await readdir(place)).toEqual(['free']);
});

test('a failure gives the lock back', async () => {
  const place = join(folder, 'lock');
  const failing = withProcessLock(place, () => Promise.reject(new Error('broken')), { holdMs: 5_000 });
  await expect(failing).rejects.toThrow('broken');
  expect(await readdir(place)).toEqual(['free']);
});
