/**
 * The audit log (requirement B9): a spool on this disk, sealed in numbered segments `audit/{trade date}/{n}.jsonl` in the object store.
 * Invariants:
 *  1. `append` resolves when the entries survive power loss; whoever proposes an order waits for it. An order's own entry is only written:
 *     the intent is in Temporal's history by then.
 *  2. Every entry reaches the store exactly once, whatever is killed and whenever: a segment's number and bytes are fixed on this
 *     disk before it is written, and written only if the number is free.
 *  3. A process appends to a spool file of its own; what a killed one left is sealed by its successor.
 *  4. Known secrets are masked before the text reaches the disk.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { openAppendLog } from './append-log';
import type { AuditEntry } from './audit-entry';
import { entryLine, spoolHeaderLine } from './audit-lines';
import { sealSpools } from './audit-sealing';
import type { SealResult } from './audit-sealing';
import type { ObjectStore } from './object-store';

export interface AuditLog {
  /** Resolves when all entries are durable, in order. Rejects when the disk fails: nothing may be sent then. */
  append(entries: readonly AuditEntry[]): Promise<void>;
  /** As `append`, resolving when the entries survive kill -9; they are synced right after. */
  write(entries: readonly AuditEntry[]): Promise<void>;
  /** Moves everything appended so far, also by killed predecessors, to the store. Safe to repeat after any failure. */
  seal(store: ObjectStore): Promise<SealResult>;
  /** Waits for appends under way and closes the spool; what is not sealed stays on disk for the next start. */
  close(): Promise<void>;
}

export interface AuditLogOptions {
  readonly stateDir: string;
  /** Names the spool folder: one living process per writer, `market-DEMO1000001`. */
  readonly writer: string;
  /** Masks secrets in a text. */
  readonly redact: (text: string) => string;
  /** Hears a sentence for each torn or damaged line found. */
  readonly report: (problem: string) => void;
}

/** Folder of all writers' spools below the state directory. */
export const auditSpoolFolder = (stateDir: string): string => join(stateDir, 'audit');

const WRITER = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;

/** Opens a new spool for this process. */
export async function openAuditLog({ stateDir, writer, redact, report }: AuditLogOptions): Promise<AuditLog> {
  if (!WRITER.test(writer)) throw new TypeError(`${JSON.stringify(writer)} cannot name an audit writer.`);
  const folder = join(auditSpoolFolder(stateDir), writer);
  // Wall time only orders the names; the process id tells a successor whether the writer may still be alive.
  const name = `${Date.now()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  const { log } = await openAppendLog(join(folder, `${name}.jsonl`));
  await log.append(spoolHeaderLine(writer), 'synced');
  let next = 1;
  let sealing: Promise<unknown> = Promise.resolve();

  const add = async (entries: readonly AuditEntry[], until: 'written' | 'synced'): Promise<void> => {
    const lines = entries.map((entry) => entryLine(next++, entry, redact));
    await Promise.all(lines.map((line) => log.append(line, until)));
  };

  return {
    append: (entries) => add(entries, 'synced'),
    write: (entries) => add(entries, 'written'),
    seal: (store) => {
      const turn = sealing.then(() => sealSpools({ folder, store, own: name, report }));
      // The next seal starts after this one, however it ends; its caller hears how.
      sealing = turn.catch(() => undefined);
      return turn;
    },
    close: async () => {
      await sealing;
      await log.close();
    },
  };
}
