/** The thread of one end of a training. */
import { answerInThread } from './step-thread';
import { failureOf, runStepHere } from './training-step-job';

answerInThread(runStepHere, failureOf);
