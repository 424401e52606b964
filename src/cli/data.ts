/** `omega data`: the historical bars, one file per subcommand. */
import { Command } from 'commander';
import type { CommandIo } from './command-io';
import { dataExportCommand } from './data-export';
import { dataHealCommand } from './data-heal';
import { dataHistoryExportCommand } from './data-history-export';
import { dataImportCommand } from './data-import';
import { dataProvidersCommand } from './data-providers';
import { dataOutsideCommand } from './data-outside';
import { dataStatusCommand } from './data-status';

export const dataCommand = (io: CommandIo): Command =>
  new Command('data')
    .description('historical bars: what is stored, healing holes, CSV and Parquet in and out')
    .addCommand(dataProvidersCommand(io))
    .addCommand(dataStatusCommand(io))
    .addCommand(dataHealCommand(io))
    .addCommand(dataImportCommand(io))
    .addCommand(dataExportCommand(io))
    .addCommand(dataHistoryExportCommand(io))
    .addCommand(dataOutsideCommand(io));
