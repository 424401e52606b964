/** The hourly drift check as workflow and activities speak of it. JSON-safe: it crosses Temporal's histories. */
import type { RetrainingTrigger } from './retraining';

export interface DriftMonitorInput {
  /** Whose feed's journal and decisions are checked. */
  readonly account: string;
}

export const driftMonitorWorkflowId = (account: string): string => `drift-monitor/${account}`;

/** What a check came to, without the figures, which are in the store. */
export interface DriftVerdict {
  /** Null when there was nothing to check. */
  readonly runId: string | null;
  readonly state: 'quiet' | 'exceeded' | 'alarm' | 'not-judged';
  /** A sentence for each instrument, or the one that says what is missing. */
  readonly why: readonly string[];
  /** Close of the newest bar, ISO, UTC; null when there was nothing to check. */
  readonly through: string | null;
  /** False: no newer bars than at the check before, whose verdict this is. */
  readonly fresh: boolean;
  /** What a retraining is to be asked for; empty without an alarm. */
  readonly triggers: readonly RetrainingTrigger[];
}

export interface DriftActivities {
  /** Checks the promoted (else latest) run against the journal and keeps the check as the account's last. Repeatable. */
  checkDrift(input: DriftMonitorInput): Promise<DriftVerdict>;
  /** Starts a retraining, or joins the one that runs; cool-down is the retraining's own. Repeatable. */
  askForRetraining(trigger: RetrainingTrigger): Promise<void>;
}
