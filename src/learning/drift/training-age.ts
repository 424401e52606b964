/** What asks for a retraining without any drift: seven days since the last one, and recorded days it has not seen (requirement E9). */
import { DAY_MS } from '../../domain/exchange-time';
import { newDataAvailable } from '../../storage/model-registry';
import type { LastTrained } from '../../storage/model-registry';

export const TRAINING_CYCLE_MS = 7 * DAY_MS;

export interface DueTraining {
  readonly cause: 'weekly' | 'new-data';
  readonly why: string;
}

/** `newestDay`: trade date of the newest recorded data, null without any; `now`: UTC ms, wall time. */
export function dueTrainings(stamp: LastTrained, newestDay: string | null, now: number): readonly DueTraining[] {
  const { runId, at, dataTo } = stamp;
  const due: DueTraining[] = [];
  const days = Math.floor((now - Date.parse(at)) / DAY_MS);
  if (now - Date.parse(at) >= TRAINING_CYCLE_MS) due.push({ cause: 'weekly', why: `run ${runId} is ${days} days old` });
  if (newestDay !== null && newDataAvailable(stamp, { to: newestDay }))
    due.push({ cause: 'new-data', why: `there are recorded days up to ${newestDay}, the last training saw ${dataTo}` });
  return due;
}
