/** Command line of the paper gateway: reads the options, starts it, says where it listens, ends in order. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { FUTURE_SYMBOLS, STOCKS, findInstrument, type FutureSymbol } from '../domain/instruments';
import { RecordedDataError } from '../market-data/recorded-market';
import { clockModeText, parseClockMode, type ClockMode } from './clock-driver';
import { stockHoursOn } from './daily-replay';
import { PortError, startGateway, type RunningGateway } from './gateway';
import { StateError } from './journal';

interface CommandLine {
  readonly host: string;
  readonly port: number;
  readonly controlPort: number;
  readonly data: string;
  readonly instruments?: readonly FutureSymbol[];
  readonly clock: number;
  readonly speed: ClockMode;
  readonly state: string;
  readonly seed: number;
  readonly account: string;
  readonly cash: number;
  readonly clientPacing?: 'on' | 'off';
  readonly exitWithParent: boolean;
  readonly stocks: boolean;
  readonly asOf?: number;
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

function portOf(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('give a port from 0 to 65535.');
  return port;
}

function timeOf(text: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time) || !/(Z|[+-]\d\d:\d\d)$/.test(text)) {
    throw new InvalidArgumentError('give a time with its zone, for example 2013-10-09T14:30:00Z.');
  }
  return time;
}

/** 09:30 in New York. */
function openingOf(text: string): number {
  const isDate = /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));
  if (!isDate) throw new InvalidArgumentError('give a date, for example 2013-06-03.');
  return stockHoursOn(text, STOCKS.SPY.regularHours).open;
}

function speedOf(text: string): ClockMode {
  const mode = parseClockMode(text);
  if (mode === null) throw new InvalidArgumentError('give lockstep, max, or a factor of real time such as 20.');
  return mode;
}

function numberOf(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('give a number.');
  return value;
}

function instrumentsOf(text: string): readonly FutureSymbol[] {
  return text.split(',').map((name) => {
    const instrument = findInstrument(name);
    if (instrument === null) {
      throw new InvalidArgumentError(`"${name}" is unknown; the instruments are ${FUTURE_SYMBOLS.join(', ')}.`);
    }
    return instrument.symbol;
  });
}

function onOff(text: string): 'on' | 'off' {
  if (text !== 'on' && text !== 'off') throw new InvalidArgumentError('give on or off.');
  return text;
}

const FIRST_CLOCK = '2013-10-09T14:30:00Z';

function commandLine(argv: readonly string[]): CommandLine {
  return new Command('gateway')
    .description('Simulated broker: speaks the TWS protocol and replays recorded data on a virtual clock.')
    .option('--host <address>', 'address of the TWS port', '127.0.0.1')
    .option('--port <port>', 'TWS port (0: a free one)', portOf, 4002)
    .option('--control-port <port>', 'control port, HTTP on loopback (0: a free one)', portOf, 4003)
    .option('--data <folder>', 'recorded minutes', 'data')
    .option('--instruments <list>', 'load these only, for example ES,GC', instrumentsOf)
    .addOption(
      new Option('--clock <time>', 'virtual time of a new state folder')
        .argParser(timeOf)
        .default(Date.parse(FIRST_CLOCK), FIRST_CLOCK),
    )
    .addOption(
      new Option('--speed <speed>', 'lockstep, max, or a factor of real time')
        .argParser(speedOf)
        .default({ kind: 'speed', factor: 1 } satisfies ClockMode, '1'),
    )
    .option('--state <folder>', 'durable orders and account', '.paper-gateway')
    .option('--seed <number>', 'seed of everything synthesised', numberOf, 1)
    .option('--account <code>', 'account code', 'DEMO1000001')
    .option('--cash <dollars>', 'start cash of a new state folder', numberOf, 100_000)
    .option('--client-pacing <on|off>', "IB's limits on clients (default: on, off in lock-step)", onOff)
    .option('--stocks', 'price US stocks: daily bars, and minutes where recorded', false)
    .option('--as-of <date>', 'clock of a new state folder: the open of US stocks on YYYY-MM-DD', openingOf)
    .option('--exit-with-parent', 'end when standard input closes', false)
    .parse(argv as string[])
    .opts();
}

/** One sentence for what a user can mend; the rest is a defect and keeps its stack. */
function explain(error: unknown): string {
  const expected = error instanceof RecordedDataError || error instanceof StateError || error instanceof PortError;
  if (expected) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** 2: data or state that no second start will make usable; 4: a state folder that another gateway holds; 1: anything else. */
function exitCodeOf(error: unknown): number {
  if (error instanceof StateError && error.code === 'STATE_IN_USE') return 4;
  return error instanceof RecordedDataError || error instanceof StateError ? 2 : 1;
}

function endInOrder(gateway: RunningGateway, exitWithParent: boolean): void {
  let ending = false;
  const end = (): void => {
    if (ending) return;
    ending = true;
    gateway.close().then(
      () => process.exit(0),
      (error: unknown) => {
        say(explain(error));
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  if (!exitWithParent) return;
  process.stdin.on('end', end);
  process.stdin.on('close', end);
  process.stdin.resume();
}

async function main(): Promise<void> {
  const options = commandLine(process.argv);
  const lockstep = options.speed.kind === 'lockstep';
  const gateway = await startGateway({
    host: options.host,
    port: options.port,
    controlPort: options.controlPort,
    dataFolder: options.data,
    instruments: options.instruments,
    stocks: options.stocks,
    startClock: options.asOf ?? options.clock,
    mode: options.speed,
    stateFolder: options.state,
    seed: options.seed,
    account: options.account,
    startCash: options.cash,
    clientPacing: (options.clientPacing ?? (lockstep ? 'off' : 'on')) === 'on',
    log: say,
    onDiskFailure: (error) => {
      say(`The state folder ${options.state} cannot be written (${explain(error)}); free the disk and start again.`);
      process.exit(1);
    },
  });
  endInOrder(gateway, options.exitWithParent);
  process.stdout.write(`listening ${options.host}:${gateway.port}\n`);
  process.stdout.write(`control 127.0.0.1:${gateway.controlPort}\n`);
  say(
    `simulated fills on recorded data, clock ${new Date(gateway.exchange.ledger.clock).toISOString()}, ${clockModeText(options.speed)}`,
  );
}

main().catch((error: unknown) => {
  say(explain(error));
  process.exit(exitCodeOf(error));
});
