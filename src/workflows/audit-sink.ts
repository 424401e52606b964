/**
 * Halts of the session as the audit log keeps them, told through a sink once they are dated: it is called before the task that dated them
 * completes, and again when that task is done again after a crash; `event` names a halt or its lifting for ever, so that the writer keeps each once.
 */
import { proxySinks, type Sinks } from '@temporalio/workflow';

export type HaltEvent = {
  /** `<epoch>-<n>`: the n-th halt or lifting of a session's chain of runs. */
  readonly event: string;
  readonly account: string;
  /** Market time, UTC ms. */
  readonly at: number;
} & (
  | { readonly type: 'halt'; readonly cause: string }
  | { readonly type: 'halt-lifted'; readonly by: string; readonly why: string }
);

export interface AuditSinks extends Sinks {
  audit: {
    halted(event: HaltEvent): void;
  };
}

export const { audit } = proxySinks<AuditSinks>();
