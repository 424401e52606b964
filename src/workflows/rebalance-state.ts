/** What a running rebalance knows of itself: shared by the files of the workflow. */
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type {
  LegReport,
  Planned,
  RebalanceAnswer,
  RebalanceOutcome,
  RebalancePhase,
  RebalanceStatus,
} from '../domain/rebalance/rebalance-run';
import { stateAttribute } from './search-attributes';

export type Plan = Extract<Planned, { kind: 'planned' }>;

export interface Rebalance {
  readonly account: string;
  readonly rebalanceId: string;
  phase: RebalancePhase;
  plan: Plan | null;
  approveBy: number | null;
  askedBecause: string | null;
  answer: RebalanceAnswer | null;
  /** A person's no when nobody was asked: nothing leaves after it. */
  stop: RebalanceAnswer | null;
  legs: readonly LegReport[];
  /** Before the first order, dollars: of the list, then of the hour at which orders begin to leave. */
  cash: number;
  outcome: RebalanceOutcome | null;
}

export const newRebalance = (account: string, rebalanceId: string): Rebalance => ({
  account,
  rebalanceId,
  phase: 'warming-up',
  plan: null,
  approveBy: null,
  askedBecause: null,
  answer: null,
  stop: null,
  legs: [],
  cash: 0,
  outcome: null,
});

/** The phase, also where the Temporal UI shows it. */
export function enter(self: Rebalance, phase: RebalancePhase): void {
  self.phase = phase;
  upsertSearchAttributes([{ key: stateAttribute, value: phase }]);
  const asked = self.legs.filter(({ asked: shares }) => shares > 0).length;
  const legs = self.legs.length === 0 ? '' : `, ${asked} of ${self.legs.length} orders asked for`;
  setCurrentDetails(`Rebalance ${self.rebalanceId} of ${self.account}: ${phase}${legs}`);
}

export const statusOf = (self: Rebalance): RebalanceStatus => ({
  rebalanceId: self.rebalanceId,
  phase: self.phase,
  list: self.plan?.list ?? null,
  notices: self.plan?.notices ?? [],
  approveBy: self.approveBy,
  askedBecause: self.askedBecause,
  legs: self.legs,
  outcome: self.outcome,
});

export function changeLeg(self: Rebalance, leg: number, change: (before: LegReport) => LegReport): void {
  self.legs = self.legs.map((before) => (before.leg === leg ? change(before) : before));
}
