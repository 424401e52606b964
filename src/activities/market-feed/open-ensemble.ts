/** The models of a run for one instrument, and an alert for each that will not vote: silence of a model must not look like its opinion. */
import type { FutureSymbol } from '../../domain/instruments';
import type { ProcessReport } from '../../domain/process-messages';
import { loadEnsemble, type Ensemble } from '../../learning/ensemble';
import type { ObjectStore } from '../../storage/object-store';

export interface EnsembleDeps {
  readonly store: ObjectStore;
  readonly report: (report: ProcessReport) => void;
  readonly log: (level: 'error', message: string, fields?: object) => void;
}

/** A run that cannot be loaded silences its votes, not the feed: positions still need their exits. */
export async function openEnsemble(deps: EnsembleDeps, runId: string, symbol: FutureSymbol): Promise<Ensemble | null> {
  const alert = (text: string): void => {
    deps.report({ type: 'alert', text, marketTime: null });
    deps.log('error', text, { modelRun: runId, symbol });
  };
  try {
    const ensemble = await loadEnsemble(deps.store, runId, symbol);
    for (const { model, why } of ensemble.skipped) {
      alert(
        model === '*' ? `no model votes: ${why}` : `${symbol} model ${model} of run ${runId} does not vote: ${why}`,
      );
    }
    return ensemble;
  } catch (error) {
    alert(`no model votes on ${symbol}: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}
