/**
 * A training worker is killed with -9 in the middle of a search, as a real process on a real server: every stored trial stays as it was,
 * seconds and all, but for what its next rung adds, and the next worker goes on. Same outcome: test/learning/search/search-run.
 */
import { Client, Connection } from '@temporalio/client';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSearch } from '../../src/client/search-start';
import { OUTER_SCOPES, SHIPPED_TRIAL } from '../../src/domain/hyperparameter-search';
import type { SearchRequest } from '../../src/domain/hyperparameter-search';
import { decodeParameters } from '../../src/learning/search/parameters-file';
import { searchProgress } from '../../src/workflows/search-messages';
import { eventually, type TestProcess } from './processes';
import { StandServer } from './trading-stand';
import { trainingWorker } from './training-worker';

const NAMESPACE = 'search-kill';
const REQUEST: SearchRequest = {
  searchId: 'kill',
  symbol: 'GC',
  days: ['2013-10-08', '2013-10-09'],
  family: 'ridge',
  trials: 8,
  seed: 1,
  windows: true,
};

let server: StandServer;
let folder: string;
let worker: TestProcess;

beforeAll(async () => {
  server = await StandServer.open([NAMESPACE]);
  folder = mkdtempSync(join(tmpdir(), 'omega-kill-'));
  worker = trainingWorker(server.address, NAMESPACE, folder);
});
afterAll(async () => {
  await worker.kill();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

interface StoredTrial {
  readonly scores: readonly { readonly scope: string; readonly fold: number; readonly auc: number }[];
  readonly seconds: number;
}

function stored(searchId: string): ReadonlyMap<string, StoredTrial> {
  const place = join(folder, 'store', 'processed', 'search', searchId);
  const names = existsSync(place) ? readdirSync(place).filter((name) => name.startsWith('trial-')) : [];
  return new Map(
    names.map((name) => [name, JSON.parse(readFileSync(join(place, name), 'utf8')) as StoredTrial] as const),
  );
}

test('kill -9 in the middle of the trials: finished work is kept, and the end is the same', async () => {
  const connection = await Connection.connect({ address: server.address });
  const client = new Client({ connection, namespace: NAMESPACE });
  worker.start();
  const handle = await startSearch(client, REQUEST);
  await eventually('some trials', () => Promise.resolve(stored('kill').size >= 3 ? true : null));
  expect(await handle.query(searchProgress)).toMatchObject({ phase: 'rung-1', planned: 8 });
  await worker.kill();
  const kept = stored('kill');
  expect(kept.size).toBeLessThan(REQUEST.trials);
  worker.start();
  const outcome = await handle.result();
  const whole = stored('kill');
  expect(whole.size).toBe(REQUEST.trials);
  for (const [name, { scores, seconds }] of kept) {
    const now = whole.get(name);
    expect(now?.scores.slice(0, scores.length)).toEqual(scores);
    // A rung adds its seconds; a rung made again would have others.
    if (now?.scores.length === scores.length) expect(now.seconds).toBe(seconds);
    else expect(now?.seconds).toBeGreaterThan(seconds);
  }
  expect(await handle.query(searchProgress)).toMatchObject({ phase: 'done', best: { trial: outcome.best } });
  expect(outcome.outer.filter(({ trial }) => trial === SHIPPED_TRIAL)).toHaveLength(OUTER_SCOPES.length);
  const best = readFileSync(join(folder, 'store', 'processed', 'search', 'kill', 'best.json'));
  expect(decodeParameters('best.json', best).families).toMatchObject([{ name: 'ridge' }]);

  const refused = await startSearch(client, { ...REQUEST, searchId: 'kill', seed: 2 });
  await expect(refused.result()).rejects.toMatchObject({
    cause: { cause: { message: expect.stringContaining('kill is a search of GC ridge, seed 1') as string } },
  });
  await connection.close();
}, 150_000);
