/** `omega config check|show`: is the configuration valid, the features' included, and what is in force from where; secrets are never printed. */
import { Command } from 'commander';
import { configTable } from '../config/config-table';
import type { CommandIo } from './command-io';
import { printResult } from './command-io';
import { currentConfig } from './current-place';
import { schemaOfConfig } from './current-schema';
import { clip, textTable } from './text-table';

/** A list of rules would push every origin off the screen; JSON has the whole value. */
const VALUE_WIDTH = 70;

interface JsonOption {
  readonly json?: boolean;
}

function check(io: CommandIo, { json }: JsonOption): void {
  const { config } = currentConfig(io);
  schemaOfConfig(config);
  const { account, host, port } = config.broker;
  const line = `The configuration is valid: account ${account ?? 'not set'}, gateway ${host}:${port}, Temporal ${config.temporal.address}.`;
  printResult(io, json, { valid: true }, [line]);
}

function show(io: CommandIo, { json }: JsonOption): void {
  const rows = configTable(currentConfig(io), io.env);
  const lines = textTable(
    [
      { title: 'setting', cell: ({ setting }) => setting },
      { title: 'value', cell: ({ value }) => clip(value, VALUE_WIDTH) },
      { title: 'from', cell: ({ origin }) => origin },
    ],
    rows,
  );
  printResult(io, json, rows, lines);
}

export const configCommand = (io: CommandIo): Command =>
  new Command('config')
    .description('check or show the configuration')
    .addCommand(
      new Command('check')
        .description('say whether the configuration is valid')
        .option('--json', 'print JSON')
        .action((options: JsonOption) => check(io, options)),
    )
    .addCommand(
      new Command('show')
        .description('effective values and where each comes from')
        .option('--json', 'print JSON')
        .action((options: JsonOption) => show(io, options)),
    );
