/**
 * The object store: files under keys, in a local folder or an S3 bucket; nobody else in the house knows which.
 * Invariants:
 *  1. A key holds one whole put or nothing: readers never see half a write, whatever is killed and whenever.
 *  2. What `put` or `create` acknowledged survives kill -9 and, in the folder, power loss (file and directory are synced).
 *  3. `create` succeeds for exactly one of any number of writers of the same key.
 *  4. Every failure is a StoreError with a stable code and one sentence that says what to do.
 */

import { inParallel } from './in-parallel';

/** First segment of every key. */
export const STORE_PREFIXES = ['processed', 'news', 'models', 'audit'] as const;

export type StoreErrorCode =
  'NOT_FOUND' | 'ACCESS_DENIED' | 'UNREACHABLE' | 'CORRUPT' | 'INVALID_KEY' | 'NO_SPACE' | 'MISCONFIGURED' | 'FAILED';

export class StoreError extends Error {
  override readonly name = 'StoreError';

  constructor(
    readonly code: StoreErrorCode,
    message: string,
    /** The key concerned, null when the whole store is. */
    readonly key: string | null,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}

/** One object to be created. */
export interface NewObject {
  readonly key: string;
  readonly bytes: Uint8Array;
}

export interface ObjectStore {
  /** For people: `folder /var/omega/store` or `s3://bucket`. */
  readonly location: string;
  /** Writes or replaces the object. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /**
   * Writes the object only if the key is free; atomic between processes and machines. `exists` may also mean a put of the caller's own
   * whose answer was lost on the way: whoever must know compares the content.
   */
  create(key: string, bytes: Uint8Array): Promise<'created' | 'exists'>;
  /**
   * `create` of many, where the store does that in less than one after the other: each key for itself, in any order, and all that is
   * created survives once it resolves. Answers are in the entries' order. `createEach` works for every store.
   */
  readonly createAll?: (entries: readonly NewObject[]) => Promise<readonly ('created' | 'exists')[]>;
  /** The object's bytes; StoreError NOT_FOUND when there is none. */
  get(key: string): Promise<Uint8Array>;
  exists(key: string): Promise<boolean>;
  /** All keys that begin with `prefix` (`models/`, `audit/2013-10-09/`), in ascending code-unit order. */
  list(prefix: string): Promise<readonly string[]>;
  /** Removes the object; removing one that is not there is no error. */
  delete(key: string): Promise<void>;
  /** Path of the object's own file, where the store is a folder: to be read in place, never written. */
  readonly localFile?: (key: string) => string;
}

const SEGMENT = /^[A-Za-z0-9_=+!@-][A-Za-z0-9._=+!@-]*$/;
const MAX_KEY_LENGTH = 512;

/**
 * The key itself when it is one both stores can hold: `prefix/segment/…` of letters, digits and `._=+!@-`, no segment beginning
 * with a dot, no empty segment. Throws StoreError INVALID_KEY otherwise.
 */
export function checkedKey(key: string): string {
  const segments = key.split('/');
  const wrong =
    key.length > MAX_KEY_LENGTH ||
    segments.length < 2 ||
    !(STORE_PREFIXES as readonly string[]).includes(segments[0]) ||
    !segments.every((segment) => SEGMENT.test(segment));
  if (wrong) {
    throw new StoreError(
      'INVALID_KEY',
      `Store key ${JSON.stringify(key)} is not valid: use ${STORE_PREFIXES.join('/, ')}/ followed by names of letters, digits and ._=+!@-.`,
      key,
    );
  }
  return key;
}

/** The list prefix itself when it ends in a whole segment (`models/`); throws StoreError INVALID_KEY otherwise. */
export function checkedPrefix(prefix: string): string {
  if (!prefix.endsWith('/')) {
    throw new StoreError('INVALID_KEY', `Store prefix ${JSON.stringify(prefix)} must end with a slash.`, prefix);
  }
  checkedKey(`${prefix}x`);
  return prefix;
}

/** Creates many objects by the store's own way or one by one; answers in their order. After a failure some of them may be there. */
export const createEach = (
  store: ObjectStore,
  entries: readonly NewObject[],
): Promise<readonly ('created' | 'exists')[]> =>
  store.createAll?.(entries) ?? inParallel(entries, ({ key, bytes }) => store.create(key, bytes));

export const isStoreError = (error: unknown, code?: StoreErrorCode): error is StoreError =>
  error instanceof StoreError && (code === undefined || error.code === code);
