/** Lists of names as options: what is named twice would be fitted twice. */
import { CliError } from './cli-error';

/** Throws CliError USAGE. */
export function refuseRepeated(option: string, names: readonly string[]): void {
  const repeated = names.filter((name, at) => names.indexOf(name) !== at);
  if (repeated.length > 0) throw new CliError('USAGE', `${option} names ${[...new Set(repeated)].join(', ')} twice.`);
}
