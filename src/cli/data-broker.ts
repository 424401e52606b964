/** The broker's history for a data command, on a connection of its own that ends with the command. */
import { historySpacing } from '../activities/history-request-spacing';
import { DEFAULT_BROKER_ZONE } from '../broker/broker-session';
import { createDataConnection } from '../broker/data-connection';
import type { MarketDataPort } from '../broker/market-data-port';
import type { Config } from '../config/config';
import type { IbkrHistory } from '../market-data/providers/ibkr';
import { ibkrHistoryOver } from '../market-data/providers/ibkr-history';
import { QUIET_LOG } from './quiet-log';

/** A gateway on this machine or the next accepts within a second; one that is not there must not hold the command up. */
const PATIENCE_MS = 3_000;
const NOT_ASKED = 'IBKR is skipped: --from-broker asks the configured gateway, too.';

export interface BrokerHistory {
  readonly ibkr?: IbkrHistory;
  /** One line why it is not there. */
  readonly ibkrAbsent?: string;
}

/**
 * Asks the broker where the user says so: by `fromBroker`, or by naming `ibkr` in `data.providers`. The default order alone connects to
 * nobody, because what answers there may be the paper gateway, whose past is a recording.
 */
export async function withBrokerHistory<T>(
  { broker, data, stateDir }: Config,
  fromBroker: boolean,
  work: (history: BrokerHistory) => Promise<T>,
): Promise<T> {
  if (!fromBroker && data.providers?.includes('ibkr') !== true) return work({ ibkrAbsent: NOT_ASKED });
  const port = createDataConnection(broker, { logger: QUIET_LOG, historyAdmission: historySpacing(stateDir) });
  try {
    const accepted = await connectedWithin(Math.min(PATIENCE_MS, broker.requestTimeoutMs), port);
    if (accepted) return await work({ ibkr: ibkrHistoryOver(port, DEFAULT_BROKER_ZONE) });
    const why = port.state().reason ?? 'no answer';
    const place = `${broker.host}:${broker.port}`;
    return await work({
      ibkrAbsent: `IBKR is skipped: no gateway answers at ${place} (${why}); start IB Gateway or set IBKR_HOST and IBKR_PORT.`,
    });
  } finally {
    await port.close();
  }
}

async function connectedWithin(ms: number, port: MarketDataPort): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const connected = port.connect().then(() => true);
  // Closed before it was accepted, nobody waits for it any more.
  connected.catch(() => undefined);
  return Promise.race([connected, late]).finally(() => clearTimeout(timer));
}
