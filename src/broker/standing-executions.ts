/** Executions and their corrections, told apart by execId. Pure. */
import type { BrokerExecution } from '../domain/broker-events';

/** execId without its revision: `0001.5a.01.02` corrects `0001.5a.01.01`. */
const executionBase = (execId: string): string => execId.slice(0, Math.max(0, execId.lastIndexOf('.')));
const executionRevision = (execId: string): number => Number(execId.slice(execId.lastIndexOf('.') + 1)) || 0;

/** True when this execution corrects an earlier one: the symbol freezes and the position is checked. */
export const isCorrection = ({ execId }: BrokerExecution): boolean =>
  /\.\d+$/.test(execId) && executionRevision(execId) > 1;

/** The executions that stand: of each, the latest revision. */
export function standingExecutions(executions: Iterable<BrokerExecution>): readonly BrokerExecution[] {
  const latest = new Map<string, BrokerExecution>();
  for (const execution of executions) {
    const known = latest.get(executionBase(execution.execId));
    if (known === undefined || executionRevision(known.execId) < executionRevision(execution.execId)) {
      latest.set(executionBase(execution.execId), execution);
    }
  }
  return [...latest.values()];
}

export const sharesOf = (executions: readonly BrokerExecution[]): number =>
  executions.reduce((sum, { shares }) => sum + shares, 0);
