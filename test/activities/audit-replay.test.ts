/** A trade date decided as the feed decides, then decided again from its journal and audit log: equal bit for bit, or named. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDecideBar } from '../../src/activities/market-feed/decide-bar';
import { EnsembleMemory } from '../../src/activities/market-feed/ensemble-memory';
import { formOpinion } from '../../src/activities/market-feed/opinion';
import { replayTradeDate } from '../../src/activities/audit-replay';
import { runtimeIds } from '../../src/activities/runtime-ids';
import { DEFAULT_CONFIG } from '../../src/config/config';
import type { BarWithQuote } from '../../src/domain/bars';
import { tradeDateBounds } from '../../src/domain/calendar';
import { MINUTE_MS } from '../../src/domain/exchange-time';
import { INSTRUMENTS } from '../../src/domain/instruments';
import { FLAT_CONTEXT, type DecisionRecord } from '../../src/domain/proposals';
import { createFeatureStream } from '../../src/features/pipeline';
import { DEFAULT_SCHEMA } from '../../src/features/schema';
import { loadEnsemble } from '../../src/learning/ensemble';
import type { Ensemble } from '../../src/learning/ensemble';
import { fitRun } from '../../src/learning/fit-run';
import { frontSeries } from '../../src/market-data/front-series';
import { loadRecordedMarket } from '../../src/market-data/recorded-minutes';
import { warmUpStart } from '../../src/market-data/warm-up';
import { openAuditLog } from '../../src/storage/audit-log';
import type { AuditEntry } from '../../src/storage/audit-entry';
import { openFolderStore } from '../../src/storage/folder-store';
import { journalFile } from '../../src/storage/market-journal-reader';
import { openMarketJournal } from '../../src/storage/market-journal';
import type { ObjectStore } from '../../src/storage/object-store';
import { SHIPPED_OUTSIDE } from './shipped-outside';
import { ES_CONTRACT } from '../es-contract';

const ACCOUNT = 'DEMO1000001';
const DAY = '2013-10-09';
const RUN = '20131008_220000';
const ES = INSTRUMENTS.ES;

let folder: string;
let store: ObjectStore;
let ensemble: Ensemble;
let rows: readonly BarWithQuote[];
let stateDir: string;
let round = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'omega-replay-'));
  store = await openFolderStore(join(folder, 'store'));
  const market = await loadRecordedMarket(join(__dirname, '../../data'), { instruments: ['ES'] });
  const request = { market, days: ['2013-10-08'], instruments: ['ES'], schema: DEFAULT_SCHEMA } as const;
  await fitRun({ ...request, seed: 1, runId: RUN, store, codeVersion: 'test' });
  ensemble = await loadEnsemble(store, RUN, 'ES');
  rows = frontSeries(market, 'ES', ['2013-10-07', '2013-10-08', DAY]).flatMap(({ bar, quote }) =>
    bar === null ? [] : [{ bar, quote }],
  );
});
afterAll(async () => {
  await ensemble.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  // A state folder for each test; segments in the store are told apart by account.
  stateDir = join(folder, `state-${(round += 1)}`);
});

interface Feed {
  readonly from: number;
  readonly to: number;
  /** Minutes (bar starts) that this feed never heard of, and the market time a later warm-up found them. */
  readonly missed?: ReadonlySet<number>;
  /** Decides the bar that ended at `from` too, which a predecessor may have decided before. */
  readonly redecides?: boolean;
}

/** What the feed of the day does from `from` to `to`: warm up from the journal and history, then minute by minute. */
async function runFeed({ from, to, missed = new Set(), redecides = false }: Feed): Promise<readonly DecisionRecord[]> {
  const journal = openMarketJournal(stateDir, ACCOUNT, () => undefined);
  const audit = await openAuditLog({ stateDir, writer: 'market', redact: (text) => text, report: () => undefined });
  const opened: AuditEntry = {
    type: 'feed-opened',
    tradeDate: DAY,
    at: from,
    account: ACCOUNT,
    modelRun: RUN,
    proposalsWithheld: null,
    trading: DEFAULT_CONFIG.trading,
    contracts: [ES_CONTRACT],
  };
  await audit.append([opened]);
  const memory = new EnsembleMemory(createFeatureStream(DEFAULT_SCHEMA, ES));
  const begin = warmUpStart(DAY);
  const history = rows.filter(({ bar }) => bar.start >= begin && bar.start < from);
  await journal.appendAll(
    'ES',
    history.map(({ bar }) => ({ bar, quote: null })),
    from,
    'history',
  );
  for (const row of await journal.read('ES', begin, from)) memory.push(row);
  await memory.adopt(ensemble);
  const decideBar = createDecideBar({
    account: ACCOUNT,
    trading: DEFAULT_CONFIG.trading,
    modelRun: RUN,
    runtime: runtimeIds(),
    proposalsWithheld: null,
  });
  const records: DecisionRecord[] = [];
  let session = FLAT_CONTEXT;
  const decided = rows.filter(
    ({ bar }) => bar.start >= from - (redecides ? MINUTE_MS : 0) && bar.start < to && !missed.has(bar.start),
  );
  for (const row of decided) {
    const barClose = row.bar.start + MINUTE_MS;
    if (barClose > from) {
      await journal.append('ES', row, barClose);
      memory.push(row);
    }
    const { record } = await decideBar(
      {
        symbol: 'ES',
        instrument: ES,
        contract: ES_CONTRACT,
        stale: row.bar.start % (50 * MINUTE_MS) === 0 ? 'competing session' : null,
        warmedFrom: memory.features.firstBar,
        quote: () => row.quote,
        opinion: () => formOpinion(memory, ensemble),
        remember: (decided) => memory.record(decided),
      },
      barClose,
      { contexts: { ES: session }, day: { trades: 0 } },
    );
    records.push(record);
    if (record.action === 'enter')
      session = { ...FLAT_CONTEXT, position: record.signal === 'buy' ? 1 : -1, enteredAt: barClose };
    if (record.action === 'exit') session = FLAT_CONTEXT;
  }
  await audit.append(records.map((record) => ({ type: 'decision', tradeDate: DAY, record })));
  await Promise.all([audit.close(), journal.close()]);
  return records;
}

const replay = () => replayTradeDate({ store, stateDir, account: ACCOUNT, tradeDate: DAY, outside: SHIPPED_OUTSIDE });
const { start } = tradeDateBounds(DAY);
const HOUR = 60 * MINUTE_MS;

test('a trading day comes out bit for bit, entries, exits and stale quotes included', async () => {
  const records = await runFeed({ from: start + 13 * HOUR, to: tradeDateBounds(DAY).end });
  const result = await replay();
  expect(result).toMatchObject({
    equal: records.length,
    differing: [],
    withinBoundary: [],
    notReplayed: [],
    problems: [],
  });
  expect(result.sameRuntime).toBe(true);
  // Worth the name: the day has votes and, in regular hours, entries and exits.
  expect(records.length).toBeGreaterThan(500);
  expect(new Set(records.map(({ action }) => action)).has('enter')).toBe(true);
  expect(records.filter(({ votes }) => votes.length > 0).length).toBeGreaterThan(400);
});

test('a feed that was killed and came back decides, and replays, from the same bars; minutes missed meanwhile included', async () => {
  const gap = new Set([start + 14 * HOUR + 10 * MINUTE_MS, start + 14 * HOUR + 11 * MINUTE_MS]);
  await runFeed({ from: start + 13 * HOUR, to: start + 15 * HOUR, missed: gap });
  const again = { from: start + 15 * HOUR, to: start + 17 * HOUR, redecides: true };
  const [first] = await runFeed(again);
  expect(first.barClose).toBe(again.from);
  const result = await replay();
  expect(result).toMatchObject({ differing: [], notReplayed: [], problems: [] });
  expect(result.equal).toBe(result.decisions);
  expect(result.decisions).toBeGreaterThan(200);
});

describe('what was tampered with is found', () => {
  const from = start + 14 * HOUR;
  const to = from + 1 * HOUR;

  test('a decision missing from the journal, and a row changed in it', async () => {
    const records = await runFeed({ from, to });
    const path = journalFile(stateDir, ACCOUNT, 'ES', DAY);
    const lines = readFileSync(path, 'utf8').split('\n');
    const changed = lines.findIndex((line) => line.includes(`[${from + 30 * MINUTE_MS},`));
    writeFileSync(path, lines.map((line, i) => (i === changed ? line.replace('"live"', '"lyve"') : line)).join('\n'));
    const result = await replay();
    expect(result.problems).toEqual([expect.stringContaining('is damaged') as string]);
    expect(result.notReplayed).toEqual([
      { decisionId: records[30].decisionId, why: 'the journal does not have its bar' },
    ]);
    // Features remember the missing bar: everything after it differs, nothing before.
    expect(result.equal).toBe(30);
    expect(result.differing.map(({ decisionId }) => decisionId)).toEqual(
      records.slice(31).map(({ decisionId }) => decisionId),
    );
    expect(result.differing[0].differences.map(({ field }) => field)).toContain('featureHash');
  });

  test('another model under the same run id', async () => {
    const records = await runFeed({ from, to });
    const voted = records.filter(({ votes }) => votes.length > 0).length;
    const [key] = (await store.list(`models/${RUN}/ES/`)).filter((name) => name.endsWith('.onnx'));
    const original = await store.get(key);
    await store.put(key, Buffer.concat([original, Buffer.from([0])]));
    try {
      const { differing, equal } = await replay();
      expect([voted > 50, differing.length, equal]).toEqual([true, voted, records.length - voted]);
      expect(differing[0].differences.map(({ field }) => field)).toEqual(expect.arrayContaining(['votes', 'skipped']));
    } finally {
      await store.put(key, original);
    }
    expect((await replay()).equal).toBe(records.length);
  });

  test('a run that is gone', async () => {
    await runFeed({ from, to });
    const manifest = `models/${RUN}/manifest.json`;
    const original = await store.get(manifest);
    await store.delete(manifest);
    try {
      const { notReplayed, equal } = await replay();
      expect(equal).toBe(0);
      expect(notReplayed[0].why).toContain(`no model run ${RUN}`);
    } finally {
      await store.put(manifest, original);
    }
  });
});
