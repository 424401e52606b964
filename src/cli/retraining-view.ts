/** A retraining for people and programs: what is known of it now, the lines that tell its progress, and what to do next. */
import type { retrainingHandle } from '../client/retraining';
import type { RetrainingOutcome } from '../domain/retraining';
import * as messages from '../workflows/messages';

export interface RetrainingView extends messages.RetrainingStatus {
  /** The run of an earlier start goes on: ours was joined to it. */
  readonly joined: boolean;
  readonly fits: messages.RetrainingProgress;
}

/** Rejects when no worker answers. `asked`: the run id that this command would have started. */
export async function readRetraining(
  handle: ReturnType<typeof retrainingHandle>,
  asked: string,
): Promise<RetrainingView> {
  const status = await handle.query(messages.retrainingStatus);
  return { ...status, joined: status.runId !== asked, fits: await handle.query(messages.retrainingProgress) };
}

/** Lines for what changed since the call before. */
export class RetrainingLines {
  private phase: string | null = null;
  private fitted = 0;
  private failed = 0;

  constructor(private readonly asked: string) {}

  of({ runId, phase, fits, gates, joined }: RetrainingView): readonly string[] {
    const lines: string[] = [];
    if (this.phase === null && joined) lines.push(`retraining ${runId} runs already: ${this.asked} is joined to it`);
    for (const { symbol, family, seconds, kept } of fits.fitted.slice(this.fitted)) {
      this.fitted += 1;
      const again = kept > 0 ? `, ${kept} fits kept from before` : '';
      lines.push(`${this.fitted} of ${fits.planned}: ${symbol} ${family} in ${seconds.toFixed(1)} s${again}`);
    }
    for (const { symbol, family, why } of fits.failed.slice(this.failed)) {
      this.failed += 1;
      lines.push(`${symbol} ${family} is left out: ${why}`);
    }
    if (phase !== this.phase) lines.push(`run ${runId}: ${phase}`);
    if (phase === 'shadowing' && this.phase !== phase && gates !== null) lines.push(gates.why);
    this.phase = phase;
    return lines;
  }
}

/** What is to be told at the end; `own`: the server ends with the command. */
export function retrainingLines(
  { runId, phase, gates, shadow, outcome, approveBy }: RetrainingView,
  own: boolean,
): readonly string[] {
  const judged = (gates?.instruments ?? []).map(
    ({ symbol, voters, stacker, validator, holdOutAuc }) =>
      `${symbol}: ${voters} voters, stacker ${stacker ?? 'none'}, validator ${validator ? 'yes' : 'none'}, AUC of the whole on the hold-out ${holdOutAuc?.toFixed(3) ?? '–'}`,
  );
  const leftOut = (gates?.skipped ?? []).map(({ symbol, why }) => `${symbol} left out: ${why}`);
  const models = [...judged, ...leftOut];
  const later = own ? ['The workflow is kept; it goes on when omega retrain --wait runs again.'] : [];
  if (outcome !== null) return [...models, ...outcomeLines(outcome)];
  switch (phase) {
    case 'shadowing':
      return [
        ...models,
        `Run ${runId} passed the gates and is shadowed beside the champion by the running feed: ${shadow?.verdict.outcome === 'continues' ? shadow.verdict.why : 'no decision yet'}.`,
        ...later,
      ];
    case 'awaiting-approval':
      return [
        ...models,
        `Run ${runId} passed gates and shadow run: omega models approve ${runId} --by NAME --why REASON, or reject, until ${approveBy === null ? 'it expires' : new Date(approveBy).toISOString()}.`,
        ...later,
      ];
    default:
      return [`Retraining ${runId} is ${phase}: omega retrain joins it and shows how it goes.`];
  }
}

function outcomeLines(outcome: RetrainingOutcome): readonly string[] {
  switch (outcome.kind) {
    case 'cooled-down':
      return [`Not retrained: ${outcome.why}.`];
    case 'insufficient-data':
      return [
        outcome.why,
        `Run ${outcome.runId} stays a candidate and the champion stays: retrain with more trade dates, or omega models promote ${outcome.runId} --by NAME --why REASON on your own account.`,
      ];
    case 'refused':
      return [
        outcome.why,
        `Run ${outcome.runId} is rejected by the ${outcome.by === 'gates' ? 'gates' : 'shadow run'}; the champion stays.`,
      ];
    case 'rejected':
      return [`Run ${outcome.runId} is rejected by ${outcome.by} (${outcome.why}); the champion stays.`];
    case 'expired':
      return [`Run ${outcome.runId} expired: ${outcome.why}; the champion stays.`];
    case 'promoted':
      return [`Run ${outcome.runId} is promoted by ${outcome.by} (${outcome.why}) and votes from the next bar on.`];
  }
}
