/** A person's word to the retraining that waits for it, where one does. */
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { retrainingHandle } from '../client/retraining';
import * as messages from '../workflows/messages';
import { CliError, messageOf } from './cli-error';
import type { CommandIo } from './command-io';
import { findLearningServer } from './learning-server';

const QUERY_MS = 3_000;
const ANSWER_MS = 30_000;

/** True when a retraining of this run heard it. Throws REFUSED when it cannot be decided so. */
export async function answerRetraining(io: CommandIo, decision: messages.ReviewDecision): Promise<boolean> {
  const server = await findLearningServer(io);
  if (server === null) return false;
  const { client } = server;
  try {
    const handle = retrainingHandle(client);
    const status = await client
      .withDeadline(Date.now() + QUERY_MS, () => handle.query(messages.retrainingStatus))
      .catch(() => null);
    if (status === null || status.runId !== decision.runId || status.outcome !== null) return false;
    if (status.phase !== 'awaiting-approval' && status.phase !== 'shadowing') return false;
    await client.withDeadline(Date.now() + ANSWER_MS, () =>
      handle.executeUpdate(messages.reviewRun, { args: [decision] }),
    );
    return true;
  } catch (error) {
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    throw new CliError('REFUSED', `Not done: ${messageOf(error.cause ?? error)}.`, { cause: error });
  } finally {
    await server.close();
  }
}
