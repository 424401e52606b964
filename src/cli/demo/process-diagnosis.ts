/** Deaths of the demonstration's processes that no restart will change, told in one sentence. Pure. */
import { CliError } from '../cli-error';
import type { ProcessEnd } from './supervised-process';

const BEGIN_AGAIN = 'npm start -- --reset begins this demonstration again';
/** The gateway's exit code for data or state that it cannot use; its last line says which and why. */
const GATEWAY_CANNOT_USE = 2;
/** How SQLite calls a file that is none, is damaged, or lacks its tables. */
const DATABASE_DAMAGED = /(file is not a database|database disk image is malformed|no such (?:table|column): \w+)/;

export function diagnoseGateway({ exitCode, log }: ProcessEnd): CliError | null {
  if (exitCode !== GATEWAY_CANNOT_USE) return null;
  const sentence = log.trimEnd().split('\n').at(-1) ?? '';
  return new CliError('STATE_DAMAGED', `The paper gateway cannot start. ${sentence} ${BEGIN_AGAIN}.`);
}

export const diagnoseTemporal =
  (database: string) =>
  ({ log }: ProcessEnd): CliError | null => {
    const failed = log.split('\n').findLast((line) => line.includes('failed starting server'));
    const why = failed === undefined ? null : DATABASE_DAMAGED.exec(failed);
    if (why === null) return null;
    return new CliError(
      'STATE_DAMAGED',
      `The Temporal server's database ${database} is damaged (${why[1]}); restore it, or ${BEGIN_AGAIN}.`,
    );
  };
