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

/** An alert is one sentence, in the log as well. */
const alert = (deps: EnsembleDeps, runId: string, symbol: FutureSymbol, text: string): void => {
  deps.report({ type: 'alert', text, marketTime: null });
  deps.log('error', text, { modelRun: runId, symbol });
};

/** Alerts for each model that does not vote. Rejects as `loadEnsemble`. */
export async function loadTold(deps: EnsembleDeps, runId: string, symbol: FutureSymbol): Promise<Ensemble> {
  const ensemble = await loadEnsemble(deps.store, runId, symbol);
  for (const { model, why } of ensemble.skipped) {
    const text =
      model === '*' ? `no model votes: ${why}` : `${symbol} model ${model} of run ${runId} does not vote: ${why}`;
    alert(deps, runId, symbol, text);
  }
  return ensemble;
}

/**
 * Null, after an alert, when none of the run's models can vote; an instrument that it was not fitted for has an ensemble of nobody. Rejects
 * as `loadEnsemble`.
 */
export async function loadUsable(deps: EnsembleDeps, runId: string, symbol: FutureSymbol): Promise<Ensemble | null> {
  const ensemble = await loadTold(deps, runId, symbol);
  if (ensemble.models.length > 0 || ensemble.skipped.some(({ model }) => model === '*')) return ensemble;
  await ensemble.close();
  alert(deps, runId, symbol, `no model votes on ${symbol}: none of run ${runId} can be used`);
  return null;
}

/** A run that cannot be loaded silences its votes, not the feed: positions still need their exits. Null: none of its models can vote. */
export async function openEnsemble(deps: EnsembleDeps, runId: string, symbol: FutureSymbol): Promise<Ensemble | null> {
  try {
    return await loadUsable(deps, runId, symbol);
  } catch (error) {
    alert(
      deps,
      runId,
      symbol,
      `no model votes on ${symbol}: ${error instanceof Error ? error.message : String(error)}`,
    );
    return null;
  }
}
