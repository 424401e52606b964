/**
 * JSON as the model registry stores it: names in snake_case, as scikit-learn's users expect them, two spaces, a newline at the end.
 * Below a `parameters` key every name is a library's own and stays as it is; anything else that is keyed by names of data must be a list.
 */

type KeyChange = (key: string) => string;

const toSnake: KeyChange = (key) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const toCamel: KeyChange = (key) => key.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());

function withKeys(value: unknown, change: KeyChange): unknown {
  if (Array.isArray(value)) return value.map((item) => withKeys(item, change));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [change(key), key === 'parameters' ? item : withKeys(item, change)]),
  );
}

const storedName: KeyChange = (key) => {
  const stored = toSnake(key);
  if (toCamel(stored) === key) return stored;
  throw new TypeError(
    `"${key}" would be read back as "${toCamel(stored)}": keep what is keyed by names of data in a list.`,
  );
};

/** The value with the names it is stored and printed under. Throws TypeError for a name that would not come back as it is. */
export const storedNames = (value: unknown): unknown => withKeys(value, storedName);

export const storedJson = (value: object): Uint8Array =>
  new TextEncoder().encode(`${JSON.stringify(storedNames(value), null, 2)}\n`);

/** What `storedJson` wrote, names as in code; for a schema to check. Throws SyntaxError when it is not JSON. */
export const parseStoredJson = (bytes: Uint8Array): unknown =>
  withKeys(JSON.parse(new TextDecoder().decode(bytes)), toCamel);
