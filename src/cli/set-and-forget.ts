/**
 * `omega search --set-and-forget` (requirement E8): the first family searches the windows of the indicators with its own parameters, the
 * others search theirs on those windows, because a run has one set of columns; then `omega train` fits all of them with what was found.
 * A family of which no trial could be fitted is told and left out, as in a training; the next one is the first then. Killed and started
 * again with its id, it repeats no finished trial and no finished fit.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NothingFittedError } from '../domain/hyperparameter-search';
import type { SearchOutcome, SearchProgress, SearchRequest } from '../domain/hyperparameter-search';
import { isFuture } from '../domain/instruments';
import { decodeParameters, encodeParameters, type ParametersFile } from '../learning/search/parameters-file';
import { bestKey } from '../learning/search/search-store';
import type { CommandIo } from './command-io';
import { searchHere, type SearchPlace } from './search-here';
import { trainCommand } from './train';

export interface SetAndForgetPlan {
  /** Of every search; its id is the beginning of theirs, its `windows` the first one's. */
  readonly every: Omit<SearchRequest, 'family'>;
  /** The first one chooses the windows. */
  readonly families: readonly string[];
  readonly parallel: number;
  readonly set: string;
  readonly data?: string;
  readonly json?: boolean;
}

/** A parameters file of all of them: the first one's indicators. Pure. */
export const combined = (searchId: string, found: readonly ParametersFile[]): ParametersFile => ({
  format: 1,
  search: searchId,
  families: found.flatMap(({ families }) => families),
  ...(found.at(0)?.features && { features: found[0].features }),
});

/** Rejects with what searches and training reject with; with NothingFittedError when no family could be fitted. */
export async function setAndForget(place: SearchPlace, plan: SetAndForgetPlan, io: CommandIo): Promise<void> {
  const { every, families } = plan;
  const found: ParametersFile[] = [];
  let failure: NothingFittedError | null = null;
  for (const [at, family] of families.entries()) {
    const windows = every.windows && found.length === 0;
    const request = { ...every, searchId: `${every.searchId}-${family}`, family, windows };
    io.err(`search ${at + 1} of ${families.length}, ${request.searchId}: ${request.trials} trials`);
    const features = found.at(0)?.features ?? place.config.features;
    const outcome = await searchHere({ ...place, config: { ...place.config, features } }, request, {
      parallel: plan.parallel,
      onProgress: (progress) => sayPhase(io, family, progress),
    }).catch((error: unknown) => {
      // Its failed trials are kept: started again, the search takes the same course.
      if (error instanceof NothingFittedError) return error;
      throw error;
    });
    if (outcome instanceof NothingFittedError) {
      failure = outcome;
      io.err(`  ${family} is left out, no trial could be fitted: ${outcome.message}`);
      continue;
    }
    io.err(outcomeText(family, outcome));
    const key = bestKey(request.searchId);
    found.push(decodeParameters(key, await place.store.get(key)));
  }
  if (failure !== null && found.length === 0) throw failure;
  await trainWith(combined(every.searchId, found), plan, io);
}

/** A line a phase: an unattended search of many families is read afterwards. */
function sayPhase(io: CommandIo, family: string, { phase, finished, planned }: SearchProgress): void {
  if (planned > 0 && finished === planned) io.err(`  ${family} ${phase}: ${planned} done`);
}

const outcomeText = (family: string, { best, nestedAuc, shippedAuc }: SearchOutcome): string =>
  `  ${family}: AUC ${nestedAuc.toFixed(3)} on rows that no choice saw, ${shippedAuc.toFixed(3)} with the shipped parameters; trial ${best} is taken`;

async function trainWith(
  file: ParametersFile,
  { every, parallel, set, data, json }: SetAndForgetPlan,
  io: CommandIo,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'omega-parameters-'));
  try {
    const path = join(folder, 'parameters.json');
    await writeFile(path, encodeParameters(file));
    const { searchId, symbol, days, seed } = every;
    const families = file.families.map(({ name }) => name).join(',');
    const asked = [
      ...['--parameters', path, '--families', families, '--set', set, '--seed', String(seed)],
      ...['--threads', String(parallel)],
      ...(isFuture(symbol) ? ['--instruments', symbol] : []),
      ...(days === null ? [] : ['--days', days.join(',')]),
      ...(data === undefined ? [] : ['--data', data]),
      ...['--run-id', searchId],
      ...(json === true ? ['--json'] : []),
    ];
    await trainCommand(io).parseAsync(asked, { from: 'user' });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
