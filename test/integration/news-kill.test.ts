/**
 * A training worker is killed with -9 again and again while it reads news, as a real process on a real server against local servers that
 * answer as MarketAux and Tiingo do: every story is stored exactly once, whichever source brought it and wherever the knife fell.
 */
import { Client, Connection } from '@temporalio/client';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Article } from '../../src/domain/article';
import { DATA_QUEUE } from '../../src/domain/ids';
import type { NewsIngestionResult } from '../../src/domain/news-ingestion';
import { KEY, NewsServer, storiesUntil } from '../news/news-servers';
import { ROOT, TestProcess, eventually } from './processes';
import { StandServer } from './trading-stand';

const NAMESPACE = 'news-kill';
const KILLS = 2;
const STORIES = 120;
const SEED = 20_131_009;

let server: StandServer;
let marketaux: NewsServer;
let tiingo: NewsServer;
let folder: string;
let worker: TestProcess;

beforeAll(async () => {
  server = await StandServer.open([NAMESPACE]);
  [marketaux, tiingo] = await Promise.all([NewsServer.open('marketaux', [], 5), NewsServer.open('tiingo')]);
  folder = mkdtempSync(join(tmpdir(), 'omega-news-kill-'));
  const config = {
    data: { tiingo: { baseUrl: tiingo.baseUrl, requestsPerHour: 100_000, requestsPerDay: 1_000_000 } },
    news: {
      pagesPerRun: 500,
      marketaux: { baseUrl: marketaux.baseUrl, limit: 5, requestsPerDay: 1_000_000 },
      tiingo: { limit: 6 },
    },
  };
  writeFileSync(join(folder, 'omega.config.json'), JSON.stringify(config));
  worker = new TestProcess({
    command: process.execPath,
    args: [join(ROOT, 'dist/worker.js'), 'training'],
    env: {
      TEMPORAL_ADDRESS: server.address,
      TEMPORAL_NAMESPACE: NAMESPACE,
      OMEGA_CONFIG: join(folder, 'omega.config.json'),
      OMEGA_STORE: join(folder, 'store'),
      OMEGA_STATE_DIR: join(folder, 'state'),
      MARKETAUX_API_KEY: KEY,
      TIINGO_API_KEY: KEY,
    },
    logFile: join(folder, 'training.log'),
    ipc: true,
  });
}, 60_000);
afterAll(async () => {
  await worker.kill();
  await Promise.all([server.close(), marketaux.close(), tiingo.close()]);
  rmSync(folder, { recursive: true, force: true });
});

/** Every line of every file, not what a reader makes of them. */
function storedLines(): readonly Article[] {
  const place = join(folder, 'store', 'news');
  const days = readdirSync(place).filter((name) => /^\d{4}-/.test(name));
  const files = days.flatMap((day) => readdirSync(join(place, day)).map((name) => join(place, day, name)));
  return files
    .filter((name) => !name.includes('amended-'))
    .flatMap((name) => readFileSync(name, 'utf8').trim().split('\n'))
    .map((line) => JSON.parse(line) as Article);
}

/** Park–Miller: the moments of the kills, the same in every run. */
function* moments(): Generator<number> {
  for (let state = SEED; ; state = (state * 48_271) % 2_147_483_647) yield state / 2_147_483_647;
}

test('kill -9 while news is read: each story is stored exactly once', async () => {
  const stories = storiesUntil(Date.now() - 60_000, STORIES);
  marketaux.stories.push(...stories.slice(0, (2 * STORIES) / 3));
  tiingo.stories.push(...stories.slice(STORIES / 3));
  const connection = await Connection.connect({ address: server.address });
  const client = new Client({ connection, namespace: NAMESPACE });
  const handle = await client.workflow.start('newsIngestion', {
    workflowId: 'news',
    taskQueue: DATA_QUEUE,
    args: [{ sources: null }],
  });
  const asked = () => marketaux.requests.length + tiingo.requests.length;
  const random = moments();
  worker.start();
  for (let kill = 0; kill < KILLS; kill += 1) {
    const before = asked();
    await eventually('some pages', () => Promise.resolve(asked() >= before + 4 ? true : null));
    await new Promise((resolve) => setTimeout(resolve, random.next().value * 60));
    await worker.kill();
    expect((await handle.describe()).status.name).toBe('RUNNING');
    worker.start();
  }
  const { results } = (await handle.result()) as NewsIngestionResult;
  expect(results).toMatchObject([
    { source: 'marketaux', failed: null, more: false },
    { source: 'tiingo', failed: null, more: false },
  ]);
  const lines = storedLines();
  expect(lines.map(({ title }) => title).sort()).toEqual(stories.map(({ title }) => title).sort());
  expect(new Set(lines.map(({ id }) => id)).size).toBe(STORIES);
  await connection.close();
}, 120_000);
