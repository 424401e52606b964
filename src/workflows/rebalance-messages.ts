/** What can be asked of, and answered to, a running weeklyRebalance. */
import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { RebalanceAnswer, RebalanceStatus } from '../domain/rebalance/rebalance-run';

export const rebalanceStatus = defineQuery<RebalanceStatus>('rebalanceStatus');
/** A person's yes or no to the list, by name and with a reason. Fails with code NOT_AWAITED when nobody is asked. */
export const answerRebalance = defineUpdate<RebalanceAnswer, [RebalanceAnswer]>('answerRebalance');
