/**
 * A worker is killed with -9 in the middle of an export of the broker's history, as a real process on a real server with the paper gateway
 * behind it: the next worker asks for what is not stored yet, and the end holds every recorded minute once.
 */
import { Client, Connection, defaultPayloadConverter } from '@temporalio/client';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHistoryExport } from '../../src/client/history-export-start';
import type { ChunkResult, HistoryExportRequest } from '../../src/domain/history-export';
import { openBarStore, type BarStore } from '../../src/market-data/bar-store/bar-store';
import type { SeriesKey } from '../../src/market-data/bar-store/series-key';
import { loadRecordedMarket } from '../../src/market-data/recorded-minutes';
import { openFolderStore } from '../../src/storage/folder-store';
import { exportProgress } from '../../src/workflows/history-export-messages';
import { eventually, freePorts, ROOT, TestProcess } from './processes';
import { StandServer } from './trading-stand';
import { trainingWorker } from './training-worker';

const NAMESPACE = 'export-kill';
const TRADES: SeriesKey = { contract: 'ES_201312', whatToShow: 'TRADES', interval: '1m' };
const MINUTE = 60_000;
const FROM = Date.parse('2013-10-06T22:00:00Z');
const TO = Date.parse('2013-10-11T20:00:00Z');
const REQUEST: HistoryExportRequest = {
  instruments: ['ES'],
  whatToShow: ['TRADES', 'MIDPOINT'],
  interval: '1m',
  from: FROM,
  to: null,
};

let server: StandServer;
let gateway: TestProcess;
let worker: TestProcess;
let folder: string;
let bars: BarStore;
let broker: NodeJS.ProcessEnv;

beforeAll(async () => {
  server = await StandServer.open([NAMESPACE]);
  folder = mkdtempSync(join(tmpdir(), 'omega-export-'));
  const [port, controlPort] = await freePorts(2);
  gateway = new TestProcess({
    command: process.execPath,
    args: [
      join(ROOT, 'dist/paper-gateway/main.js'),
      ...['--port', String(port), '--control-port', String(controlPort), '--data', join(ROOT, 'data')],
      ...['--instruments', 'ES', '--clock', new Date(TO).toISOString(), '--speed', 'lockstep'],
      ...['--state', join(folder, 'gateway'), '--exit-with-parent'],
    ],
    logFile: join(folder, 'gateway.log'),
    ipc: false,
  });
  gateway.start();
  broker = { IBKR_HOST: '127.0.0.1', IBKR_PORT: String(port) };
  worker = trainingWorker(server.address, NAMESPACE, folder);
  bars = await openBarStore(await openFolderStore(join(folder, 'store')));
});
afterAll(async () => {
  await worker.kill();
  await gateway.kill();
  await server.close();
  await bars.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Questions put to the gateway: each takes a permit that outlives its process. */
const questions = (): number =>
  readdirSync(join(folder, 'state', 'rate-limits'), { recursive: true, encoding: 'utf8' }).filter(
    (name) => /\/\d+\.[1-9]\d+\./.test(name) && name.startsWith('ibkr-history'),
  ).length;

test('kill -9 between two pieces: what is stored is not asked for again', async () => {
  const connection = await Connection.connect({ address: server.address });
  const client = new Client({ connection, namespace: NAMESPACE });
  worker.start(broker);
  const handle = await startHistoryExport(client, REQUEST);
  await eventually('the first piece', async () => ((await bars.list()).length > 0 ? true : null));
  await worker.kill();
  const asked = questions();
  expect(asked).toBeGreaterThan(0);
  const kept = (await bars.read(TRADES)).table;
  const through = kept.start[kept.length - 1];
  expect(through).toBeLessThan(TO - MINUTE);
  expect((await startHistoryExport(client, REQUEST)).workflowId).toBe(handle.workflowId);

  worker.start(broker);
  const result = await handle.result();
  expect(result).toMatchObject({ phase: 'done', series: [{ failed: null, chunksDone: 1 }, { failed: null }] });
  expect(await handle.query(exportProgress)).toEqual(result);
  // The chunk went on where the store ended: one question for what was left of it.
  const { events } = await handle.fetchHistory();
  const results = (events ?? []).flatMap(({ activityTaskCompletedEventAttributes: done }) =>
    (done?.result?.payloads ?? []).map((payload) => defaultPayloadConverter.fromPayload<ChunkResult>(payload)),
  );
  expect(results[1]).toMatchObject({ resumedFrom: through + MINUTE, requests: 1 });
  const table = (await bars.read(TRADES)).table;
  expect(table.fetchedAt.subarray(0, kept.length)).toEqual(kept.fetchedAt);
  expect(questions() - asked).toBeLessThanOrEqual(5);

  const market = await loadRecordedMarket(join(ROOT, 'data'), { instruments: ['ES'] });
  const recorded = market.contracts.find(({ deliveryMonth }) => deliveryMonth === '201312')?.minutes ?? [];
  const traded = recorded.filter(({ bar, start }) => bar !== null && start >= FROM && start < TO);
  expect([...table.start]).toEqual(traded.map(({ start }) => start));
  expect([...table.close]).toEqual(traded.map(({ bar }) => bar?.close));
  expect((await bars.read({ ...TRADES, whatToShow: 'MIDPOINT' })).table.length).toBeGreaterThan(6_000);

  const again = await (await startHistoryExport(client, { ...REQUEST, to: TO })).result();
  expect(again.series.map(({ added }) => added)).toEqual([0, 0]);
  await connection.close();
}, 120_000);
