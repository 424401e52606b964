/** A number of an option. */
import { CliError } from './cli-error';

/** `name` is the option's, as the user typed it. Throws USAGE for anything but digits within the bounds. */
export function wholeNumber(name: string, text: string, from: number, to: number): number {
  const value = Number(text);
  if (/^(0|[1-9]\d*)$/.test(text) && value >= from && value <= to) return value;
  throw new CliError('USAGE', `${name} needs a whole number from ${from} to ${to}, not ${text}.`);
}
