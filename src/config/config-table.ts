/** What `omega config show` prints: every setting with its effective value and origin, and which secrets are set. */
import { originText } from './config-origin';
import type { LoadedConfig } from './load-config';
import { MASK, maskAddresses, SECRET_VARIABLES } from './secrets';

export interface ConfigRow {
  readonly setting: string;
  readonly value: string;
  readonly origin: string;
}

/** Rows in the order of the configuration, then secrets, masked. */
export function configTable(
  { config, origins }: LoadedConfig,
  env: Readonly<Record<string, string | undefined>>,
): readonly ConfigRow[] {
  const settings = Object.entries(origins).map(([setting, origin]) => ({
    setting,
    value: shown(valueAt(config, setting)),
    origin: originText(origin),
  }));
  const secrets = SECRET_VARIABLES.map((name) => {
    const isSet = (env[name] ?? '') !== '';
    return { setting: name, value: isSet ? MASK : 'not set', origin: isSet ? 'environment' : 'default' };
  });
  return [...settings, ...secrets];
}

const valueAt = (config: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], config);

const shown = (value: unknown): string => maskAddresses(typeof value === 'string' ? value : JSON.stringify(value));
