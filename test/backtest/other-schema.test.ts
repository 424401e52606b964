/** A run of columns that are not the shipped ones: fitted, back-tested, and its models refuse rows of another schema. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EnsembleMemory } from '../../src/activities/market-feed/ensemble-memory';
import { formOpinion } from '../../src/activities/market-feed/opinion';
import { DEFAULT_COSTS } from '../../src/backtest/cost-model';
import { storedRun } from '../../src/backtest/model-source';
import { ModelledBroker } from '../../src/backtest/modelled-broker';
import { runBacktest } from '../../src/backtest/run-backtest';
import { DEFAULT_CONFIG } from '../../src/config/config';
import { tradeDateBounds } from '../../src/domain/calendar';
import { INSTRUMENTS } from '../../src/domain/instruments';
import { configuredSchema } from '../../src/features/configured-schema';
import { createFeatureStream } from '../../src/features/pipeline';
import { DEFAULT_SCHEMA } from '../../src/features/schema';
import { loadEnsemble } from '../../src/learning/ensemble';
import { fitRun } from '../../src/learning/fit-run';
import { frontSeries } from '../../src/market-data/front-series';
import type { RecordedMarket } from '../../src/market-data/recorded-market';
import { loadRecordedMarket } from '../../src/market-data/recorded-minutes';
import { openFolderStore } from '../../src/storage/folder-store';
import type { ObjectStore } from '../../src/storage/object-store';

const [RUN, LEARNED, DAY] = ['20131008_220000', '2013-10-08', '2013-10-09'];
/** No column named atr: stops are told in a range of the rules' own. */
const SCHEMA = configuredSchema({
  indicators: [
    { kind: 'rsi', period: 9 },
    { kind: 'sma', period: 12, minutes: 5 },
    { kind: 'catalogue', name: 'CCI', period: 15 },
    { kind: 'top-of-book' },
  ],
  modelColumns: ['rsi', 'close_to_sma_5m', 'cci', 'imbalance'],
});

let folder: string;
let store: ObjectStore;
let market: RecordedMarket;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'omega-other-schema-'));
  store = await openFolderStore(folder);
  market = await loadRecordedMarket(join(__dirname, '../../data'), { instruments: ['ES'] });
  const learned = { market, days: [LEARNED], instruments: ['ES'], schema: SCHEMA } as const;
  await fitRun({ ...learned, seed: 1, runId: RUN, store, codeVersion: 'test' });
}, 30_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a run of configured columns votes and trades in a back-test, each decision under its schema', async () => {
  const startClock = tradeDateBounds(DAY).start;
  const { days } = await runBacktest({
    market,
    config: DEFAULT_CONFIG,
    account: 'BACKTEST',
    instruments: ['ES'],
    tradeDates: [DAY],
    models: await storedRun(store, RUN),
    broker: new ModelledBroker({ market, cash: 100_000, startClock, costs: DEFAULT_COSTS }),
    onProgress: () => undefined,
  });
  const [{ decisions }] = days;
  expect(decisions.length).toBeGreaterThan(1_000);
  expect(new Set(decisions.map(({ schemaHash }) => schemaHash))).toEqual(new Set([SCHEMA.hash]));
  expect(decisions.filter(({ votes }) => votes.length === 2).length).toBeGreaterThan(1_000);
  expect(decisions.some(({ action }) => action === 'enter')).toBe(true);
}, 30_000);

test('rows of other columns get no vote, and the decision says which schema was wanted', async () => {
  const ensemble = await loadEnsemble(store, RUN, 'ES');
  const memory = new EnsembleMemory(createFeatureStream(DEFAULT_SCHEMA, INSTRUMENTS.ES));
  for (const { bar, quote } of frontSeries(market, 'ES', [LEARNED]).slice(0, 400))
    if (bar !== null) memory.push({ bar, quote });
  const { votes, skipped, schemaHash } = await formOpinion(memory, ensemble);
  expect([votes, schemaHash]).toEqual([[], DEFAULT_SCHEMA.hash]);
  expect(skipped[0].why).toContain(`its models read feature schema ${SCHEMA.hash.slice(0, 12)}`);
  await memory.adopt(ensemble);
  expect((await formOpinion(memory, ensemble)).votes).toHaveLength(2);
  await ensemble.close();
});
