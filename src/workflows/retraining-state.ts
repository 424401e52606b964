/** What a retraining knows of itself, and how it acts in the review log: shared by the files of the workflow. */
import { proxyActivities, setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type {
  PlannedFit,
  RetrainingOutcome,
  RetrainingPatience,
  RetrainingPhase,
  RetrainingTrigger,
} from '../domain/retraining';
import type { FamilySummary } from '../learning/training/fit-job';
import type {
  JudgedTraining,
  RetrainingRequest,
  ReviewActivities,
  ReviewRequest,
  ShadowReading,
} from './activity-types';
import { stateAttribute } from './search-attributes';

/** Quick, and repeatable: an act carries the request it is for. */
export const reviews = proxyActivities<ReviewActivities>({
  startToCloseTimeout: '1 minute',
  retry: { initialInterval: '500ms', maximumInterval: '1 minute' },
});

export interface Retraining {
  readonly request: RetrainingRequest;
  readonly patience: RetrainingPatience;
  phase: RetrainingPhase;
  triggers: readonly RetrainingTrigger[];
  planned: number;
  readonly fitted: FamilySummary[];
  readonly failed: (PlannedFit & { readonly why: string })[];
  gates: JudgedTraining | null;
  shadow: ShadowReading | null;
  approveBy: number | null;
  /** A person's decision is being written. */
  deciding: boolean;
  outcome: RetrainingOutcome | null;
}

export const newRetraining = (request: RetrainingRequest, patience: RetrainingPatience): Retraining => ({
  request,
  patience,
  phase: 'starting',
  triggers: [],
  planned: 0,
  fitted: [],
  failed: [],
  gates: null,
  shadow: null,
  approveBy: null,
  deciding: false,
  outcome: null,
});

/** The phase, also where the Temporal UI shows it. */
export function enter(self: Retraining, phase: RetrainingPhase): void {
  self.phase = phase;
  upsertSearchAttributes([{ key: stateAttribute, value: phase }]);
  const { request, planned, fitted, gates } = self;
  const made = planned === 0 ? '' : `, ${fitted.length} of ${planned} families fitted`;
  setCurrentDetails(`Run ${request.runId}: ${phase}${made}${gates === null ? '' : `. ${gates.why}`}`);
}

/** One act of this workflow under its own name; `name` tells it from the others. */
export const act = (runId: string, by: string, why: string, name: string): ReviewRequest => ({
  runId,
  by,
  why,
  request: `${workflowInfo().runId}/${name}`,
});

/** What a retraining says by itself, and why. */
export type Remarked = readonly [kind: 'shadow-started' | 'shadow-passed' | 'rejected' | 'expired', why: string];

/** Said about the run in this workflow's own name. */
export const remark = ({ request }: Retraining, ...[kind, why]: Remarked): Promise<void> =>
  reviews.remarkOnRun({ ...act(request.runId, workflowInfo().workflowId, why, kind), kind });
