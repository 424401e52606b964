/** A Temporal server that was there before (TEMPORAL_ADDRESS): the demonstration works in a namespace of its own there. */
import { Connection } from '@temporalio/client';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { CliError, messageOf } from '../cli-error';
import { registerSearchAttributes } from '../register-search-attributes';
import type { DemoPaths } from './demo-folder';
import { readJson, writeWhole } from './demo-folder';
import type { TemporalPlace } from './demo-environment';

const RETENTION_SECONDS = 7 * 86_400;
const GRPC_ALREADY_EXISTS = 6;

/** The state folder's namespace: new for every state, so that a reset never meets old workflows. */
function namespaceOf(paths: DemoPaths): string {
  const file = join(paths.root, 'namespace.json');
  const known = readJson(file) as { readonly namespace: string } | null;
  if (known !== null) return known.namespace;
  const namespace = `omega-demo-${randomBytes(4).toString('hex')}`;
  writeWhole(file, JSON.stringify({ namespace }));
  return namespace;
}

/** Creates namespace and search attributes there, if need be. Throws TEMPORAL_UNREACHABLE. */
export async function prepareExternalServer(address: string, paths: DemoPaths): Promise<TemporalPlace> {
  const namespace = namespaceOf(paths);
  const connection = await Connection.connect({ address, connectTimeout: 5_000 }).catch((error: unknown) => {
    throw new CliError(
      'TEMPORAL_UNREACHABLE',
      `No Temporal server answers at TEMPORAL_ADDRESS ${address} (${messageOf(error)}); start it, or unset the variable.`,
    );
  });
  try {
    await connection.workflowService
      .registerNamespace({ namespace, workflowExecutionRetentionPeriod: { seconds: RETENTION_SECONDS as never } })
      .catch((error: unknown) => {
        if ((error as { readonly code?: number }).code !== GRPC_ALREADY_EXISTS) throw error;
      });
    await registerSearchAttributes(connection, namespace);
    return { address, namespace };
  } finally {
    await connection.close();
  }
}
