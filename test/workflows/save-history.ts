/** Writes a workflow's history where the replay test reads it. */
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Rig } from './trading-rig';

const HISTORIES = join(__dirname, '../histories');

export async function saveHistory(
  rig: Pick<Rig, 'client'>,
  name: string,
  workflowId: string,
  runId?: string,
): Promise<void> {
  const history = await rig.client.workflow.getHandle(workflowId, runId).fetchHistory();
  mkdirSync(HISTORIES, { recursive: true });
  // Where it was recorded is nobody's business: folders, machine and process names.
  const text = historyToJSON(history)
    .replaceAll(`${process.cwd()}/`, '')
    .replace(/\d+@[\w.-]+/g, 'worker@test')
    .replaceAll(`-${hostname()}-`, '-test-');
  writeFileSync(join(HISTORIES, `${name}.json`), `${text}\n`);
}
