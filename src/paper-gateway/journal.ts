/**
 * The gateway's durable state: an append-only journal in the state folder, one transaction a line behind its checksum.
 * Invariants:
 *  1. A line is written and, when orders or the account changed, synced to disk before anything about it reaches a client.
 *  2. A torn last line was never acknowledged and is dropped; damage anywhere else refuses the folder.
 *  3. A folder made by another version, account or data refuses with one sentence; nothing in it is touched.
 */
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { Ledger } from './ledger';
import type { LedgerChange, LedgerOrigin } from './ledger-records';
import { tradeDateOf } from '../domain/calendar';

export const STATE_VERSION = 1;
const FORMAT = 'omega-paper-gateway';
const FILE = 'journal.jsonl';
/** A journal this long is rewritten as one snapshot line while running. */
const COMPACT_BYTES = 64 * 1024 * 1024;

export type StateErrorCode =
  | 'STATE_IN_USE'
  | 'STATE_UNREADABLE'
  | 'STATE_DAMAGED'
  | 'STATE_VERSION'
  | 'STATE_ACCOUNT'
  | 'STATE_DATA'
  | 'STATE_SEED';

/** The message is one sentence that says what to do. */
export class StateError extends Error {
  constructor(
    readonly code: StateErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'StateError';
  }
}

const headerSchema = z.object({ format: z.literal(FORMAT), version: z.number() });
const originSchema = z.object({
  account: z.string(),
  startCash: z.number(),
  seed: z.number(),
  startClock: z.number(),
  dataFiles: z.array(z.object({ name: z.string(), sha256: z.string() })),
});

const lineOf = (value: unknown): string => {
  const json = JSON.stringify(value);
  return `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`;
};

/** The value of a line, or undefined when its checksum does not hold. */
function valueOf(line: string): unknown {
  const json = line.slice(9);
  return line.slice(0, 8) === crc32(json).toString(16).padStart(8, '0') ? JSON.parse(json) : undefined;
}

function checkOrigin(folder: string, stored: LedgerOrigin, wanted: LedgerOrigin): void {
  const start = `The state folder ${folder} was made`;
  const remedy = 'give another --state folder or remove this one';
  if (stored.account !== wanted.account) {
    throw new StateError('STATE_ACCOUNT', `${start} for account ${stored.account}, not ${wanted.account}; ${remedy}.`);
  }
  if (stored.seed !== wanted.seed) {
    throw new StateError('STATE_SEED', `${start} with --seed ${stored.seed}, not ${wanted.seed}; ${remedy}.`);
  }
  const changed = stored.dataFiles.find(
    ({ name, sha256 }) => wanted.dataFiles.find((file) => file.name === name)?.sha256 !== sha256,
  );
  if (changed !== undefined) {
    throw new StateError(
      'STATE_DATA',
      `${start} with other market data (${changed.name} differs or is missing); give its data folder with --data, or ${remedy}.`,
    );
  }
}

/** Header and ledger out of a journal's text. */
function readJournal(folder: string, text: string, wanted: LedgerOrigin): Ledger {
  const lines = text.split('\n');
  // What stands behind the last line feed is a write that a crash cut off.
  lines.pop();
  const values: unknown[] = [];
  for (const [index, line] of lines.entries()) {
    const value = valueOf(line);
    if (value === undefined) {
      throw new StateError(
        'STATE_DAMAGED',
        `The state folder ${folder} is damaged at line ${index + 1} of ${FILE}; restore it or give another --state folder.`,
      );
    }
    values.push(value);
  }
  const header = headerSchema.safeParse(values[0]);
  if (!header.success) {
    throw new StateError(
      'STATE_DAMAGED',
      `The file ${join(folder, FILE)} is no journal of this gateway; give another --state folder.`,
    );
  }
  if (header.data.version !== STATE_VERSION) {
    throw new StateError(
      'STATE_VERSION',
      `The state folder ${folder} was made by state version ${header.data.version}, this gateway reads version ${STATE_VERSION}; give another --state folder.`,
    );
  }
  const origin = originSchema.parse((values[0] as { origin?: unknown }).origin);
  checkOrigin(folder, origin, wanted);
  // Files that came since then are new days, not other data.
  const ledger = new Ledger({ ...origin, dataFiles: wanted.dataFiles }, tradeDateOf(origin.startClock));
  // The checksum vouches for lines that this version wrote: their shape needs no second proof.
  for (const value of values.slice(1)) ledger.apply(value as LedgerChange);
  return ledger;
}

export class Journal {
  private constructor(
    private readonly folder: string,
    readonly ledger: Ledger,
    private descriptor: number,
    private size: number,
  ) {}

  /** Opens or creates the state of a folder; `resumed` tells which. Throws StateError. */
  static open(folder: string, wanted: LedgerOrigin): { readonly journal: Journal; readonly resumed: boolean } {
    const path = join(folder, FILE);
    let ledger: Ledger;
    let resumed: boolean;
    try {
      mkdirSync(folder, { recursive: true });
      resumed = existsSync(path);
      ledger = resumed
        ? readJournal(folder, readFileSync(path, 'utf8'), wanted)
        : new Ledger(wanted, tradeDateOf(wanted.startClock));
    } catch (error) {
      if (error instanceof StateError) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw new StateError(
        'STATE_UNREADABLE',
        `The state folder ${folder} cannot be read (${why}); give another --state folder.`,
      );
    }
    const { descriptor, size } = rewrite(folder, ledger);
    return { journal: new Journal(folder, ledger, descriptor, size), resumed };
  }

  /** Makes the ledger's pending changes durable. Throws when the disk refuses: then nothing may be acknowledged. */
  commit(): void {
    const sync = this.ledger.hasOrderOrAccountChanges();
    const change = this.ledger.drain();
    if (change === null) return;
    const line = Buffer.from(lineOf(change));
    writeFileSync(this.descriptor, line);
    // The clock alone may fall back to the last synced line after a power loss: it is released again by absolute time.
    if (sync) fdatasyncSync(this.descriptor);
    this.size += line.length;
    if (this.size > COMPACT_BYTES) this.compact();
  }

  close(): void {
    fdatasyncSync(this.descriptor);
    closeSync(this.descriptor);
  }

  private compact(): void {
    closeSync(this.descriptor);
    ({ descriptor: this.descriptor, size: this.size } = rewrite(this.folder, this.ledger));
  }
}

/** Writes header and snapshot to a new file, swaps it in atomically, and leaves it open for appending. */
function rewrite(folder: string, ledger: Ledger): { readonly descriptor: number; readonly size: number } {
  const next = join(folder, `${FILE}.next`);
  const text = lineOf({ format: FORMAT, version: STATE_VERSION, origin: ledger.origin }) + lineOf(ledger.snapshot());
  const descriptor = openSync(next, 'w');
  writeFileSync(descriptor, text);
  fsyncSync(descriptor);
  renameSync(next, join(folder, FILE));
  const directory = openSync(folder, 'r');
  fsyncSync(directory);
  closeSync(directory);
  return { descriptor, size: Buffer.byteLength(text) };
}
