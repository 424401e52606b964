import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { createRedactor } from '../../src/config/secrets';
import type { AuditEntry } from '../../src/storage/audit-entry';
import { openAuditLog } from '../../src/storage/audit-log';
import type { AuditLog } from '../../src/storage/audit-log';
import { auditedDates, readAuditDay } from '../../src/storage/audit-reader';
import { openFolderStore } from '../../src/storage/folder-store';
import { StoreError } from '../../src/storage/object-store';
import type { ObjectStore } from '../../src/storage/object-store';

let folder: string;
let stateDir: string;
let store: ObjectStore;
let problems: string[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'omega-audit-'));
  stateDir = join(folder, 'state');
  store = await openFolderStore(join(folder, 'store'));
  problems = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const DATE = '2013-10-09';
const WRITER = 'market-DEMO1000001';
const open = (writer = WRITER, redact = (text: string): string => text): Promise<AuditLog> =>
  openAuditLog({ stateDir, writer, redact, report: (problem) => problems.push(problem) });
/** The `at`-th entry of a trade date; `at` is its market time and its content. */
const entry = (at: number, tradeDate = DATE): AuditEntry => ({
  type: 'halt',
  event: '1-1',
  tradeDate,
  at,
  account: 'DEMO1000001',
  cause: `cause ${at} with ümlaut`,
});
const read = async (tradeDate = DATE, from: ObjectStore = store) => readAuditDay(from, stateDir, tradeDate);
const times = async (tradeDate = DATE): Promise<readonly number[]> =>
  (await read(tradeDate)).entries.map((found) => ('at' in found ? found.at : NaN));
const spools = (writer = WRITER): readonly string[] =>
  readdirSync(join(stateDir, 'audit', writer)).filter((name) => name.endsWith('.jsonl'));
/** Renames a writer's spools as if another process, now dead, had written them. */
const asDead = async (writer = WRITER): Promise<void> => {
  const at = join(stateDir, 'audit', writer);
  for (const name of readdirSync(at)) {
    const dead = name.replace(/^(\d+)-\d+-/, '$1-999999999-');
    if (dead !== name) renameSync(join(at, name), join(at, dead));
  }
};

test('what is appended can be read at once, and the same after sealing', async () => {
  const log = await open();
  const entries: readonly AuditEntry[] = [
    { type: 'verdict', tradeDate: DATE, barClose: 1, answer: { outcome: 'placed', decisionId: 'd', key: 'A-1-1' } },
    {
      type: 'refusal',
      tradeDate: DATE,
      at: 2,
      account: 'A',
      subject: 'A-1-2',
      refusal: { code: 'LATCHED', detail: 'by=me' },
    },
    entry(3),
    { type: 'halt-lifted', event: '1-2', tradeDate: DATE, at: 4, account: 'A', by: 'Ada', why: 'checked "it"\nall' },
  ];
  await log.append(entries);
  expect(await read()).toEqual({ entries, problems: [] });
  expect(await log.seal(store)).toEqual({ segments: [`audit/${DATE}/1.jsonl`], entries: 4 });
  expect(await read()).toEqual({ entries, problems: [] });
  expect(await auditedDates(store)).toEqual([DATE]);
  await log.append([entry(5)]);
  await log.seal(store);
  expect(await log.seal(store)).toEqual({ segments: [], entries: 0 });
  expect(await store.list('audit/')).toEqual([`audit/${DATE}/1.jsonl`, `audit/${DATE}/2.jsonl`]);
  expect((await read()).entries).toEqual([...entries, entry(5)]);
  await log.close();
});

test('entries of several trade dates go to segments of their own dates', async () => {
  const log = await open();
  await log.append([entry(1), entry(2, '2013-10-10'), entry(3, '2013-10-10'), entry(4)]);
  expect((await log.seal(store)).segments).toEqual([
    `audit/${DATE}/1.jsonl`,
    'audit/2013-10-10/1.jsonl',
    `audit/${DATE}/2.jsonl`,
  ]);
  expect([await times(), await times('2013-10-10')]).toEqual([
    [1, 4],
    [2, 3],
  ]);
  await log.close();
});

test('writers share the numbering of a date and seal nothing of each other', async () => {
  const [market, trader] = [await open(), await open('trader-DEMO1000001')];
  await market.append([entry(1)]);
  await trader.append([entry(2)]);
  await Promise.all([market.seal(store), trader.seal(store)]);
  await market.append([entry(3)]);
  await market.seal(store);
  expect(await store.list('audit/')).toHaveLength(3);
  expect(await times()).toEqual([1, 2, 3]);
  await Promise.all([market.close(), trader.close()]);
  await expect(open('../x')).rejects.toThrow('cannot name an audit writer');
});

test('a segment carries its hash; damage and gaps are named, the rest is read', async () => {
  const log = await open();
  for (const at of [1, 2, 3]) {
    await log.append([entry(at), entry(at + 10)]);
    await log.seal(store);
  }
  const text = Buffer.from(await store.get(`audit/${DATE}/1.jsonl`)).toString();
  const header = JSON.parse(text.split('\n')[0]) as { v: { sha256: string } };
  const body = text.slice(text.indexOf('\n') + 1);
  expect(header.v.sha256).toBe(createHash('sha256').update(body).digest('hex'));

  await store.put(`audit/${DATE}/1.jsonl`, Buffer.from(text.replace('cause 1 ', 'cause 9 ')));
  await store.delete(`audit/${DATE}/2.jsonl`);
  await log.close();
  rmSync(join(stateDir, 'audit'), { recursive: true });
  const day = await read();
  expect(day.entries.map((found) => ('at' in found ? found.at : NaN))).toEqual([3, 11, 13]);
  expect(day.problems).toEqual([
    `audit/${DATE}/1.jsonl does not have the hash it was sealed with; damaged lines are left out.`,
    `audit/${DATE}/1.jsonl: line 1 is damaged.`,
    `audit/${DATE}/2.jsonl is missing from ${store.location}.`,
  ]);
});

test('no secret reaches the disk or the store', async () => {
  const secret = 'AKIA"quoted\\and-secret';
  const log = await open(WRITER, createRedactor({ AWS_SECRET_ACCESS_KEY: secret, IBKR_ACCOUNT: 'DEMO1000001' }));
  await log.append([
    { type: 'halt', event: '1-1', tradeDate: DATE, at: 1, account: 'DEMO1000001', cause: `s3 said ${secret}` },
  ]);
  const onDisk = spools().map((name) => readFileSync(join(stateDir, 'audit', WRITER, name), 'utf8'));
  expect(onDisk.join()).not.toContain('AKIA');
  await log.seal(store);
  expect((await read()).entries).toEqual([
    { type: 'halt', event: '1-1', tradeDate: DATE, at: 1, account: 'DEMO1000001', cause: 's3 said ********' },
  ]);
  await log.close();
});

describe('what a killed predecessor left', () => {
  test('is sealed by the next process of the writer, its torn line reported, its file removed', async () => {
    const killed = await open();
    await killed.append([entry(1), entry(2)]);
    await killed.close();
    await asDead();
    appendFileSync(join(stateDir, 'audit', WRITER, spools()[0]), '{"crc":"00');
    expect((await read()).problems).toHaveLength(1);
    const next = await open();
    await next.append([entry(3)]);
    await next.seal(store);
    expect(problems).toEqual([expect.stringContaining('cut off after 10 bytes') as string]);
    expect(spools()).toHaveLength(1);
    expect(await times()).toEqual([1, 2, 3]);
    await next.close();
  });

  test('is sealed but kept while its writer may be alive, and what it adds later is sealed later', async () => {
    const alive = await open();
    await alive.append([entry(1)]);
    const at = join(stateDir, 'audit', WRITER);
    const name = spools()[0].replace(/-\d+-/, `-${process.ppid}-`);
    renameSync(join(at, spools()[0]), join(at, name));
    const next = await open();
    await next.seal(store);
    expect(spools()).toContain(name);
    await alive.append([entry(2)]);
    await next.seal(store);
    expect(await times()).toEqual([1, 2]);
    await Promise.all([alive.close(), next.close()]);
  });
});

/** A store that fails at the `failAt`-th call that changes it, before or after the change: a crash as sealing sees it. */
function failing(inner: ObjectStore, failAt: number, when: 'before' | 'after'): ObjectStore {
  let calls = 0;
  const guarded = async <T>(change: () => Promise<T>): Promise<T> => {
    calls += 1;
    const fails = calls === failAt;
    if (fails && when === 'before') throw new StoreError('UNREACHABLE', 'gone', null);
    const result = await change();
    if (fails) throw new StoreError('UNREACHABLE', 'gone', null);
    return result;
  };
  return { ...inner, create: (key, bytes) => guarded(() => inner.create(key, bytes)) };
}

test('every entry is sealed exactly once, whatever fails between spool and store', async () => {
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ append: fc.integer({ min: 1, max: 4 }), date: fc.constantFrom(DATE, '2013-10-10') }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        failAt: fc.integer({ min: 1, max: 4 }),
        when: fc.constantFrom('before' as const, 'after' as const),
      }),
    },
    { weight: 1, arbitrary: fc.constant('restart' as const) },
    { weight: 1, arbitrary: fc.constant('other writer takes the number' as const) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
      rmSync(folder, { recursive: true, force: true });
      const expected: Record<string, number[]> = { [DATE]: [], '2013-10-10': [] };
      let log = await open();
      let at = 0;
      for (const action of steps) {
        if (action === 'restart') {
          // The spool of this very process id under another name is a dead predecessor's, as in a container.
          await log.close();
          log = await open();
        } else if (action === 'other writer takes the number') {
          const other = await open('trader-DEMO1000001');
          await other.append([entry((at += 1))]);
          expected[DATE].push(at);
          await other.seal(store);
          await other.close();
        } else if ('append' in action) {
          const entries = Array.from({ length: action.append }, () => entry((at += 1), action.date));
          expected[action.date].push(...entries.map((made) => ('at' in made ? made.at : NaN)));
          await log.append(entries);
        } else {
          await log.seal(failing(store, action.failAt, action.when)).catch((error: unknown) => {
            if (!(error instanceof StoreError)) throw error;
          });
        }
      }
      await log.seal(store);
      // From the store alone, without removing duplicates: exactly once there.
      for (const [date, wanted] of Object.entries(expected)) {
        const keys = await store.list(`audit/${date}/`);
        const texts = await Promise.all(keys.map(async (key) => Buffer.from(await store.get(key)).toString()));
        const sealed = texts.flatMap((text) =>
          text.split('\n').flatMap((line) => {
            if (!line.includes('"entry"')) return [];
            return [(JSON.parse(line) as { v: { entry: { at: number } } }).v.entry.at];
          }),
        );
        expect(sealed.sort((a, b) => a - b)).toEqual(wanted);
        expect((await read(date)).problems).toEqual([]);
      }
      await log.close();
    }),
    { numRuns: 25 },
  );
});

test('a spool cut anywhere reads as the whole entries before the cut', async () => {
  const log = await open();
  await log.append([entry(1), entry(2), entry(3)]);
  await log.close();
  const path = join(stateDir, 'audit', WRITER, spools()[0]);
  const whole = readFileSync(path);
  for (let cut = 0; cut <= whole.length; cut += 1) {
    writeFileSync(path, whole.subarray(0, cut));
    const lines = whole.subarray(0, cut).filter((byte) => byte === 0x0a).length;
    expect(await times()).toEqual([1, 2, 3].slice(0, Math.max(0, lines - 1)));
  }
});

test('kill -9 while appending and sealing: everything acknowledged is there, once, in order', async () => {
  const storeFolder = join(folder, 'store');
  let acknowledged = 0;
  for (let round = 0; round < 4; round += 1) {
    const child = fork(
      join(__dirname, 'audit-forever.ts'),
      [stateDir, storeFolder, DATE, String(acknowledged + 1_000)],
      {
        execArgv: ['-r', join(__dirname, '../typescript-register.cjs')],
      },
    );
    const from = acknowledged + 1_000;
    acknowledged = from - 1;
    await new Promise<void>((resolve) => {
      child.on('message', (at: number) => {
        acknowledged = at;
        if (at - from > 25 + 13 * round) child.kill('SIGKILL');
      });
      child.on('exit', () => resolve());
    });
    const seen = (await times()).filter((at) => at >= from);
    expect(seen.length).toBeGreaterThanOrEqual(acknowledged - from + 1);
    expect(seen).toEqual(seen.map((_, i) => from + i));
  }
  const last = await open('market');
  await last.seal(store);
  await last.close();
  const before = await times();
  rmSync(join(stateDir, 'audit'), { recursive: true });
  expect(await times()).toEqual(before);
  expect((await read()).problems).toEqual([]);
});

test('a burst shares its syncs', async () => {
  const log = await open();
  const started = performance.now();
  await Promise.all(Array.from({ length: 500 }, (_, at) => log.append([entry(at)])));
  const perEntry = (performance.now() - started) / 500;
  expect(await times()).toHaveLength(500);
  expect(perEntry).toBeLessThan(5);
  await log.close();
});
