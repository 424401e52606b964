/** `omega demo` (`npm start`): recorded days traded through the paper gateway. Its options; the work is in demo/conductor.ts. */
import { Command, InvalidArgumentError, Option } from 'commander';
import type { FutureSymbol } from '../domain/instruments';
import { FUTURE_SYMBOLS, findInstrument } from '../domain/instruments';
import { CommandExit } from './command-exit';
import type { CommandIo } from './command-io';
import { runDemo } from './demo/conductor';
import type { DemoOptions } from './demo/demo-options';

/** `2013-10-09` or several, with commas. */
export function parseDays(text: string): readonly string[] {
  const days = text.split(',').map((day) => day.trim());
  const wrong = days.find((day) => !/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(Date.parse(day)));
  if (wrong !== undefined) throw new InvalidArgumentError(`"${wrong}" is not a date like 2013-10-09.`);
  return [...new Set(days)];
}

export function parseInstruments(text: string): readonly FutureSymbol[] {
  const symbols = text.split(',').map((name) => {
    const instrument = findInstrument(name);
    if (instrument === null) {
      throw new InvalidArgumentError(`"${name}" is not an instrument; there are ${FUTURE_SYMBOLS.join(', ')}.`);
    }
    return instrument.symbol;
  });
  return [...new Set(symbols)];
}

/** Times real time; `max` is Infinity (a parser's null would be an empty text to commander). */
export function parseSpeed(text: string): number {
  if (text === 'max') return Infinity;
  const speed = Number(text);
  if (!Number.isFinite(speed) || speed <= 0) throw new InvalidArgumentError('give a number above 0, or max.');
  return speed;
}

function parseTime(text: string): string {
  if (!/^([01]\d|2[0-3]):[0-5]\dZ?$/.test(text)) throw new InvalidArgumentError('give a UTC time like 14:40.');
  return text.slice(0, 5);
}

export const demoCommand = (io: CommandIo): Command =>
  new Command('demo')
    .description('trade recorded days through the paper gateway (npm start); nothing real is touched')
    .option('--once', 'end when the days are over', false)
    .addOption(new Option('--day <dates>', 'trade dates, with commas').argParser(parseDays).default(null))
    .addOption(new Option('--instruments <symbols>', 'with commas').argParser(parseInstruments).default(null))
    .addOption(new Option('--data <folder>', 'recorded minutes (default: data)').default(null))
    .addOption(new Option('--speed <factor>', 'times real time, or max').argParser(parseSpeed).default(Infinity, 'max'))
    .option('--reset', 'forget the state of an earlier run and begin again', false)
    .addOption(new Option('--json <file>', 'write the report of the days there').default(null))
    .option('--crash', 'a scripted position in a falling market: halt, flatten, lifting of the halt', false)
    .addOption(new Option('--until <time>', 'cut each day short').argParser(parseTime).default(null).hideHelp())
    .action(async (options: DemoOptions) => {
      throw new CommandExit(await runDemo(options, io));
    });
