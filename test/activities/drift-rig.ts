/** A store with a run and its drift references, the journal of two recorded days and decisions on them, in a folder of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BarWithQuote } from '../../src/domain/bars';
import { tradeDateOf } from '../../src/domain/calendar';
import { MINUTE_MS } from '../../src/domain/exchange-time';
import { INSTRUMENTS, type FutureSymbol } from '../../src/domain/instruments';
import { computeFeatures } from '../../src/features/pipeline';
import { DEFAULT_SCHEMA } from '../../src/features/schema';
import { driftDays, watchedFeatures } from '../../src/learning/drift/drift-day';
import { encodeReference } from '../../src/learning/drift/drift-reference';
import { referenceKey } from '../../src/learning/drift/training-reference';
import { columnsOf, markBreaks } from '../../src/features/bar-series';
import { BUY, SELL, labelRows } from '../../src/learning/labels';
import type { RunManifest } from '../../src/learning/manifest';
import { frontSeries } from '../../src/market-data/front-series';
import { loadRecordedMarket } from '../../src/market-data/recorded-minutes';
import { openAuditLog } from '../../src/storage/audit-log';
import { openFolderStore } from '../../src/storage/folder-store';
import { openMarketJournal } from '../../src/storage/market-journal';
import type { ObjectStore } from '../../src/storage/object-store';
import { decisionRecord } from '../decision-record';
import { storeRun } from '../learning/stored-run';

export const ACCOUNT = 'DU1';
export const RUN = '20131009_220000';
export const DAYS = ['2013-10-09', '2013-10-10'];

export interface DriftRig {
  readonly folder: string;
  readonly stateDir: string;
  readonly store: ObjectStore;
  readonly manifest: RunManifest;
  /** ES on DAYS. */
  readonly bars: readonly BarWithQuote[];
  /** References of `days` days: the recorded features, `shift` higher, each day a little different. */
  putReferences(days: number, shift: number): Promise<void>;
  /** What the feed consumed; minutes that are there already are left out. */
  consume(bars: readonly BarWithQuote[], symbol?: FutureSymbol): Promise<void>;
  /** Decisions on every bar with a label, all for the other side. */
  decideWrongly(): Promise<void>;
  close(): void;
}

const recorded = loadRecordedMarket(join(__dirname, '../../data'), { instruments: ['ES'] });

export async function driftRig(): Promise<DriftRig> {
  const folder = mkdtempSync(join(tmpdir(), 'omega-drift-'));
  const stateDir = join(folder, 'state');
  const store = await openFolderStore(join(folder, 'store'));
  const manifest = await storeRun(store, RUN);
  const bars = frontSeries(await recorded, 'ES', DAYS).flatMap(({ bar, quote }) =>
    bar === null ? [] : [{ bar, quote }],
  );
  const features = watchedFeatures(DEFAULT_SCHEMA);
  const report = (problem: string): void => {
    throw new Error(problem);
  };
  return {
    folder,
    stateDir,
    store,
    manifest,
    bars,
    async putReferences(count, shift) {
      const { starts, values } = computeFeatures(bars, DEFAULT_SCHEMA, INSTRUMENTS.ES);
      const day = driftDays({ starts, values, columns: DEFAULT_SCHEMA.columns }, features)[1];
      const days = Array.from({ length: count }, (_item, i) => ({
        ...day,
        tradeDate: `2012-01-${String(i + 1).padStart(2, '0')}`,
        values: day.values.map((value) => value + shift + i / 1_000),
      }));
      const text = encodeReference({ schemaHash: DEFAULT_SCHEMA.hash, features, days });
      for (const symbol of ['ES', 'GC']) await store.put(referenceKey(RUN, symbol), Buffer.from(text));
    },
    async consume(consumed, symbol = 'ES') {
      const journal = openMarketJournal(stateDir, ACCOUNT, report);
      await journal.appendAll(symbol, consumed, consumed[consumed.length - 1].bar.start + MINUTE_MS, 'live');
      await journal.close();
    },
    async decideWrongly() {
      const audit = await openAuditLog({ stateDir, writer: 'market', redact: (text) => text, report });
      const labels = labelRows(markBreaks(columnsOf(bars)), manifest.instruments[0].label);
      const entries = bars.flatMap(({ bar: { start } }, row) => {
        if (labels[row] !== BUY && labels[row] !== SELL) return [];
        const probabilities = labels[row] === BUY ? ([0.7, 0.2, 0.1] as const) : ([0.1, 0.2, 0.7] as const);
        const votes = [{ model: 'sgd', signal: 'hold' as const, probabilities }];
        const decisionId = `${ACCOUNT}/ES/${new Date(start).toISOString()}`;
        const record = decisionRecord({
          account: ACCOUNT,
          decisionId,
          barClose: start + MINUTE_MS,
          modelRun: RUN,
          votes,
        });
        return [{ type: 'decision' as const, tradeDate: tradeDateOf(start), record }];
      });
      await audit.append(entries);
      await audit.close();
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
