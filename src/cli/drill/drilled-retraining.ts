/** A retraining of quick families on one instrument: its pieces are fits. */
import type { Client } from '@temporalio/client';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startRetraining } from '../../client/retraining';
import { WORKER_AND_SERVER, type DrilledWork, type Pieces, type WorkOutcome, type WorkPlace } from './drilled-work';

const RUN = '20131011_210000';
const SYMBOL = 'GC';
const FAMILIES = [
  'sgd',
  'perceptron',
  'passive_aggressive',
  'logistic_regression',
  'extra_trees',
  'boosting_depth_wise',
];

const hashOf = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');
const namesIn = (folder: string): readonly string[] => (existsSync(folder) ? readdirSync(folder) : []);

export const DRILLED_RETRAINING: DrilledWork = {
  name: 'retraining',
  piece: 'fit',
  victims: WORKER_AND_SERVER,
  prepare: () => [],
  async run(client: Client, { paths: { store } }: WorkPlace): Promise<WorkOutcome> {
    const handle = await startRetraining(client, {
      request: { runId: RUN, days: null, instruments: [SYMBOL], families: FAMILIES, seed: 1, dataFolder: null },
      trigger: { cause: 'by-hand', by: 'drill', why: 'kill drill' },
    });
    const { kind } = await handle.result();
    const place = join(store, 'models', RUN, SYMBOL);
    const models = namesIn(place)
      .filter((name) => name.endsWith('.onnx'))
      .map((name) => [name, hashOf(join(place, name))]);
    return { summary: JSON.stringify({ kind, models }), faults: [] };
  },
  finished({ paths: { store } }: WorkPlace): Pieces {
    const place = join(store, 'processed', 'training', RUN, SYMBOL);
    // Its record holds the seconds of the fit: one made again has another hash.
    const fits = FAMILIES.flatMap((family) =>
      namesIn(join(place, family))
        .filter((name) => name.endsWith('.json'))
        .map((name) => join(family, name)),
    );
    return new Map(fits.map((name) => [name, hashOf(join(place, name))]));
  },
  keeps: (before, after) => before === after,
};
