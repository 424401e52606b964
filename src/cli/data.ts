/** `omega data`: the historical bars, one file per subcommand. */
import { Command } from 'commander';
import type { CommandIo } from './command-io';
import { dataExportCommand } from './data-export';
import { dataHealCommand } from './data-heal';
import { dataImportCommand } from './data-import';
import { dataStatusCommand } from './data-status';

export const dataCommand = (io: CommandIo): Command =>
  new Command('data')
    .description('historical bars: what is stored, healing holes, CSV and Parquet in and out')
    .addCommand(dataStatusCommand(io))
    .addCommand(dataHealCommand(io))
    .addCommand(dataImportCommand(io))
    .addCommand(dataExportCommand(io));
