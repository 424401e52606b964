/** The session that a command means, from the running demonstration or the configuration of this folder. */
import type { LoadedConfig } from '../config/load-config';
import { ConfigError, loadConfig } from '../config/load-config';
import { CliError } from './cli-error';
import type { CommandIo } from './command-io';
import type { SessionPlace } from './session-access';
import { sessionPlace } from './session-access';

/** The configuration of this folder and environment. Throws CONFIG with every problem. */
export function currentConfig(io: CommandIo): LoadedConfig {
  try {
    return loadConfig({ env: io.env, folder: io.folder });
  } catch (error) {
    if (error instanceof ConfigError) throw new CliError('CONFIG', error.message, { cause: error });
    throw error;
  }
}

export const currentPlace = (io: CommandIo): SessionPlace =>
  sessionPlace(io, () => {
    const { temporal, broker, stateDir } = currentConfig(io).config;
    return { address: temporal.address, namespace: temporal.namespace, account: broker.account, stateDir };
  });
