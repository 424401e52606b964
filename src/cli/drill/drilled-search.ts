/** A small hyperparameter search: its pieces are trials, to which a later rung adds. */
import type { Client } from '@temporalio/client';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSearch } from '../../client/search-start';
import type { SearchRequest } from '../../domain/hyperparameter-search';
import { WORKER_AND_SERVER, type DrilledWork, type Pieces, type WorkOutcome, type WorkPlace } from './drilled-work';

const REQUEST: SearchRequest = {
  searchId: 'drill',
  symbol: 'GC',
  days: ['2013-10-08', '2013-10-09'],
  family: 'ridge',
  trials: 24,
  seed: 1,
  windows: true,
};

interface StoredTrial {
  readonly scores: readonly unknown[];
  readonly seconds: number;
}

export const DRILLED_SEARCH: DrilledWork = {
  name: 'search',
  piece: 'trial',
  victims: WORKER_AND_SERVER,
  prepare: () => [],
  async run(client: Client): Promise<WorkOutcome> {
    const handle = await startSearch(client, REQUEST);
    return { summary: JSON.stringify(await handle.result()), faults: [] };
  },
  finished({ paths: { store } }: WorkPlace): Pieces {
    const place = join(store, 'processed', 'search', REQUEST.searchId);
    const names = existsSync(place) ? readdirSync(place).filter((name) => /^(trial|outer)-.*\.json$/.test(name)) : [];
    return new Map(names.map((name) => [name, readFileSync(join(place, name), 'utf8')]));
  },
  keeps(before, after): boolean {
    if (before === after) return true;
    const [then, now] = [before, after].map((text) => JSON.parse(text) as Partial<StoredTrial>);
    if (then.scores === undefined || now.scores === undefined) return false;
    const grown = now.scores.length > then.scores.length && (now.seconds ?? 0) > (then.seconds ?? 0);
    return grown && JSON.stringify(now.scores.slice(0, then.scores.length)) === JSON.stringify(then.scores);
  },
};
