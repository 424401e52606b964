/**
 * Where the session is and how a command reaches it: the running demonstration unless TEMPORAL_ADDRESS says otherwise,
 * else the configured server and account. Every failure is one sentence.
 */
import type { WorkflowHandle } from '@temporalio/client';
import { Client, Connection, QueryNotRegisteredError, ServiceError, WorkflowNotFoundError } from '@temporalio/client';
import { join } from 'node:path';
import { sessionWorkflowId } from '../domain/ids';
import type { SessionSnapshot } from '../domain/session-snapshot';
import { snapshot } from '../workflows/messages';
import { CliError, messageOf } from './cli-error';
import type { CommandIo } from './command-io';
import { DEMO_FOLDER, readRun } from './demo/demo-folder';
import type { DemoRun } from './demo/demo-folder';

export interface SessionPlace {
  readonly source: 'demonstration' | 'configuration';
  readonly address: string;
  readonly namespace: string;
  readonly account: string;
  readonly stateDir: string;
  readonly logs: string;
  readonly demo: DemoRun | null;
}

/** What the place needs of the configuration when no demonstration runs. */
export interface ConfiguredPlace {
  readonly address: string;
  readonly namespace: string;
  readonly account: string | null;
  readonly stateDir: string;
}

/** Decides which session is meant. Throws NOT_RUNNING when there is neither. */
export function sessionPlace(io: CommandIo, configured: () => ConfiguredPlace): SessionPlace {
  const demo = io.env.TEMPORAL_ADDRESS ? null : readRun(join(io.folder, DEMO_FOLDER));
  if (demo !== null) {
    const { temporalAddress: address, temporalNamespace: namespace, account, state, logs } = demo;
    return { source: 'demonstration', address, namespace, account, stateDir: state, logs, demo };
  }
  const { address, namespace, account, stateDir } = configured();
  if (account === null) {
    throw new CliError(
      'NOT_RUNNING',
      'Nothing runs here: no demonstration (npm start), and IBKR_ACCOUNT does not name an account for omega trade.',
    );
  }
  return { source: 'configuration', address, namespace, account, stateDir, logs: join(stateDir, 'logs'), demo: null };
}

const CONNECT_TIMEOUT_MS = 3_000;
const CALL_TIMEOUT_MS = 10_000;
/** A trader that was killed is back and answers within it. */
const QUERY_TIMEOUT_MS = 4_000;

export interface SessionAccess {
  readonly place: SessionPlace;
  readonly client: Client;
  readonly connection: Connection;
  readonly handle: WorkflowHandle;
  /** What the session knows now. Throws NOT_RUNNING when there is none or nobody is alive to answer. */
  snapshot(): Promise<SessionSnapshot>;
}

function unreachable(place: SessionPlace, error: unknown): CliError {
  const how = place.source === 'demonstration' ? 'npm start' : 'omega trade';
  return new CliError(
    'TEMPORAL_UNREACHABLE',
    `No Temporal server answers at ${place.address} (${messageOf(error)}); start it, then ${how}.`,
    { cause: error },
  );
}

/** One sentence for what can go wrong while talking to the session. */
export function sessionFailure(place: SessionPlace, error: unknown): Error {
  if (error instanceof CliError) return error;
  if (error instanceof WorkflowNotFoundError) {
    return new CliError(
      'NOT_RUNNING',
      `There is no session for ${place.account} at ${place.address}; omega trade (or npm start) opens it.`,
    );
  }
  const reason = error instanceof ServiceError && error.cause !== undefined ? messageOf(error.cause) : messageOf(error);
  if (error instanceof QueryNotRegisteredError || /deadline|no poller|UNAVAILABLE|FAILED_PRECONDITION/i.test(reason)) {
    return new CliError(
      'NOT_RUNNING',
      `The session of ${place.account} does not answer: no trader is alive. ${
        place.source === 'demonstration' ? 'The demonstration starts it again' : 'omega trade starts one'
      }; omega logs trader shows what the last one wrote.`,
      { cause: error },
    );
  }
  return error instanceof Error ? error : new Error(String(error));
}

/** Runs `work` with a connection to the session and closes it afterwards. */
export async function withSession<T>(place: SessionPlace, work: (access: SessionAccess) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({
    address: place.address,
    connectTimeout: CONNECT_TIMEOUT_MS,
  }).catch((error: unknown) => {
    throw unreachable(place, error);
  });
  try {
    const client = new Client({ connection, namespace: place.namespace });
    const handle = client.workflow.getHandle(sessionWorkflowId(place.account));
    const query = (): Promise<SessionSnapshot> =>
      client.withDeadline(Date.now() + QUERY_TIMEOUT_MS, () => handle.query(snapshot));
    return await client.withDeadline(Date.now() + CALL_TIMEOUT_MS, () =>
      work({ place, client, connection, handle, snapshot: query }),
    );
  } catch (error) {
    throw sessionFailure(place, error);
  } finally {
    await connection.close();
  }
}
