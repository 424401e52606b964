/** Secrets live in the environment only: which variables hold one, and how to keep their values out of everything that is written. */
import { PROVIDER_KEY_VARIABLES } from './provider-keys';

/** Secrets that this program or its libraries read; shown by `omega config show` as set or not, never with their value. */
export const SECRET_VARIABLES: readonly string[] = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  ...Object.values(PROVIDER_KEY_VARIABLES).flat(),
];

const SECRET_NAME = /(_KEY|_KEY_ID|_TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)(_|$)/i;
/** Shorter values (`1`, `true`) would mask ordinary text. */
const SHORTEST_SECRET = 6;
export const MASK = '********';

export const isSecretName = (variable: string): boolean => SECRET_NAME.test(variable);

type Environment = Readonly<Record<string, string | undefined>>;

/** User and password of an address, which some proxies want there. */
const USER_INFO = /(\b[a-z][a-z0-9+.-]*:\/\/)[^/\s@"']+@/gi;

/** Masks user and password of every address in a text. */
export const maskAddresses = (text: string): string => text.replace(USER_INFO, `$1${MASK}@`);

/**
 * A function that masks the value of every secret variable of `env` wherever it occurs in a text, also inside JSON and addresses, and what
 * addresses hold of users and passwords.
 */
export function createRedactor(env: Environment): (text: string) => string {
  const values = Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && value.length >= SHORTEST_SECRET && isSecretName(name) ? spellings(value) : [],
  );
  // Longest first: a secret may contain another.
  const wanted = [...new Set(values)].sort((a, b) => b.length - a.length);
  return (text) => maskAddresses(wanted.reduce((masked, value) => masked.replaceAll(value, MASK), text));
}

const spellings = (value: string): readonly string[] => [
  value,
  JSON.stringify(value).slice(1, -1),
  encodeURIComponent(value),
];
