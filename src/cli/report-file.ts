/** The file that --json FILE names: tried before the work begins, because nobody wants to hear of a wrong path after it. */
import { accessSync, constants, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { CliError, messageOf } from './cli-error';

/** Throws CliError USAGE when a report cannot be written to `path` (absolute); nothing is created. */
export function checkReportFile(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) {
    throw new CliError('USAGE', `--json needs the name of a file; ${path} is a folder.`);
  }
  const folder = dirname(path);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new CliError('USAGE', `--json cannot write ${path}: there is no folder ${folder}; create it first.`);
  }
  try {
    accessSync(found === undefined ? folder : path, constants.W_OK);
  } catch (error) {
    throw new CliError('USAGE', `--json cannot write ${path} (${messageOf(error)}).`, { cause: error });
  }
}

/** Writes the report; throws CliError FAILED with one sentence when the disk refuses after all. */
export function writeReportFile(path: string, report: unknown): void {
  try {
    writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`);
  } catch (error) {
    throw new CliError('FAILED', `The report could not be written to ${path} (${messageOf(error)}).`, { cause: error });
  }
}
