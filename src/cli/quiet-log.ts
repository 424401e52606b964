/** For connections of a command: what goes wrong there is told in its one sentence, not in a log line on the terminal. */
import pino from 'pino';

export const QUIET_LOG = pino({ level: 'silent' });
