/** The object store over an S3 bucket or an S3-compatible server; credentials by the standard AWS chain, never ours to hold. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { errorCode, errorText } from './durable-files';
import { checkedKey, checkedPrefix, StoreError } from './object-store';
import type { ObjectStore, StoreErrorCode } from './object-store';

export interface S3StoreOptions {
  readonly bucket: string;
  readonly region: string;
  /** Address of an S3-compatible server (path-style requests), null for AWS. */
  readonly endpoint: string | null;
  readonly connectTimeoutMs?: number;
  readonly requestTimeoutMs?: number;
}

const CONNECT_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 30_000;
const MAX_ATTEMPTS = 3;

/** A store over `options.bucket`. Nothing is asked of the server before the first call. */
export function openS3Store(options: S3StoreOptions): ObjectStore & { close(): void } {
  const { bucket, region, endpoint } = options;
  // It warns of Node's age on standard error, where programs read our one sentence; package.json says which Node runs this.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const client = new S3Client({
    region,
    ...(endpoint === null ? {} : { endpoint, forcePathStyle: true }),
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: {
      connectionTimeout: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
      requestTimeout: options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  });
  const place = endpoint === null ? `s3://${bucket}` : `s3://${bucket} at ${endpoint}`;
  const explained = async <T>(key: string, operation: () => Promise<T>): Promise<T> => {
    try {
      return await operation();
    } catch (error) {
      throw error instanceof StoreError ? error : s3Error(error, key, place);
    }
  };
  const object = (key: string) => ({ Bucket: bucket, Key: checkedKey(key) });

  return {
    location: place,
    put: (key, bytes) =>
      explained(key, async () => {
        await client.send(new PutObjectCommand({ ...object(key), Body: bytes }));
      }),
    create: (key, bytes) => explained(key, () => createObject(client, object(key), bytes)),
    get: (key) => explained(key, () => readObject(client, object(key), place)),
    exists: (key) => explained(key, () => objectExists(client, object(key))),
    list: (prefix) => explained(prefix, () => listObjects(client, bucket, checkedPrefix(prefix))),
    delete: (key) =>
      explained(key, async () => {
        await client.send(new DeleteObjectCommand(object(key)));
      }),
    close: () => client.destroy(),
  };
}

interface ObjectAddress {
  readonly Bucket: string;
  readonly Key: string;
}

/** AWS answers 409 while another conditional put of the key is being decided; it asks to try again. */
const CONFLICT_ATTEMPTS = 5;
const CONFLICT_WAIT_MS = 200;

async function createObject(client: S3Client, object: ObjectAddress, bytes: Uint8Array): Promise<'created' | 'exists'> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.send(new PutObjectCommand({ ...object, Body: bytes, IfNoneMatch: '*' }));
      return 'created';
    } catch (error) {
      const status = statusOf(error);
      if (status === 412) return 'exists';
      if (status !== 409 || attempt === CONFLICT_ATTEMPTS) throw error;
      await sleep(CONFLICT_WAIT_MS * attempt);
    }
  }
}

async function readObject(client: S3Client, object: ObjectAddress, place: string): Promise<Uint8Array> {
  const answer = await client.send(new GetObjectCommand(object));
  if (answer.Body === undefined)
    throw new StoreError('CORRUPT', `${object.Key} came without a body from ${place}.`, object.Key);
  const bytes = await answer.Body.transformToByteArray();
  if (answer.ContentLength !== undefined && answer.ContentLength !== bytes.length) {
    throw new StoreError(
      'CORRUPT',
      `${object.Key} from ${place} has ${bytes.length} bytes instead of ${answer.ContentLength}: read it again or restore it.`,
      object.Key,
    );
  }
  return bytes;
}

async function objectExists(client: S3Client, object: ObjectAddress): Promise<boolean> {
  try {
    await client.send(new HeadObjectCommand(object));
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw error;
  }
}

async function listObjects(client: S3Client, bucket: string, prefix: string): Promise<readonly string[]> {
  const keys: string[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }),
    );
    for (const { Key } of page.Contents ?? []) if (Key !== undefined && !Key.endsWith('/')) keys.push(Key);
    token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
  } while (token !== undefined);
  return keys.sort();
}

const statusOf = (error: unknown): number | undefined =>
  error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;

/** The system's codes and the client's names for a server that is not there; the client may wrap them, so they are looked for in the text too. */
const UNREACHABLE =
  /\b(TimeoutError|RequestTimeout|NetworkingError|ECONNREFUSED|ECONNRESET|EPIPE|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ETIMEDOUT)\b/;

function s3Error(error: unknown, key: string, place: string): StoreError {
  const name = typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : '';
  const code = errorCode(error) ?? '';
  // A refused connection to a name with two addresses is an AggregateError without a message.
  const text = errorText(error) || code || name;
  const status = statusOf(error);
  const fail = (kind: StoreErrorCode, message: string) => new StoreError(kind, message, key, { cause: error });
  if (name === 'NoSuchBucket')
    return fail('MISCONFIGURED', `There is no bucket at ${place}: create it or set OMEGA_STORE.`);
  if (name === 'NoSuchKey' || status === 404) return fail('NOT_FOUND', `There is no ${key} in ${place}.`);
  if (name === 'CredentialsProviderError') {
    return fail(
      'ACCESS_DENIED',
      `No AWS credentials for ${place}: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile or a role.`,
    );
  }
  if (status === 401 || status === 403)
    return fail('ACCESS_DENIED', `${place} refused access to ${key} (${name}): check credentials and policy.`);
  if (status === 301 || status === 307 || name === 'AuthorizationHeaderMalformed') {
    return fail('MISCONFIGURED', `The bucket of ${place} is in another region (${text}): set AWS_REGION.`);
  }
  if (UNREACHABLE.test(`${code} ${name} ${text}`) || (status !== undefined && status >= 500)) {
    return fail(
      'UNREACHABLE',
      `${place} does not answer (${text}): check the address and the network, nothing is lost.`,
    );
  }
  if (/checksum/i.test(text)) return fail('CORRUPT', `${key} from ${place} does not match its checksum (${text}).`);
  return fail('FAILED', `${place} failed on ${key}: ${text}.`);
}
