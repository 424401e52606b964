/** Which run votes as a feed comes up, and the watch for the run that is promoted while it runs. */
import type { Config } from '../../config/config';
import type { MarketFeedInput, ModelChoice } from '../../domain/market-feed';
import { PromotedModelWatch } from '../../learning/promoted-model-watch';
import { ShadowWatch } from '../../learning/shadow-watch';
import { latestRun, votingRun } from '../../storage/model-registry';
import type { InstrumentLane } from './instrument-lane';
import { loadTold, loadUsable, type EnsembleDeps } from './open-ensemble';

const NOBODY_VOTES =
  'no model votes until a run is promoted (omega models promote RUN --by NAME --why REASON): bars are recorded, nothing is entered';

/**
 * Run id, or null when nobody votes. When it cannot be told which run is promoted, nobody does, and an alert says so: the feed comes up
 * all the same, and the watch takes the promoted run up as soon as the store answers.
 */
export async function chooseRun(deps: EnsembleDeps, choice: ModelChoice): Promise<string | null> {
  switch (choice.kind) {
    case 'none':
      return null;
    case 'run':
      return choice.runId;
    case 'latest':
      return latestRun(deps.store);
    case 'promoted':
      try {
        const runId = await votingRun(deps.store);
        if (runId === null) alert(deps, NOBODY_VOTES);
        return runId;
      } catch (error) {
        alert(
          deps,
          `no model votes, the promoted run is not known: ${error instanceof Error ? error.message : String(error)}`,
        );
        return null;
      }
  }
}

/** Learning-only decides and records, and never orders (requirement F5). */
export function whyWithheld(config: Config, modelRun: string | null): string | null {
  if (config.permissions.learningOnly) return 'learning-only mode';
  return modelRun === null ? 'learning-only: no model run' : null;
}

/** Null where the run is given: in lock-step, where models are fitted between the days, and for a choice other than the promoted one. */
export function watchPromotions(
  deps: EnsembleDeps & { readonly config: Pick<Config, 'trading'> },
  { model, lockStep }: Pick<MarketFeedInput, 'model' | 'lockStep'>,
  current: string | null,
): PromotedModelWatch | null {
  if (model.kind !== 'promoted' || lockStep) return null;
  const quieter = saidOnce(deps);
  return new PromotedModelWatch({
    store: deps.store,
    instruments: deps.config.trading.instruments,
    current,
    load: (runId, symbol) => loadTold(quieter, runId, symbol),
    notice: (text) => alert(deps, text),
  });
}

/** Null where nobody votes by choice. */
export function watchShadowRun(
  deps: EnsembleDeps & { readonly config: Pick<Config, 'trading'> },
  { model }: Pick<MarketFeedInput, 'model'>,
): ShadowWatch | null {
  if (model.kind === 'none') return null;
  const quieter = saidOnce(deps);
  return new ShadowWatch({
    store: deps.store,
    instruments: deps.config.trading.instruments,
    load: (runId, symbol) => loadUsable(quieter, runId, symbol),
    notice: (text) => alert(deps, text),
  });
}

/** A run that cannot be used is loaded again at each look: what is wrong with a model is said the first time. */
function saidOnce(deps: EnsembleDeps): EnsembleDeps {
  const said = new Set<string>();
  const once = (kind: string, text: string, say: () => void): void => {
    if (said.has(`${kind}/${text}`)) return;
    said.add(`${kind}/${text}`);
    say();
  };
  return {
    store: deps.store,
    report: (report) => once('report', JSON.stringify(report), () => deps.report(report)),
    log: (level, text, fields) => once('log', text, () => deps.log(level, text, fields)),
  };
}

/** The run as the decisions shall name it: none when none of its models votes on anything. */
export function runThatVotes(
  deps: EnsembleDeps,
  chosen: string | null,
  lanes: readonly Pick<InstrumentLane, 'voters'>[],
): string | null {
  if (chosen === null || lanes.some(({ voters }) => (voters ?? 0) > 0)) return chosen;
  alert(deps, `learning-only: none of the models of run ${chosen} votes; bars are recorded, nothing is entered`);
  return null;
}

function alert({ report, log }: EnsembleDeps, text: string): void {
  report({ type: 'alert', text, marketTime: null });
  log('error', text);
}
