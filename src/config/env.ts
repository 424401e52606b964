/** The environment variables that set something, each with its setting and how its text is read. `.env.example` documents them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { findInstrument, FUTURE_SYMBOLS } from '../domain/instruments';

/** A value for a path of the configuration. */
export interface Setting {
  readonly path: string;
  readonly value: unknown;
}

export type Reading = { readonly settings: readonly Setting[] } | { readonly problem: string };

export interface EnvironmentVariable {
  readonly name: string;
  /** Turns the trimmed, non-empty text into settings, or into the rest of a sentence that begins with the name and the value. */
  readonly read: (text: string) => Reading;
}

const set = (path: string, value: unknown): Reading => ({ settings: [{ path, value }] });

const asText =
  (path: string) =>
  (text: string): Reading =>
    set(path, text);

const asList =
  (path: string) =>
  (text: string): Reading =>
    set(
      path,
      text.split(',').map((name) => name.trim()),
    );

const asWhole =
  (path: string) =>
  (text: string): Reading =>
    /^-?\d+$/.test(text) ? set(path, Number(text)) : { problem: 'must be a whole number' };

const YES = new Set(['true', '1', 'yes']);
const NO = new Set(['false', '0', 'no']);

const asFlag =
  (path: string) =>
  (text: string): Reading => {
    const word = text.toLowerCase();
    if (YES.has(word)) return set(path, true);
    if (NO.has(word)) return set(path, false);
    return { problem: 'must be true, 1 or yes, or false, 0 or no' };
  };

function asLiveAccount(text: string): Reading {
  return YES.has(text.toLowerCase()) || NO.has(text.toLowerCase())
    ? { problem: 'must name the live account that may be traded, or be left out' }
    : set('permissions.allowLive', text);
}

function asStore(text: string): Reading {
  if (!text.includes('://')) {
    return {
      settings: [
        { path: 'storage.kind', value: 'folder' },
        { path: 'storage.root', value: text },
      ],
    };
  }
  const bucket = /^s3:\/\/([^/]+)\/?$/.exec(text)?.[1];
  return bucket === undefined
    ? { problem: 'must be a folder, or s3:// and a bucket name without a path' }
    : {
        settings: [
          { path: 'storage.kind', value: 's3' },
          { path: 'storage.bucket', value: bucket },
        ],
      };
}

function asInstruments(text: string): Reading {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => findInstrument(name) === null);
  return unknown.length > 0
    ? { problem: `must be instruments out of ${FUTURE_SYMBOLS.join(', ')} separated by commas` }
    : set(
        'trading.instruments',
        names.flatMap((name) => findInstrument(name)?.symbol ?? []),
      );
}

export const ENVIRONMENT_VARIABLES: readonly EnvironmentVariable[] = [
  { name: 'IBKR_HOST', read: asText('broker.host') },
  { name: 'IBKR_PORT', read: asWhole('broker.port') },
  { name: 'IBKR_CLIENT_ID', read: asWhole('broker.clientId') },
  { name: 'IBKR_ACCOUNT', read: asText('broker.account') },
  { name: 'ENABLE_ORDER_EXEC', read: asFlag('permissions.enableOrderExec') },
  { name: 'ALLOW_ORDERS', read: asFlag('permissions.allowOrders') },
  { name: 'DRY_RUN', read: asFlag('permissions.dryRun') },
  { name: 'ALLOW_LIVE', read: asLiveAccount },
  { name: 'LEARNING_ONLY', read: asFlag('permissions.learningOnly') },
  { name: 'OMEGA_INSTRUMENTS', read: asInstruments },
  { name: 'OMEGA_VOTE', read: asText('trading.vote') },
  { name: 'OMEGA_VALIDATOR', read: asFlag('trading.validator') },
  { name: 'OMEGA_STORE', read: asStore },
  { name: 'AWS_REGION', read: asText('storage.region') },
  { name: 'S3_ENDPOINT', read: asText('storage.endpoint') },
  { name: 'OMEGA_DATA_MODE', read: asText('data.mode') },
  { name: 'OMEGA_BAR_PROVIDERS', read: asList('data.providers') },
  { name: 'OMEGA_HISTORICAL', read: asText('data.historicalFolder') },
  { name: 'FNSPID_PRICES', read: asText('data.fnspidFolder') },
  { name: 'ECONOMIC_CALENDAR', read: asText('data.economicCalendar') },
  { name: 'ETF_FLOWS', read: asText('data.etfFlows') },
  { name: 'OPTIONS_FLOW', read: asText('data.optionsFlow') },
  { name: 'SOCIAL_SENTIMENT', read: asText('data.socialSentiment') },
  { name: 'POLYGON_URL', read: asText('data.polygon.baseUrl') },
  { name: 'TIINGO_URL', read: asText('data.tiingo.baseUrl') },
  { name: 'MARKETAUX_URL', read: asText('news.marketaux.baseUrl') },
  { name: 'YAHOO_URL', read: asText('data.yahoo.baseUrl') },
  { name: 'YAHOO_COOKIE_URL', read: asText('data.yahoo.cookieUrl') },
  { name: 'FRED_URL', read: asText('data.fred.baseUrl') },
  { name: 'TEMPORAL_ADDRESS', read: asText('temporal.address') },
  { name: 'TEMPORAL_NAMESPACE', read: asText('temporal.namespace') },
  { name: 'OMEGA_STATE_DIR', read: asText('stateDir') },
  { name: 'OMEGA_SEED', read: asWhole('seed') },
];

/** Names the configuration file; `omega.config.json` in the current folder otherwise. */
export const CONFIG_FILE_VARIABLE = 'OMEGA_CONFIG';

/**
 * Reads `.env` of a folder into an environment: the process's own, where AWS's credential chain finds its part too. Variables that are
 * set stay as they are. Answers whether there was a file.
 */
export function loadEnvFile(folder: string, env: Record<string, string | undefined> = process.env): boolean {
  const path = join(folder, '.env');
  if (!existsSync(path)) return false;
  for (const [name, value] of Object.entries(parseEnv(readFileSync(path, 'utf8')))) env[name] ??= value;
  return true;
}
