/** A bar store over a temporary folder, and bars to put in it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProvidedBar } from '../../../src/market-data/providers/provider';
import { openBarStore, type BarStore, type BarStoreOptions } from '../../../src/market-data/bar-store/bar-store';
import type { SeriesKey } from '../../../src/market-data/bar-store/series-key';
import { openFolderStore } from '../../../src/storage/folder-store';

export const ES: SeriesKey = { contract: 'ES_201312', whatToShow: 'TRADES', interval: '1m' };
export const AAPL: SeriesKey = { contract: 'AAPL', whatToShow: 'TRADES', interval: '1d' };
export const MINUTE = 60_000;
export const DAY = 86_400_000;
export const FETCHED = Date.parse('2014-01-02T00:00:00Z');

export const time = (text: string): number => Date.parse(text);

/** A bar that every check takes, at `start`. */
export const bar = (start: number, change: Partial<ProvidedBar> = {}): ProvidedBar => ({
  start,
  open: 1650,
  high: 1651,
  low: 1649.5,
  close: 1650.25,
  volume: 10,
  adjustmentFactor: null,
  ...change,
});

export const minutes = (from: string, count: number, change: Partial<ProvidedBar> = {}): readonly ProvidedBar[] =>
  Array.from({ length: count }, (_bar, i) => bar(time(from) + i * MINUTE, change));

export interface StoreRig {
  readonly folder: string;
  readonly bars: BarStore;
  close(): Promise<void>;
}

export async function storeRig(options: BarStoreOptions = {}): Promise<StoreRig> {
  const folder = mkdtempSync(join(tmpdir(), 'omega-bar-store-'));
  const bars = await openBarStore(await openFolderStore(folder), options);
  return {
    folder,
    bars,
    close: async () => {
      await bars.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
