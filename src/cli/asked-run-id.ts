/** The id that a command gives a new run, or begins again. */
import { DAY_MS } from '../domain/exchange-time';
import { instantOfRun, isRunId, runIdOf } from '../domain/ids';
import { CliError } from './cli-error';

/** `text` as a run id, else that of `now` (UTC ms). Throws CliError USAGE for what is none, or lies in the future. */
export function askedRunId(option: string, text: string | undefined, now: number): string {
  const runId = text ?? runIdOf(now);
  if (!isRunId(runId)) throw new CliError('USAGE', `${option} needs YYYYMMDD_HHMMSS, not ${runId}.`);
  if (instantOfRun(runId) > now + DAY_MS)
    throw new CliError(
      'USAGE',
      `${option} ${runId} lies in the future: runs are ordered by their ids, and the next would come before it.`,
    );
  return runId;
}
