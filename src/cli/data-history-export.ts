/** `omega data history-export`: the broker's history into the bar store, as a workflow that this command follows. */
import { Client, Connection, WorkflowNotFoundError, type WorkflowHandle } from '@temporalio/client';
import { Command } from 'commander';
import { historyExportWorkflowId, startHistoryExport } from '../client/history-export-start';
import type { Config } from '../config/config';
import { writtenTicker } from '../domain/share-class';
import { EXPORTED_PRICES, NOTHING_EXPORTED } from '../domain/history-export';
import type { ExportedInterval, ExportProgress, HistoryExportRequest, SeriesProgress } from '../domain/history-export';
import type { historyExport } from '../workflows/history-export';
import { exportProgress } from '../workflows/history-export-messages';
import { CliError, messageOf } from './cli-error';
import type { CommandIo } from './command-io';
import { printResult } from './command-io';
import { currentConfig } from './current-place';
import { parseInterval, parseSpan, parseWhatToShow, type SpanOptions } from './data-place';

interface HistoryExportOptions extends SpanOptions {
  readonly interval: string;
  readonly what?: string;
  readonly follow: boolean;
  readonly json?: boolean;
}

const POLL_MS = 1_000;
const CONNECT_TIMEOUT_MS = 3_000;

function exportedInterval(text: string): ExportedInterval {
  const interval = parseInterval(text);
  if (interval === '1d')
    throw new CliError('USAGE', 'The broker is asked for 1m, 5m, 10m, 15m or 60m; days come from the other providers.');
  return interval;
}

function requestOf(
  instruments: readonly string[],
  options: HistoryExportOptions,
  config: Config,
): HistoryExportRequest {
  const { from, to } = parseSpan(options);
  return {
    instruments: instruments.length > 0 ? instruments.map(writtenTicker) : config.trading.instruments,
    whatToShow: options.what === undefined ? EXPORTED_PRICES : [parseWhatToShow(options.what)],
    interval: exportedInterval(options.interval),
    from: from ?? null,
    to: to ?? null,
  };
}

async function historyExportCommandOf(
  instruments: readonly string[],
  options: HistoryExportOptions,
  io: CommandIo,
): Promise<void> {
  const { config } = currentConfig(io);
  const request = requestOf(instruments, options, config);
  const connection = await connected(config.temporal.address);
  try {
    const client = new Client({ connection, namespace: config.temporal.namespace });
    const workflowId = historyExportWorkflowId(request);
    if (saysSpan(options) && (await runs(client, workflowId)))
      io.err(
        `${workflowId} runs already and is joined: its --from, --to and --what are those that it was started with.`,
      );
    const handle = await startHistoryExport(client, request);
    if (!options.follow) {
      printResult(io, options.json, { workflowId }, [`${workflowId} runs; the same command follows it.`]);
      return;
    }
    const result = await followed(handle, io);
    printResult(io, options.json, { workflowId, ...result }, result.series.map(seriesLine));
  } finally {
    await connection.close();
  }
}

const saysSpan = ({ from, to, what }: HistoryExportOptions): boolean => (from ?? to ?? what) !== undefined;

async function runs(client: Client, workflowId: string): Promise<boolean> {
  try {
    return (await client.workflow.getHandle(workflowId).describe()).status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

async function connected(address: string): Promise<Connection> {
  return Connection.connect({ address, connectTimeout: CONNECT_TIMEOUT_MS }).catch((error: unknown) => {
    const why = `No Temporal server answers at ${address} (${messageOf(error)}): start one (npm start does) or set TEMPORAL_ADDRESS.`;
    throw new CliError('TEMPORAL_UNREACHABLE', why, { cause: error });
  });
}

/** This process only watches: ended, it leaves the export running, and the same command joins it. */
async function followed(handle: WorkflowHandle<typeof historyExport>, io: CommandIo): Promise<ExportProgress> {
  let told = NOTHING_EXPORTED;
  const watch = setInterval(() => {
    // No answer means that no worker lives just now; the result is waited for all the same.
    void handle.query(exportProgress).then(
      (now) => {
        now.series.forEach((one, index) => {
          if (JSON.stringify(one) !== JSON.stringify(told.series[index]) && now.phase === 'exporting')
            io.err(seriesLine(one));
        });
        told = now;
      },
      () => undefined,
    );
  }, POLL_MS);
  try {
    return await handle.result();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? (error.cause.cause ?? error.cause) : error;
    throw new CliError('FAILED', `${handle.workflowId} failed: ${messageOf(cause)}`, { cause: error });
  } finally {
    clearInterval(watch);
  }
}

/** One line for people. Pure. */
export const seriesLine = ({
  contract,
  whatToShow,
  chunks,
  chunksDone,
  added,
  rejected,
  failed,
}: SeriesProgress): string =>
  failed === null
    ? `${contract} ${whatToShow}: ${chunksDone} of ${chunks} chunks, ${added} bars added${rejected > 0 ? `, ${rejected} rejected` : ''}`
    : `${contract} ${whatToShow}: given up, ${failed}`;

export const dataHistoryExportCommand = (io: CommandIo): Command =>
  new Command('history-export')
    .description(
      "the broker's history into the bar store: trades and midpoints, 30 days at a time, going on where the store ends",
    )
    .argument('[instruments...]', 'ES, GC, AAPL, … (default: the instruments that are traded)')
    .option('--interval <interval>', '1m, 5m, 10m, 15m or 60m', '1m')
    .option('--what <what>', 'only TRADES or MIDPOINT')
    .option('--from <time>', 'first bar (default: 30 days before the end)')
    .option('--to <time>', "bars before this (default: the broker's clock)")
    .option('--no-follow', 'start it and return')
    .option('--json', 'print JSON')
    .action((instruments: readonly string[], options: HistoryExportOptions) =>
      historyExportCommandOf(instruments, options, io),
    );
