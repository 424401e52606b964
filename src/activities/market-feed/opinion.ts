/** What the models make of the last bar of an instrument; the live feed, the back-test and the replay of the audit log ask here alike. */
import type { EnsembleOpinion } from '../../domain/decision-ensemble';
import { featureHash } from '../../features/pipeline';
import type { Ensemble } from '../../learning/ensemble';
import type { EnsembleMemory } from './ensemble-memory';

/** Everything but the rules, which are the decision's. */
export interface Opinion extends Omit<EnsembleOpinion, 'rules'> {
  readonly skipped: readonly { readonly model: string; readonly why: string }[];
  readonly featureHash: string | null;
  /** Of the columns that were voted on. */
  readonly schemaHash: string;
  readonly atr: number | null;
}

/**
 * Features, votes and second opinions on the last bar that `memory` has seen; nobody votes on a row with a hole in it. `metaVotes`: what
 * stacker and validator read; `calibrated` only for a record of a version that gave them calibrated votes.
 */
export async function formOpinion(
  memory: Pick<EnsembleMemory, 'features' | 'atr' | 'regime' | 'weights' | 'earlierRows'>,
  ensemble: Pick<Ensemble, 'schema' | 'vote' | 'secondOpinions' | 'window'> | null,
  metaVotes: 'raw' | 'calibrated' = 'raw',
): Promise<Opinion> {
  const { features, atr, regime, weights } = memory;
  const row = features.row();
  const missing = features.missing();
  const { hash: schemaHash } = features.schema;
  const known = {
    featureHash: row && featureHash(row),
    schemaHash,
    atr,
    regime,
    weights,
    ...(metaVotes === 'raw' && { metaVotes }),
  };
  const silence = (why: string): Opinion => {
    const absent = { kind: 'absent', why } as const;
    return { ...known, votes: [], skipped: [{ model: '*', why }], stack: absent, validator: absent };
  };
  if (row === null || missing.length > 0) return silence(`features without a value: ${missing.join(', ')}`);
  if (ensemble === null) return silence('no model run');
  if (ensemble.schema.hash !== schemaHash) return silence(otherSchema(ensemble.schema.hash, schemaHash));
  const { votes, raw, voters, skipped } = await ensemble.vote(row, memory.earlierRows(ensemble));
  const read = metaVotes === 'raw' ? raw : votes;
  const counted = metaVotes === 'raw' && voters !== undefined ? { voters } : {};
  return { ...known, ...counted, votes, skipped, ...(await ensemble.secondOpinions(row, read, regime)) };
}

const otherSchema = (read: string, computed: string): string =>
  `its models read feature schema ${read.slice(0, 12)}, the rows are of ${computed.slice(0, 12)}`;
