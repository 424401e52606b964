/** The thread of the monitor's drift check. */
import { checkDriftHere } from './drift-step-job';
import { answerInThread } from './step-thread';

// What it refuses is part of its verdict; the rest may be mended by another attempt.
answerInThread(checkDriftHere, (error) => ({
  code: null,
  message: error instanceof Error ? error.message : String(error),
}));
