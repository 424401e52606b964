/** The models a trade date is traded with: fitted on every recorded day before it, never on itself. */
import { join } from 'node:path';
import { DEFAULT_CONFIG } from '../../config/config';
import { tradeDateBounds } from '../../domain/calendar';
import { runIdOf } from '../../domain/ids';
import type { RecordedMarket } from '../../market-data/recorded-market';
import { outsideSettings } from '../outside-settings';
import { packageVersion } from '../package-version';
import { DEMO_SEED } from './demo-environment';
import type { DemoPaths } from './demo-folder';
import { fitInProcess } from './fit-day';
import type { NoteBook } from './note-book';
import type { Selection } from './selection';
import type { Show } from './show';

export interface ModelParts {
  readonly market: RecordedMarket;
  readonly selection: Selection;
  readonly paths: DemoPaths;
  readonly show: Show;
  readonly notes: NoteBook;
  readonly onFitProcess: (pid: number | null) => void;
}

/** Fits or finds the run for `tradeDate`; null when there is nothing to learn from, which is noted. */
export async function modelsFor(parts: ModelParts, tradeDate: string): Promise<string | null> {
  const { market, selection, paths, show, notes } = parts;
  const days = market.tradeDates.filter((day) => day < tradeDate);
  if (days.length === 0) {
    notes.noteDay('info', `${tradeDate}: no earlier day to fit models on; learning-only, no orders`);
    return null;
  }
  const began = performance.now();
  const task = {
    runId: runIdOf(tradeDateBounds(tradeDate).start),
    days,
    instruments: selection.instruments,
    features: selection.features,
    outside: outsideSettings(DEFAULT_CONFIG),
    dataFolder: market.folder,
    store: paths.store,
    seed: DEMO_SEED,
    codeVersion: packageVersion(),
  };
  const outcome = await fitInProcess(
    task,
    join(paths.logs, 'fit.log'),
    (text) => show.change({ phase: `fitting models for ${tradeDate}: ${text}` }),
    parts.onFitProcess,
  );
  if (outcome.type === 'no-models') {
    notes.noteDay('warning', `${tradeDate}: ${outcome.why}; learning-only, no orders`);
    return null;
  }
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  const made = outcome.reused ? 'found' : 'fitted';
  show.notice('info', `models ${outcome.runId} ${made} on ${days.join(', ')} in ${seconds} s`);
  return outcome.runId;
}
