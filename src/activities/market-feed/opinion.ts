/** What the models make of the last bar of a feature stream; the live feed and the replay of its audit log ask here alike. */
import type { Vote } from '../../domain/proposals';
import { featureHash, type FeatureStream } from '../../features/pipeline';
import type { Ensemble } from '../../learning/ensemble';

export interface Opinion {
  readonly votes: readonly Vote[];
  readonly skipped: readonly { readonly model: string; readonly why: string }[];
  readonly featureHash: string | null;
  readonly atr: number | null;
}

/** Features and votes on the last bar that `features` has seen; nobody votes on a row with a hole in it. */
export async function formOpinion(
  features: Pick<FeatureStream, 'row' | 'missing' | 'value'>,
  ensemble: Pick<Ensemble, 'vote'> | null,
): Promise<Opinion> {
  const row = features.row();
  const missing = features.missing();
  const atr = features.value('atr');
  if (row === null || missing.length > 0) {
    const why = `features without a value: ${missing.join(', ')}`;
    return { votes: [], skipped: [{ model: '*', why }], featureHash: row && featureHash(row), atr };
  }
  if (ensemble === null) {
    return { votes: [], skipped: [{ model: '*', why: 'no model run' }], featureHash: featureHash(row), atr };
  }
  const { votes, skipped } = await ensemble.vote(row);
  return { votes, skipped, featureHash: featureHash(row), atr };
}
