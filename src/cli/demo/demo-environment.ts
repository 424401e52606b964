/** Settings of the demonstration's processes: its own gateway, account and folders; nothing of a real installation reaches them. */
import type { FutureSymbol } from '../../domain/instruments';
import type { DemoPaths } from './demo-folder';
import type { DemoPorts } from './ports';

export const DEMO_ACCOUNT = 'DEMO1000001';
export const DEMO_SEED = 1;
export const DEMO_CASH = 100_000;

/** Variables that name something real, or that change how this program works. */
const REAL = /^(IBKR_|TEMPORAL_|AWS_|S3_|OMEGA_|ENABLE_ORDER_EXEC$|ALLOW_|DRY_RUN$|LEARNING_ONLY$)/;

export interface TemporalPlace {
  readonly address: string;
  readonly namespace: string;
}

/** The environment of trader and market; orders are allowed, toward our own gateway and the demonstration's account alone. */
export function demoEnvironment(
  base: NodeJS.ProcessEnv,
  paths: DemoPaths,
  ports: DemoPorts,
  temporal: TemporalPlace,
  instruments: readonly FutureSymbol[],
): NodeJS.ProcessEnv {
  const kept = Object.fromEntries(Object.entries(base).filter(([name]) => !REAL.test(name)));
  return {
    ...kept,
    IBKR_HOST: '127.0.0.1',
    IBKR_PORT: String(ports.gateway),
    IBKR_ACCOUNT: DEMO_ACCOUNT,
    ENABLE_ORDER_EXEC: 'true',
    ALLOW_ORDERS: 'true',
    OMEGA_INSTRUMENTS: instruments.join(','),
    OMEGA_STORE: paths.store,
    OMEGA_STATE_DIR: paths.state,
    OMEGA_SEED: String(DEMO_SEED),
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
  };
}
