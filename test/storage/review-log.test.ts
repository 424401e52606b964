/** The review log over both stores: writers at once, kill -9, repeated requests, damage. */
import { fork } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChampionChange, Review } from '../../src/domain/model-review';
import { openFolderStore } from '../../src/storage/folder-store';
import type { ObjectStore } from '../../src/storage/object-store';
import { addAct, EMPTY_LOG, readReviewLog } from '../../src/storage/review-log';
import { openS3Store } from '../../src/storage/s3-store';
import { announceMissing, resolveS3Server, S3_ACCESS_KEY, S3_REGION, S3_SECRET_KEY, startS3Server } from './s3-server';
import type { S3Server } from './s3-server';

const said = { by: 'Ada', why: 'passed its shadow run', at: '2013-10-10T21:00:00.000Z' };
const [A, B, C] = ['20131007_220000', '20131008_220000', '20131009_220000'];
const promotion =
  (runId: string, by = 'Ada') =>
  ({ promoted }: Review): ChampionChange => ({ ...said, by, kind: 'promoted', runId, from: promoted, to: runId });
const rejection = (runId: string) => () => ({ ...said, kind: 'rejected', runId }) as const;

const folder = mkdtempSync(join(tmpdir(), 'omega-reviews-'));
const s3 = resolveS3Server();
if ('missing' in s3) announceMissing(s3.missing);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `open` gives another handle on the same, at first empty, store. */
function contract(open: () => Promise<ObjectStore>): void {
  let store: ObjectStore;
  beforeAll(async () => {
    store = await open();
  });
  const log = () => readReviewLog(store);

  test('an empty store has no champion and no history', async () => {
    expect(await log()).toEqual(EMPTY_LOG);
  });

  test('of many promotions at once one wins; the others hear who did', async () => {
    const seen = await log();
    const handles = await Promise.all(Array.from({ length: 6 }, open));
    const outcomes = await Promise.allSettled(
      handles.map((handle, i) => addAct(handle, `race/${i}`, seen, promotion([A, B, C][i % 3], `writer ${i}`))),
    );
    const won = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const lost = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    expect([won.length, lost.length]).toEqual([1, 5]);
    for (const reason of lost) {
      const message = expect.stringContaining(`by ${won[0].by}`) as string;
      expect(reason).toMatchObject({ name: 'ReviewLogError', code: 'PROMOTION_CONFLICT', message });
    }
    expect((await log()).entries).toEqual(won);
  });

  test('remarks at once are all kept, one after the other', async () => {
    const seen = await log();
    const others = ['20130101_000000', '20130102_000000', '20130103_000000', '20130104_000000'];
    await Promise.all(others.map((run) => addAct(store, `reject/${run}`, seen, rejection(run))));
    const { entries, review } = await log();
    expect(
      entries
        .slice(1)
        .map(({ runId }) => runId)
        .sort(),
    ).toEqual(others);
    expect(others.map((run) => review.states.get(run))).toEqual(others.map(() => 'rejected'));
  });

  test('a request that is repeated is answered, not done again; an impossible one is refused', async () => {
    const before = await log();
    const [first] = before.entries;
    expect(await addAct(store, first.request, before, promotion(C))).toEqual(first);
    await expect(addAct(store, 'again', before, rejection('20130101_000000'))).rejects.toMatchObject({
      code: 'ACT_REFUSED',
      message: 'Not done: run 20130101_000000 is rejected and cannot be rejected.',
    });
    expect(await log()).toEqual(before);
  });

  test('a reading goes on where an earlier one ended', async () => {
    const before = await log();
    const known = { ...before, entries: [...before.entries] };
    await addAct(store, 'one more', before, rejection('20130105_000000'));
    const asked: string[] = [];
    const counting: ObjectStore = { ...store, get: (key) => (asked.push(key), store.get(key)) };
    expect(await readReviewLog(counting, known)).toEqual(await log());
    expect(asked).toEqual(['models/reviews/000006.json']);
  });

  test('the stored names are snake_case', async () => {
    const first = JSON.parse(Buffer.from(await store.get('models/reviews/000001.json')).toString()) as object;
    expect(Object.keys(first).sort()).toEqual(['at', 'by', 'from', 'kind', 'request', 'run_id', 'to', 'why']);
  });

  test.each([
    ['not JSON', '{'],
    ['an act of no kind', JSON.stringify({ ...said, kind: 'praised', run_id: A, request: 'x' })],
    ['nobody', JSON.stringify({ ...said, by: '', kind: 'expired', run_id: A, request: 'x' })],
    ['an impossible act', JSON.stringify({ ...said, kind: 'shadow-passed', run_id: '20130106_000000', request: 'x' })],
  ])('damage is an error that names the place: %s', async (_name, text) => {
    const key = 'models/reviews/000007.json';
    await store.put(key, Buffer.from(text));
    await expect(log()).rejects.toMatchObject({
      code: 'LOG_DAMAGED',
      message: expect.stringContaining('models/reviews/') as string,
    });
    await store.delete(key);
    await log();
  });

  test('a hole in the history is damage, not a shorter history', async () => {
    const known = await log();
    const bytes = await store.get('models/reviews/000002.json');
    await store.delete('models/reviews/000002.json');
    await expect(log()).rejects.toMatchObject({ code: 'LOG_DAMAGED' });
    await store.put('models/reviews/000002.json', bytes);
    await store.delete('models/reviews/000006.json');
    await expect(readReviewLog(store, known)).rejects.toMatchObject({ code: 'LOG_DAMAGED' });
  });
}

describe('over a folder', () => {
  contract(() => openFolderStore(join(folder, 'contract')));

  test('kill -9 at any instant of promotions leaves one whole history, and the next act goes on', async () => {
    const root = join(folder, 'killed');
    let before = 0;
    for (let round = 0; round < 3; round += 1) {
      const child = fork(join(__dirname, 'promote-forever.ts'), [root, String(round)], {
        execArgv: ['-r', join(__dirname, '../typescript-register.cjs')],
      });
      let acknowledged = 0;
      await new Promise<void>((resolve) => {
        child.on('message', () => {
          acknowledged += 1;
          if (acknowledged === 4 + round * 3) child.kill('SIGKILL');
        });
        child.on('exit', () => resolve());
      });
      const { entries, review } = await readReviewLog(await openFolderStore(root));
      expect(entries.length - before).toBeGreaterThanOrEqual(acknowledged);
      expect(review.promoted).toBe(entries[entries.length - 1].runId);
      before = entries.length;
    }
  });

  test('killed between the temporary file and its place: as if it had never been asked', async () => {
    const root = join(folder, 'between');
    const child = fork(join(__dirname, 'promote-forever.ts'), [root, 'before-link'], {
      execArgv: ['-r', join(__dirname, '../typescript-register.cjs')],
    });
    await new Promise<void>((resolve) => child.on('exit', () => resolve()));
    expect(child.signalCode).toBe('SIGKILL');
    // The whole act was on disk already, only not in its place.
    expect(readdirSync(join(root, '.unfinished'))).toHaveLength(1);
    const store = await openFolderStore(root);
    expect(await readReviewLog(store)).toEqual(EMPTY_LOG);
    await addAct(store, 'after', EMPTY_LOG, promotion(B));
    expect((await readReviewLog(store)).review.promoted).toBe(B);
  });
});

const describeS3 = 'missing' in s3 ? describe.skip : describe;
describeS3('over a real S3 server', () => {
  let server: S3Server;
  const before = { ...process.env };
  beforeAll(async () => {
    if ('missing' in s3) return;
    process.env.AWS_ACCESS_KEY_ID = S3_ACCESS_KEY;
    process.env.AWS_SECRET_ACCESS_KEY = S3_SECRET_KEY;
    server = await startS3Server(s3.path, 'omega-reviews');
  });
  afterAll(async () => {
    process.env = before;
    await server.stop();
  });
  contract(() =>
    Promise.resolve(openS3Store({ bucket: 'omega-reviews', region: S3_REGION, endpoint: server.endpoint })),
  );
});
