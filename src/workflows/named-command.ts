/** What only a human may do is done by name and with a reason. */
import { ApplicationFailure } from '@temporalio/workflow';
import type { OperatorCommand } from './messages';

/** Throws when the command names nobody or gives no reason; `doing` is what it does, e.g. `lifting a halt`. */
export function needNameAndReason({ by, why }: OperatorCommand, doing: string): void {
  if (by.trim() !== '' && why.trim() !== '') return;
  throw ApplicationFailure.nonRetryable(`${doing} needs a name and a reason`, 'NAME_AND_REASON_NEEDED');
}
