/** A promotion in the middle of a trade date: votes, evidence and replay change hands between two bars. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { replayTradeDate } from '../../src/activities/audit-replay';
import { createDecideBar } from '../../src/activities/market-feed/decide-bar';
import { EnsembleMemory } from '../../src/activities/market-feed/ensemble-memory';
import { chooseRun, watchPromotions } from '../../src/activities/market-feed/model-choice';
import { openEnsemble, type EnsembleDeps } from '../../src/activities/market-feed/open-ensemble';
import { formOpinion } from '../../src/activities/market-feed/opinion';
import { VotingModels, type FeedOpened } from '../../src/activities/market-feed/voting-models';
import { runtimeIds } from '../../src/activities/runtime-ids';
import { DEFAULT_CONFIG } from '../../src/config/config';
import { MINUTE_MS } from '../../src/domain/exchange-time';
import { INSTRUMENTS } from '../../src/domain/instruments';
import { FLAT_CONTEXT, type DecisionRecord } from '../../src/domain/proposals';
import { createFeatureStream } from '../../src/features/pipeline';
import { DEFAULT_SCHEMA, defineSchema } from '../../src/features/schema';
import type { Ensemble } from '../../src/learning/ensemble';
import { storedSchema, type RunManifest } from '../../src/learning/manifest';
import type { PromotedModels } from '../../src/learning/promoted-model-watch';
import { promoteRun } from '../../src/learning/review-run';
import { frontSeries } from '../../src/market-data/front-series';
import { loadRecordedMarket } from '../../src/market-data/recorded-minutes';
import { warmUpStart } from '../../src/market-data/warm-up';
import { openAuditLog } from '../../src/storage/audit-log';
import { readAuditDay } from '../../src/storage/audit-reader';
import { openFolderStore } from '../../src/storage/folder-store';
import { openMarketJournal } from '../../src/storage/market-journal';
import type { ObjectStore } from '../../src/storage/object-store';
import { storeRun } from '../learning/stored-run';
import { SHIPPED_OUTSIDE } from './shipped-outside';
import { ES_CONTRACT } from '../es-contract';

const [A, B] = ['20131007_220000', '20131008_220000'];
const [ACCOUNT, DAY] = ['DEMO1', '2013-10-09'];
const ES = INSTRUMENTS.ES;

let folder: string;
let store: ObjectStore;
let deps: EnsembleDeps & { readonly alerts: string[] };
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'omega-voting-'));
  store = await openFolderStore(join(folder, 'store'));
  const alerts: string[] = [];
  deps = {
    store,
    alerts,
    report: (report) => void (report.type === 'alert' && alerts.push(report.text)),
    log: () => undefined,
  };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const promote = (runId: string) =>
  promoteRun(store, { kind: 'promoted', runId }, { by: 'Ada', why: 'test', at: 0, request: runId });

const opened = (at: number, modelRun: string | null): FeedOpened => ({
  type: 'feed-opened',
  tradeDate: DAY,
  at,
  account: ACCOUNT,
  modelRun,
  proposalsWithheld: modelRun === null ? 'learning-only: no model run' : null,
  trading: DEFAULT_CONFIG.trading,
  contracts: [ES_CONTRACT],
});

/** The shipped columns with another window, and without the range that stops are told in. */
const OTHER_WINDOWS = defineSchema(
  DEFAULT_SCHEMA.parameters
    .filter(({ kind }) => kind !== 'atr')
    .map((spec) => (spec.kind === 'rsi' ? { ...spec, period: 9 } : spec))
    .concat([{ kind: 'atr', name: 'wide', period: 30, minutes: 5 }]),
);

const underOtherWindows = (manifest: RunManifest): RunManifest => ({
  ...manifest,
  schema: storedSchema(OTHER_WINDOWS),
  instruments: manifest.instruments.map((run) => ({
    ...run,
    models: run.models.map((model) => ({ ...model, schemaHash: OTHER_WINDOWS.hash })),
  })),
});

/** Whose models vote on the rows of `memory`. */
function seat(memory: EnsembleMemory, ensemble: Ensemble | null) {
  const lane = {
    symbol: 'ES' as const,
    ensemble,
    get missing() {
      return memory.features.missing();
    },
    useEnsemble: async (next: Ensemble | null): Promise<void> => {
      await memory.adopt(next);
      await lane.ensemble?.close();
      lane.ensemble = next;
    },
  };
  return lane;
}

test('a feed follows the promoted run, another choice and lock-step do not; an unknown one silences votes, not the feed', async () => {
  await storeRun(store, A);
  await storeRun(store, B);
  expect(await chooseRun(deps, { kind: 'promoted' })).toBeNull();
  expect(deps.alerts.splice(0)).toEqual([expect.stringContaining('omega models promote RUN --by NAME --why REASON')]);
  await promote(A);
  expect(await chooseRun(deps, { kind: 'promoted' })).toBe(A);
  expect(await chooseRun(deps, { kind: 'latest' })).toBe(B);
  const config = { trading: DEFAULT_CONFIG.trading };
  const watched = (kind: 'promoted' | 'latest', lockStep: boolean) =>
    watchPromotions({ ...deps, config }, { model: { kind }, lockStep }, A) !== null;
  expect([watched('promoted', false), watched('promoted', true), watched('latest', false)]).toEqual([
    true,
    false,
    false,
  ]);
  await store.put('models/reviews/000001.json', Buffer.from('{'));
  expect(await chooseRun(deps, { kind: 'promoted' })).toBeNull();
  expect(deps.alerts).toEqual([expect.stringContaining('no model votes, the promoted run is not known')]);
});

test('the first promotion lets proposals leave; learning-only stays learning-only', async () => {
  const models: PromotedModels = { runId: B, ensembles: new Map() };
  const take = () => models;
  const champions: string[] = [];
  const parts = {
    opened: opened(0, null),
    lanes: [],
    audit: { append: () => Promise.resolve() },
    watch: { take },
    onChampion: (runId: string) => void champions.push(runId),
  };
  const notices: string[] = [];
  const notice = (text: string): void => void notices.push(text);
  const free = new VotingModels({ ...parts, learningOnly: false, notice });
  await free.beforeBar(MINUTE_MS);
  expect([free.modelRun, free.proposalsWithheld, notices]).toEqual([
    B,
    null,
    [`models ${B} vote from here on, none until now`],
  ]);
  expect(champions).toEqual([B]);
  const lane = { symbol: 'GC' as const, missing: ['ema_60m'], useEnsemble: () => Promise.resolve() };
  await new VotingModels({ ...parts, lanes: [lane], learningOnly: false, notice }).beforeBar(MINUTE_MS);
  expect(notices.at(-1)).toBe(
    `models ${B} vote from here on, none until now; GC has no value yet of ema_60m, and nobody votes without`,
  );
  const held = { ...parts, opened: { ...opened(0, A), proposalsWithheld: 'learning-only mode' } };
  const learning = new VotingModels({ ...held, learningOnly: true, notice });
  await learning.beforeBar(MINUTE_MS);
  expect([learning.modelRun, learning.proposalsWithheld]).toEqual([B, 'learning-only mode']);
});

test.each([
  ['of the same columns', (manifest: RunManifest) => manifest, DEFAULT_SCHEMA],
  ['of columns with other windows', underOtherWindows, OTHER_WINDOWS],
])(
  'a day with a promotion to a run %s replays bit for bit, each bar as it was decided',
  async (_name, change, schema) => {
    await storeRun(store, A);
    await storeRun(store, B, change);
    await promote(A);
    const stateDir = join(folder, 'state');
    const market = await loadRecordedMarket(join(__dirname, '../../data'), { instruments: ['ES'] });
    const rows = frontSeries(market, 'ES', ['2013-10-08', DAY]).flatMap(({ bar, quote }) =>
      bar === null ? [] : [{ bar, quote }],
    );
    const from = Date.UTC(2013, 9, 9, 14);
    const journal = openMarketJournal(stateDir, ACCOUNT, () => undefined);
    const audit = await openAuditLog({ stateDir, writer: 'market', redact: (text) => text, report: () => undefined });
    const memory = new EnsembleMemory(createFeatureStream(DEFAULT_SCHEMA, ES));
    const begin = warmUpStart(DAY);
    const history = rows.filter(({ bar }) => bar.start >= begin && bar.start < from);
    await journal.appendAll('ES', history, from, 'history');
    for (const row of await journal.read('ES', begin, from)) memory.push(row);

    const lane = seat(memory, await openEnsemble(deps, A, 'ES'));
    await memory.adopt(lane.ensemble);
    const config = { trading: { ...DEFAULT_CONFIG.trading, instruments: ['ES'] as const } };
    const watch = watchPromotions({ ...deps, config }, { model: { kind: 'promoted' }, lockStep: false }, A);
    const first = opened(from, A);
    await audit.append([first]);
    const models = new VotingModels({
      opened: first,
      lanes: [lane],
      audit,
      watch,
      onChampion: () => undefined,
      learningOnly: false,
      notice: () => undefined,
    });
    const decideBar = createDecideBar({
      account: ACCOUNT,
      trading: DEFAULT_CONFIG.trading,
      runtime: runtimeIds(),
      get modelRun() {
        return models.modelRun;
      },
      get proposalsWithheld() {
        return models.proposalsWithheld;
      },
    });
    const records: DecisionRecord[] = [];
    for (const row of rows.filter(({ bar }) => bar.start >= from && bar.start < from + 30 * MINUTE_MS)) {
      const barClose = row.bar.start + MINUTE_MS;
      await models.beforeBar(barClose);
      await journal.append('ES', row, barClose);
      memory.push(row);
      const { record } = await decideBar(
        {
          symbol: 'ES',
          instrument: ES,
          contract: ES_CONTRACT,
          stale: null,
          warmedFrom: memory.features.firstBar,
          quote: () => row.quote,
          opinion: () => formOpinion(memory, lane.ensemble),
          remember: (decided) => memory.record(decided),
        },
        barClose,
        { contexts: { ES: FLAT_CONTEXT }, day: { trades: 0 } },
      );
      records.push(record);
      await audit.append([{ type: 'decision', tradeDate: DAY, record }]);
      if (records.length === 12) {
        await promote(B);
        await watch?.look();
      }
    }
    await watch?.stop();
    await lane.useEnsemble(null);
    await journal.close();
    await audit.close();

    expect(records.map(({ modelRun }) => modelRun)).toEqual(records.map((_record, i) => (i < 12 ? A : B)));
    expect(records.every(({ votes }) => votes.length === 1)).toBe(true);
    expect(records.map(({ schemaHash }) => schemaHash)).toEqual(
      records.map((_record, i) => (i < 12 ? DEFAULT_SCHEMA.hash : schema.hash)),
    );
    const { entries } = await readAuditDay(store, stateDir, DAY);
    const came = entries.flatMap((entry) => (entry.type === 'feed-opened' ? [[entry.at, entry.modelRun]] : []));
    expect(came).toEqual([
      [from, A],
      [records[12].barClose, B],
    ]);
    const replayed = await replayTradeDate({
      store,
      stateDir,
      account: ACCOUNT,
      tradeDate: DAY,
      outside: SHIPPED_OUTSIDE,
    });
    expect(replayed).toMatchObject({
      decisions: records.length,
      equal: records.length,
      differing: [],
      notReplayed: [],
      problems: [],
    });
  },
);
