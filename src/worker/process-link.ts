/**
 * The process and whoever started it: reports up the IPC channel, commands down it, and one orderly end for every way to end.
 * Without a parent nobody is told and nothing is heard; trading does not depend on it.
 */
import type { ConductorCommand, ProcessReport } from '../domain/process-messages';

export interface ProcessLink {
  report(report: ProcessReport): void;
  /** Calls back with each command of the conductor; returns the function that ends it. */
  onCommand(listener: (command: ConductorCommand) => void): () => void;
  /** Resolves with the reason when the process is asked to end: SIGTERM, SIGINT, or its parent is gone. */
  readonly ended: Promise<string>;
}

export function openProcessLink(): ProcessLink {
  const ended = new Promise<string>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
    if (process.send !== undefined) process.once('disconnect', () => resolve('the parent process is gone'));
  });
  return {
    ended,
    report(report) {
      // A parent that dies while we write is noticed by `disconnect`; the write's own error says nothing more.
      if (process.connected) process.send?.(report, undefined, undefined, () => undefined);
    },
    onCommand(listener) {
      const hear = (message: unknown): void => {
        if (isCommand(message)) listener(message);
      };
      process.on('message', hear);
      return () => process.off('message', hear);
    },
  };
}

const isCommand = (message: unknown): message is ConductorCommand =>
  typeof message === 'object' && message !== null && 'type' in message && message.type === 'clock-released';
