/**
 * A training worker is killed with -9 in the middle of its fits, as a real process on a real server: what was stored stays as it was, byte
 * for byte, the next worker goes on after it, and the run is made.
 */
import { Client, Connection } from '@temporalio/client';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRetraining } from '../../src/client/retraining';
import { openFolderStore } from '../../src/storage/folder-store';
import { listRuns } from '../../src/storage/model-registry';
import * as messages from '../../src/workflows/messages';
import { eventually, type TestProcess } from './processes';
import { StandServer } from './trading-stand';
import { trainingWorker } from './training-worker';

const RUN = '20131011_210000';
const FAMILIES = ['sgd', 'perceptron'];

let server: StandServer;
let folder: string;
let worker: TestProcess;

beforeAll(async () => {
  server = await StandServer.open(['retraining-kill']);
  folder = mkdtempSync(join(tmpdir(), 'omega-kill-'));
  worker = trainingWorker(server.address, 'retraining-kill', folder);
});
afterAll(async () => {
  await worker.kill();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Finished fits by name, with the hash of what is stored: seconds and all, so a repeated fit would have another. */
function storedFits(): ReadonlyMap<string, string> {
  const place = join(folder, 'store', 'processed', 'training', RUN, 'GC');
  const fits = FAMILIES.flatMap((family) => {
    const names = existsSync(join(place, family)) ? readdirSync(join(place, family)) : [];
    return names.filter((name) => name.endsWith('.json')).map((name) => join(family, name));
  });
  return new Map(
    fits.map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(place, name)))
        .digest('hex'),
    ]),
  );
}

test('kill -9 in the middle of the fits: every stored fit is kept, none is made again', async () => {
  const connection = await Connection.connect({ address: server.address });
  const client = new Client({ connection, namespace: 'retraining-kill' });
  worker.start();
  const handle = await startRetraining(client, {
    request: { runId: RUN, days: null, instruments: ['GC'], families: FAMILIES, seed: 1, dataFolder: null },
    trigger: { cause: 'by-hand', by: 'test', why: 'kill drill' },
  });
  await eventually('some fits', () => Promise.resolve(storedFits().size >= 3 ? true : null));
  await worker.kill();
  const kept = storedFits();
  expect(kept.size).toBeLessThan(7 * FAMILIES.length);
  expect(await listRuns(await openFolderStore(join(folder, 'store')))).toEqual([]);
  worker.start();
  expect(await handle.result()).toMatchObject({ kind: 'insufficient-data', runId: RUN });
  const whole = storedFits();
  expect(whole.size).toBe(7 * FAMILIES.length);
  expect([...kept].filter(([name, hash]) => whole.get(name) !== hash)).toEqual([]);
  const { fitted } = await handle.query(messages.retrainingProgress);
  expect(fitted.reduce((sum, family) => sum + family.kept, 0)).toBe(kept.size);
  expect(await listRuns(await openFolderStore(join(folder, 'store')))).toEqual([RUN]);
  await connection.close();
}, 180_000);
