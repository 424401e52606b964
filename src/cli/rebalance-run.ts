/** `omega rebalance start|show|approve|reject`: the weekly workflow, begun by hand, looked at, and answered by a person. */
import { WorkflowNotFoundError, WorkflowUpdateFailedError, type Client, type Connection } from '@temporalio/client';
import { Command } from 'commander';
import { failingSteps, giveAnswer, readRebalance, startRebalance } from '../client/rebalance';
import { ensureSearchAttributes } from '../client/search-attribute-setup';
import { isRunId } from '../domain/ids';
import { rebalanceReportKey } from '../domain/rebalance/rebalance-run';
import type { RebalanceReport, RebalanceStatus } from '../domain/rebalance/rebalance-run';
import { isStoreError } from '../storage/object-store';
import { CliError, messageOf } from './cli-error';
import { printResult, type CommandIo } from './command-io';
import { currentPlace } from './current-place';
import { operatorOf, type OperatorOptions } from './operator';
import { dateOption } from './rebalance-options';
import { failingLine, reportLines, statusLines } from './rebalance-run-lines';
import { withSession } from './session-access';
import { storePlace, withStore } from './store-place';

interface StartOptions {
  readonly asOf?: string;
  readonly trade?: boolean;
  readonly approval?: boolean;
  readonly json?: boolean;
}

interface JsonOption {
  readonly json?: boolean;
}

/** Runs `work` with a client and the account; what the workflow or its absence says is one sentence. */
function withRebalance<T>(
  io: CommandIo,
  work: (client: Client, account: string, connection: Connection) => Promise<T>,
): Promise<T> {
  const place = currentPlace(io);
  return withSession(place, async ({ client, connection }) => {
    try {
      return await work(client, place.account, connection);
    } catch (error) {
      throw explained(error, place.account);
    }
  });
}

function explained(error: unknown, account: string): unknown {
  if (error instanceof CliError) return error;
  if (error instanceof WorkflowNotFoundError)
    return new CliError('NOT_FOUND', `No rebalance of ${account} runs or was kept; omega rebalance start begins one.`, {
      cause: error,
    });
  if (error instanceof WorkflowUpdateFailedError)
    return new CliError('REFUSED', `Refused: ${messageOf(error.cause ?? error)}.`, { cause: error });
  return new CliError(
    'NOT_RUNNING',
    `The rebalance of ${account} does not answer (${messageOf(error)}): no training process is alive; node dist/worker.js training is one.`,
    { cause: error },
  );
}

async function start({ asOf, trade, approval, json }: StartOptions, io: CommandIo): Promise<void> {
  const day = dateOption('as-of', asOf);
  const manner = { trade: trade ?? false, ...(approval === undefined ? {} : { approvalNeeded: approval }) };
  const started = await withRebalance(io, async (client, account, connection) => {
    await ensureSearchAttributes(connection, client.options.namespace);
    return startRebalance(client, { account, asOf: day, manner, paper: null, askBecause: null }, Date.now());
  });
  if (started === null)
    throw new CliError(
      'REFUSED',
      'A rebalance of this account runs already: omega rebalance show tells how far it is.',
    );
  const { workflowId } = started;
  printResult(io, json, { workflowId, trade: trade ?? false }, [
    `Started ${workflowId}${trade === true ? '' : ' as a dry run'}; omega rebalance show tells how far it is.`,
  ]);
}

async function show(id: string | undefined, { json }: JsonOption, io: CommandIo): Promise<void> {
  if (id === undefined) {
    const { status, failing } = await withRebalance(io, async (client, account) => ({
      status: await readRebalance(client, account),
      failing: await failingSteps(client, account),
    }));
    printResult(io, json, { ...status, failing }, [...statusLines(status), ...failing.map(failingLine)]);
    return;
  }
  const report = await storedReport(id, io);
  printResult(io, json, report, reportLines(report));
}

async function storedReport(id: string, io: CommandIo): Promise<RebalanceReport> {
  if (!isRunId(id)) throw new CliError('USAGE', `${id} is no rebalance: ids are UTC times such as 20170905_133000.`);
  return withStore(storePlace(io), async (store) => {
    try {
      return JSON.parse(new TextDecoder().decode(await store.get(rebalanceReportKey(id)))) as RebalanceReport;
    } catch (error) {
      if (!isStoreError(error, 'NOT_FOUND')) throw error;
      throw new CliError(
        'NOT_FOUND',
        `${store.location} holds no report of rebalance ${id}; of one that runs omega rebalance show tells.`,
        { cause: error },
      );
    }
  });
}

async function answer(
  decision: 'approve' | 'reject',
  id: string | undefined,
  options: OperatorOptions,
  io: CommandIo,
): Promise<void> {
  if (options.why === undefined) throw new CliError('USAGE', `${decision} needs --why REASON, kept in the report.`);
  const { by, why } = operatorOf(options, options.why);
  const given = await withRebalance(io, async (client, account) => {
    const status: RebalanceStatus = await readRebalance(client, account);
    if (status.phase === 'done')
      throw new CliError('REFUSED', `Refused: rebalance ${status.rebalanceId} is over, and nobody is asked.`);
    return giveAnswer(client, account, { rebalanceId: id ?? status.rebalanceId, decision, by, why });
  });
  const done = decision === 'approve' ? 'Approved' : 'Rejected';
  printResult(io, options.json, given, [`${done} rebalance ${given.rebalanceId}, as ${by}: ${why}`]);
}

const answerCommand = (decision: 'approve' | 'reject', what: string, io: CommandIo): Command =>
  new Command(decision)
    .description(what)
    .argument('[id]', 'the rebalance that is meant (default: the one that asks)')
    .option('--by <name>', 'who decides (default: the user logged in)')
    .option('--why <reason>', 'why; kept in the report')
    .option('--json', 'print JSON')
    .action((id: string | undefined, options: OperatorOptions) => answer(decision, id, options, io));

export const rebalanceRunCommands = (io: CommandIo): readonly Command[] => [
  new Command('start')
    .description('begin the weekly workflow now; a dry run unless --trade')
    .option('--trade', 'order what the list says, after a person’s yes if the settings ask for one')
    .option('--as-of <date>', 'day the orders are for (default: the broker’s)')
    .option('--approval', 'ask a person whatever the settings say')
    .option('--no-approval', 'ask nobody')
    .option('--json', 'print JSON')
    .action((options: StartOptions) => start(options, io)),
  new Command('show')
    .description('how far the running rebalance is, or the report of an ended one')
    .argument('[id]', 'of a report; the running or last one when left out')
    .option('--json', 'print JSON')
    .action((id: string | undefined, options: JsonOption) => show(id, options, io)),
  answerCommand('approve', 'say yes to the list that waits', io),
  answerCommand('reject', 'say no to the list that waits, or stop one that trades: what has not left stays', io),
];
