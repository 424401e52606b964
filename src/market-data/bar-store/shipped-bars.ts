/** The bars that ship with the repository as a provider: recorded, old, and good for trying things out, which its name says. */
import type { BarProvider } from '../providers/provider';
import { parseCsvBars } from './csv-bars';
import { csvFilesAt, csvText } from './csv-files';
import type { SeriesKey } from './series-key';

/** Bars on a page. */
const PAGE = 5_000;

/** What the sample says of itself wherever it is used. */
export const SAMPLE_NOTE = 'recorded data that ships with Omega, not a live source';

export interface SampleBars extends BarProvider {
  /** Every series there is. */
  series(): Promise<readonly SeriesKey[]>;
}

/** Reads the CSV files under `folder` when it is asked; files are named as in csv-files.ts. */
export function shippedBars(folder: string): SampleBars {
  return {
    name: 'sample',
    cannot: ({ whatToShow }) => (whatToShow === 'TRADES' ? null : 'the sample has trades only'),
    series: async () => {
      const found = new Map<string, SeriesKey>();
      for (const { path, series } of (await csvFilesAt(folder)).files) {
        const contracts =
          series.contract === '' ? parseCsvBars(path, await csvText(path), series).keys() : [series.contract];
        for (const contract of contracts) found.set(`${contract} ${series.interval}`, { ...series, contract });
      }
      return [...found.values()];
    },
    async *bars({ contract, whatToShow, interval, from, to }, aside) {
      const { files } = await csvFilesAt(folder);
      for (const { path, series } of files) {
        const other = series.contract !== '' && series.contract !== contract;
        if (series.interval !== interval || series.whatToShow !== whatToShow || other) continue;
        const found = parseCsvBars(path, await csvText(path), series).get(contract);
        found?.unread.forEach((row) => aside?.(row));
        const wanted = found?.bars.filter(({ start }) => start >= from && start < to) ?? [];
        for (let at = 0; at < wanted.length; at += PAGE) yield wanted.slice(at, at + PAGE);
      }
    },
  };
}
