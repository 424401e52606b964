/**
 * The `omega` command: one file per subcommand, this one parses and turns every ending into an exit code.
 * Exit codes (docs/commands.md): 0 ok · 1 failed · 2 usage or configuration · 3 not reachable · 4 refused.
 */
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { loadEnvFile } from '../config/env';
import { auditCommand } from './audit';
import { backtestCommand } from './backtest';
import { benchCommand } from './bench';
import { cancelCommand } from './cancel';
import { CliError, EXIT, messageOf } from './cli-error';
import { CommandExit } from './command-exit';
import type { CommandIo } from './command-io';
import { processIo } from './command-io';
import { configCommand } from './config';
import { dataCommand } from './data';
import { demoCommand } from './demo';
import { driftCommand } from './drift';
import { drillCommand } from './drill';
import { featuresCommand } from './features';
import { flattenCommand } from './flatten';
import { forecastsCommand } from './forecasts';
import { gatewayCommand } from './gateway';
import { haltCommand } from './halt';
import { liftHaltCommand } from './lift-halt';
import { logsCommand } from './logs';
import { modelsCommand } from './models';
import { newsCommand } from './news';
import { ordersCommand } from './orders';
import { pauseCommand } from './pause';
import { rebalanceCommand } from './rebalance';
import { reportCommand } from './report';
import { resumeCommand } from './resume';
import { retrainCommand } from './retrain';
import { rulesCommand } from './rules';
import { schedulesCommand } from './schedules';
import { searchCommand } from './search';
import { smokeCommand } from './smoke';
import { statusCommand } from './status';
import { tradeCommand } from './trade';
import { tradesCommand } from './trades';
import { unfreezeCommand } from './unfreeze';
import { trainCommand } from './train';

/** The whole command; commander's own output goes through `io`, and it throws instead of exiting. */
export function omegaCommand(io: CommandIo): Command {
  const program = new Command('omega')
    .description('A durable trading system for Interactive Brokers')
    .addCommand(tradeCommand(io))
    .addCommand(statusCommand(io))
    .addCommand(pauseCommand(io))
    .addCommand(resumeCommand(io))
    .addCommand(flattenCommand(io))
    .addCommand(cancelCommand(io))
    .addCommand(haltCommand(io))
    .addCommand(liftHaltCommand(io))
    .addCommand(unfreezeCommand(io))
    .addCommand(ordersCommand(io))
    .addCommand(tradesCommand(io))
    .addCommand(reportCommand(io))
    .addCommand(auditCommand(io))
    .addCommand(modelsCommand(io))
    .addCommand(featuresCommand(io))
    .addCommand(backtestCommand(io))
    .addCommand(trainCommand(io))
    .addCommand(retrainCommand(io))
    .addCommand(searchCommand(io))
    .addCommand(rulesCommand(io))
    .addCommand(forecastsCommand(io))
    .addCommand(newsCommand(io))
    .addCommand(driftCommand(io))
    .addCommand(rebalanceCommand(io))
    .addCommand(dataCommand(io))
    .addCommand(schedulesCommand(io))
    .addCommand(configCommand(io))
    .addCommand(logsCommand(io))
    .addCommand(smokeCommand(io))
    .addCommand(gatewayCommand())
    .addCommand(drillCommand(io))
    .addCommand(benchCommand())
    .addCommand(demoCommand(io))
    .enablePositionalOptions();
  quieten(program, io);
  return program;
}

/** Commander writes and exits by itself unless every command is told not to. */
function quieten(command: Command, io: CommandIo): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => io.out(text.trimEnd()),
    writeErr: (text) => io.err(text.trimEnd()),
  });
  for (const child of command.commands) quieten(child, io);
}

function exitCodeOf(thrown: unknown, io: CommandIo, json: boolean): number {
  // Of an option's own parser Commander makes a sentence and an error of its own; one that comes from a command's action was told nobody.
  const error = thrown instanceof InvalidArgumentError ? new CliError('USAGE', thrown.message) : thrown;
  if (error instanceof CommandExit) return error.exitCode;
  // Commander has printed its sentence (or the help that was asked for) already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof CliError) {
    // One stream, once: a program reads the document, a person the sentence.
    if (json) io.out(JSON.stringify({ error: { code: error.code, message: error.message } }));
    else io.err(error.message);
    return error.exitCode;
  }
  io.err(error instanceof Error ? (error.stack ?? error.message) : messageOf(error));
  return EXIT.failed;
}

/** Of these, --json names a file for the result. */
const WRITES_JSON_FILE: ReadonlySet<string> = new Set(['demo', 'drill', 'bench', 'backtest']);
const writesJsonFile = ([command, sub]: readonly string[]): boolean =>
  WRITES_JSON_FILE.has(command) || (command === 'rebalance' && sub === 'backtest');

/** Runs `omega <args>`; resolves to the exit code. Settings of a `.env` file are read first; those already set stay. */
export async function main(args: readonly string[], io: CommandIo = processIo()): Promise<number> {
  try {
    if (io.env === process.env) loadEnvFile(io.folder);
    await omegaCommand(io).parseAsync([...args], { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    return exitCodeOf(error, io, args.includes('--json') && !writesJsonFile(args));
  }
}
