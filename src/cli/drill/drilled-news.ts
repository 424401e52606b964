/** News read from a file in FNSPID's layout, run after run as its schedule does: its pieces are stored articles. */
import type { Client } from '@temporalio/client';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DATA_QUEUE } from '../../domain/ids';
import { NEWS_INGESTION_WORKFLOW_ID } from '../../domain/news-ingestion';
import { openArticleStore } from '../../news/article-store';
import { openFolderStore } from '../../storage/folder-store';
import type { newsIngestion } from '../../workflows/news-ingestion';
import { WORKER_AND_SERVER, type DrilledWork, type WorkOutcome, type WorkPlace } from './drilled-work';
import { fileMemo } from './file-memo';
import { newsFile } from './news-file';

const ROWS = 5_000;
const FILE_SEED = 1;
/** So that the file takes several runs. */
const PAGES_PER_RUN = 4;
const SOURCE = 'fnspid';
const DAY = /^\d{4}-\d\d-\d\d$/;

const idsOf = fileMemo((path) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { readonly id: string }).id),
);

/** Files below news/, with their folder, of the folders that `chosen` names. */
function newsFiles(store: string, chosen: (folder: string) => boolean): readonly string[] {
  const place = join(store, 'news');
  const folders = existsSync(place) ? readdirSync(place).filter(chosen) : [];
  return folders.flatMap((folder) =>
    readdirSync(join(place, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.jsonl'))
      .map((name) => join(place, folder, name)),
  );
}

/** By article the files that hold it, each as often as it stands there: every line is counted, not what a reader makes of them. */
export function articlePlaces(store: string): ReadonlyMap<string, readonly string[]> {
  const places = new Map<string, string[]>();
  for (const path of newsFiles(store, (folder) => DAY.test(folder)).filter((name) => !name.includes('amended-')))
    for (const id of idsOf(path) ?? []) {
      const known = places.get(id);
      if (known === undefined) places.set(id, [path.slice(store.length + 1)]);
      else known.push(path.slice(store.length + 1));
    }
  return places;
}

const rejectedLines = (store: string): readonly string[] =>
  newsFiles(store, (folder) => folder === 'rejected').flatMap((path) =>
    readFileSync(path, 'utf8').trimEnd().split('\n'),
  );

/** Reads until the source has nothing more. Throws when a run tells of a failed source. */
async function readAll(client: Client): Promise<void> {
  for (let run = 1, more = true; more; run += 1) {
    const handle = await client.workflow.start<typeof newsIngestion>('newsIngestion', {
      workflowId: `${NEWS_INGESTION_WORKFLOW_ID}-${run}`,
      taskQueue: DATA_QUEUE,
      args: [{ sources: [SOURCE] }],
    });
    const { results } = await handle.result();
    const failed = results.find((result) => result.failed !== null);
    if (failed !== undefined || results.length === 0)
      throw new Error(`news could not be read: ${failed?.failed ?? 'no source is ready'}`);
    more = results.some((result) => result.more);
  }
}

export const DRILLED_NEWS: DrilledWork = {
  name: 'news',
  piece: 'article',
  victims: WORKER_AND_SERVER,
  prepare({ paths: { root } }) {
    const file = join(root, 'news.csv');
    writeFileSync(file, newsFile(ROWS, FILE_SEED));
    const settings = {
      data: { mode: 'legacy' },
      news: { sources: [SOURCE], pagesPerRun: PAGES_PER_RUN, fnspid: { files: [file], lateHours: 10 } },
    };
    writeFileSync(join(root, 'omega.config.json'), JSON.stringify(settings));
    return [];
  },
  async run(client: Client, { paths: { store } }: WorkPlace): Promise<WorkOutcome> {
    await readAll(client);
    const places = [...articlePlaces(store)];
    // As a reader gets them: with what later rows added to an article.
    const articles = await openArticleStore(await openFolderStore(store)).between(0, Infinity);
    const rejected = rejectedLines(store);
    const summary = {
      articles: places.length,
      rejected: rejected.length,
      read: createHash('sha256').update(JSON.stringify(articles)).digest('hex'),
    };
    return {
      summary: JSON.stringify(summary),
      faults: [
        ...places.flatMap(([id, files]) => (files.length > 1 ? [`${id} is stored in ${files.join(' and ')}`] : [])),
        ...(new Set(rejected).size < rejected.length ? ['rows are kept aside more than once'] : []),
        ...(places.length === 0 ? ['nothing was stored'] : []),
      ],
    };
  },
  finished: ({ paths: { store } }) =>
    new Map([...articlePlaces(store)].map(([id, places]) => [id, places.toSorted().join(' ')])),
  // An article that is written again, elsewhere or in the same file, has more places than before.
  keeps: (before, after) => before === after,
};
