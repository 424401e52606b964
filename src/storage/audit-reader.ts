/** Reads the audit log of a trade date: sealed segments from the store, then what is still in the spools of this disk, nothing twice. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { splitLines } from './append-log';
import { entryTime } from './audit-entry';
import type { AuditEntry } from './audit-entry';
import { parseAuditLine } from './audit-lines';
import { auditSpoolFolder } from './audit-log';
import { segmentKey, segmentNumber } from './audit-sealing';
import { errorCode } from './durable-files';
import type { ObjectStore } from './object-store';

export interface AuditDay {
  /** By market time; entries of one instant in the order they were written. */
  readonly entries: readonly AuditEntry[];
  /** One sentence for each thing that is not as it was written: damaged lines, missing segments, wrong hashes. */
  readonly problems: readonly string[];
}

interface Found {
  readonly id: string;
  readonly entry: AuditEntry;
}

/** All entries of `tradeDate` that can be read, and what is wrong with the rest. Store failures pass through. */
export async function readAuditDay(store: ObjectStore, stateDir: string, tradeDate: string): Promise<AuditDay> {
  const problems: string[] = [];
  // Spools first: an entry that is sealed between the two readings is then seen twice, not never.
  const spooled = await readSpools(auditSpoolFolder(stateDir), problems);
  const sealed = await readSegments(store, tradeDate, problems);
  const byId = new Map<string, AuditEntry>();
  for (const { id, entry } of [...sealed, ...spooled]) {
    if (entry.tradeDate === tradeDate && !byId.has(id)) byId.set(id, entry);
  }
  const entries = [...byId.values()].sort((a, b) => entryTime(a) - entryTime(b));
  return { entries, problems };
}

/** Trade dates with sealed segments, ascending. */
export async function auditedDates(store: ObjectStore): Promise<readonly string[]> {
  const keys = await store.list('audit/');
  return [...new Set(keys.filter((key) => segmentNumber(key) !== null).map((key) => key.split('/')[1]))].sort();
}

/** Trade dates with entries that are still on this disk only, or also there, ascending. */
export async function spooledDates(stateDir: string): Promise<readonly string[]> {
  const found = await readSpools(auditSpoolFolder(stateDir), []);
  return [...new Set(found.map(({ entry }) => entry.tradeDate))].sort();
}

async function readSegments(store: ObjectStore, tradeDate: string, problems: string[]): Promise<readonly Found[]> {
  const numbers = (await store.list(`audit/${tradeDate}/`)).flatMap((key) => segmentNumber(key) ?? []);
  const found: Found[] = [];
  for (let number = 1; number <= Math.max(0, ...numbers); number += 1) {
    const key = segmentKey(tradeDate, number);
    if (!numbers.includes(number)) {
      problems.push(`${key} is missing from ${store.location}.`);
      continue;
    }
    found.push(...parseSegment(key, Buffer.from(await store.get(key)).toString('utf8'), problems));
  }
  return found;
}

function parseSegment(key: string, text: string, problems: string[]): readonly Found[] {
  const first = text.slice(0, text.indexOf('\n'));
  const head = parseAuditLine(first);
  if (head.kind !== 'segment-header') {
    problems.push(`${key} does not begin with a segment header; its entries are left out.`);
    return [];
  }
  const body = text.slice(first.length + 1);
  if (createHash('sha256').update(body).digest('hex') !== head.header.sha256) {
    problems.push(`${key} does not have the hash it was sealed with; damaged lines are left out.`);
  }
  return parseEntries(key, head.header.spool, body, problems);
}

function parseEntries(source: string, spool: string, text: string, problems: string[]): readonly Found[] {
  const found: Found[] = [];
  const { lines, torn } = splitLines(text);
  lines.forEach((text, index) => {
    const line = parseAuditLine(text);
    if (line.kind === 'entry') found.push({ id: `${spool}/${line.number}`, entry: line.entry });
    else if (line.kind === 'damaged') problems.push(`${source}: line ${index + 1} ${line.why}.`);
  });
  if (torn !== '') problems.push(`${source}: the last line is not complete.`);
  return found;
}

async function readSpools(folder: string, problems: string[]): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const writer of await namesIn(folder)) {
    for (const file of await namesIn(join(folder, writer))) {
      if (!file.endsWith('.jsonl')) continue;
      const text = await textOf(join(folder, writer, file));
      found.push(...parseEntries(join(writer, file), file.slice(0, -'.jsonl'.length), text, problems));
    }
  }
  return found;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    // Sealed and removed since the listing: the segments have it.
    if (errorCode(error) === 'ENOENT') return '';
    throw error;
  }
}
