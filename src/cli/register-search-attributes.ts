/** Makes a Temporal server know our search attributes; a development server is given them as flags instead. */
import type { Connection } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { SEARCH_ATTRIBUTES } from '../workflows/search-attributes';
import { waitFor } from './demo/wait-for';

const { INDEXED_VALUE_TYPE_KEYWORD } = temporal.api.enums.v1.IndexedValueType;
const TIMEOUT_MS = 30_000;

/** Idempotent. A namespace that was just made is known to all parts of the server after some seconds, which is waited for. */
export async function registerSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const searchAttributes = Object.fromEntries(SEARCH_ATTRIBUTES.map(({ name }) => [name, INDEXED_VALUE_TYPE_KEYWORD]));
  await waitFor(
    `the search attributes in namespace ${namespace}`,
    async () => {
      const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
      if (SEARCH_ATTRIBUTES.every(({ name }) => name in (customAttributes ?? {}))) return true;
      await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
      return null;
    },
    { timeoutMs: TIMEOUT_MS, pollMs: 500 },
  );
}
