/** The thread in which a search is prepared. */
import { prepareSearchHere, searchFailureOf } from './search-step-job';
import { answerInThread } from './step-thread';

answerInThread(prepareSearchHere, searchFailureOf);
