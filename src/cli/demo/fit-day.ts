/** Models for a trade date, fitted in a process of their own on the days before it. */
import { fork } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from '../cli-error';
import type { FitMessage, FitTask } from './fit-process';

export type FitOutcome = Extract<FitMessage, { readonly type: 'fitted' | 'no-models' }>;

/** Runs the fit; killed, it can be run again: a run without its manifest does not exist. Throws PROCESS_FAILED. */
export function fitInProcess(
  task: FitTask,
  logFile: string,
  onProgress: (text: string) => void,
  onStart: (pid: number | null) => void,
): Promise<FitOutcome> {
  const log = openSync(logFile, 'a');
  const child = fork(join(__dirname, 'fit-process.js'), [], { stdio: ['ignore', log, log, 'ipc'] });
  closeSync(log);
  onStart(child.pid ?? null);
  child.send(task);
  return new Promise((resolve, reject) => {
    let outcome: FitMessage | null = null;
    child.on('message', (message) => {
      const heard = message as FitMessage;
      if (heard.type === 'progress') onProgress(heard.text);
      else outcome = heard;
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      onStart(null);
      if (outcome === null) {
        reject(
          new CliError('PROCESS_FAILED', `The fit ended early (${signal ?? `exit code ${code}`}); see ${logFile}.`),
        );
      } else if (outcome.type === 'failed' || outcome.type === 'progress') {
        reject(
          new CliError(
            'PROCESS_FAILED',
            `The models for this day could not be fitted: ${'why' in outcome ? outcome.why : ''}`,
          ),
        );
      } else resolve(outcome);
    });
  });
}
