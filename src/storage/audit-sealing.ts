/** From spool files to numbered segments in the object store, exactly once. */
import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAuditLine, segmentHeaderLine } from './audit-lines';
import type { AuditLine } from './audit-lines';
import { errorCode, syncDirectory, writeWhole } from './durable-files';
import type { ObjectStore } from './object-store';

export interface SealResult {
  /** Keys of the segments written. */
  readonly segments: readonly string[];
  readonly entries: number;
}

export interface SealJob {
  readonly folder: string;
  readonly store: ObjectStore;
  /** Name of the spool that this process appends to: sealed up to here, never removed. */
  readonly own: string;
  readonly report: (problem: string) => void;
}

/** How far a spool is sealed, beside it on disk; `pending` is fixed before the store is asked, so a crash repeats the same segment. */
interface SealState {
  readonly sealedTo: number;
  readonly pending: { readonly tradeDate: string; readonly number: number; readonly to: number } | null;
}

const NOTHING_SEALED: SealState = { sealedTo: 0, pending: null };
const SPOOL = /^(\d+-(\d+)-[0-9a-f]+)\.jsonl$/;
const SCRATCH = '.unfinished';

/** Key of a segment, numbered from 1 within its trade date. */
export const segmentKey = (tradeDate: string, number: number): string => `audit/${tradeDate}/${number}.jsonl`;

/** Number of a segment's key, or null when the key is not one. */
export function segmentNumber(key: string): number | null {
  const match = /^audit\/\d{4}-\d{2}-\d{2}\/(\d+)\.jsonl$/.exec(key);
  return match === null ? null : Number(match[1]);
}

/** Seals every spool of the folder, oldest first, and removes those that are sealed whole and whose writer is dead. */
export async function sealSpools(job: SealJob): Promise<SealResult> {
  const segments: string[] = [];
  let entries = 0;
  for (const file of (await readdir(job.folder)).sort()) {
    const match = SPOOL.exec(file);
    if (match === null) continue;
    const [, name, pid] = match;
    const finished = name !== job.own && !isAlive(Number(pid));
    const sealed = await sealSpool(job, name, finished);
    segments.push(...sealed.segments);
    entries += sealed.entries;
  }
  return { segments, entries };
}

/** A run of a spool's bytes, from where it is sealed to `to`, whose entries are of one trade date. */
interface Stretch {
  readonly tradeDate: string;
  readonly to: number;
}

async function sealSpool(job: SealJob, name: string, finished: boolean): Promise<SealResult> {
  const path = join(job.folder, `${name}.jsonl`);
  const content = await readFile(path);
  const end = content.lastIndexOf(0x0a) + 1;
  if (finished && end < content.length) {
    job.report(
      `${path}: the last line was cut off after ${content.length - end} bytes (its writer was killed); it was never acknowledged.`,
    );
  }
  const lines = linesOf(content.subarray(0, end));
  const segments: string[] = [];
  let entries = 0;
  let state = await readState(job.folder, name);
  for (;;) {
    const { sealedTo } = state;
    const stretch = state.pending ?? nextStretch(lines, sealedTo, path, job.report);
    if (stretch === null) break;
    const body = lines.filter(({ at, line }) => at >= sealedTo && at < stretch.to && line.kind !== 'spool-header');
    segments.push(await writeSegment(job, name, state, stretch, body));
    entries += body.length;
    state = { sealedTo: stretch.to, pending: null };
    await writeState(job.folder, name, state);
  }
  if (finished && lines.every(({ at, line }) => at < state.sealedTo || line.kind === 'spool-header')) {
    await removeSpool(job.folder, name);
  }
  return { segments, entries };
}

interface SpoolLine {
  /** Offset of its first byte, and of the byte after its newline. */
  readonly at: number;
  readonly end: number;
  readonly text: string;
  readonly line: AuditLine;
}

function linesOf(content: Buffer): readonly SpoolLine[] {
  const lines: SpoolLine[] = [];
  for (let at = 0; at < content.length;) {
    const end = content.indexOf(0x0a, at) + 1;
    const text = content.subarray(at, end - 1).toString('utf8');
    lines.push({ at, end, text, line: parseAuditLine(text) });
    at = end;
  }
  return lines;
}

/** The next stretch to seal, or null. Damaged lines travel with the entries around them, so that nothing is thrown away. */
function nextStretch(
  lines: readonly SpoolLine[],
  from: number,
  path: string,
  report: (problem: string) => void,
): Stretch | null {
  let tradeDate: string | null = null;
  let to = from;
  for (const { at, end, line } of lines) {
    if (at < from) continue;
    if (line.kind === 'damaged') report(`${path}: the line at byte ${at} ${line.why}; it is kept as it is.`);
    const date: string | null = line.kind === 'entry' ? line.entry.tradeDate : tradeDate;
    if (tradeDate !== null && date !== tradeDate) break;
    tradeDate = date;
    to = end;
  }
  return tradeDate === null ? null : { tradeDate, to };
}

/** Writes the stretch as the next free segment of its trade date and answers its key. */
async function writeSegment(
  job: SealJob,
  spool: string,
  state: SealState,
  stretch: Stretch,
  body: readonly SpoolLine[],
): Promise<string> {
  const text = body.map((line) => `${line.text}\n`).join('');
  const sha256 = createHash('sha256').update(text).digest('hex');
  const header = segmentHeaderLine({ spool, from: state.sealedTo, to: stretch.to, sha256 });
  const bytes = Buffer.from(`${header}\n${text}`);
  let number = state.pending?.number ?? (await nextNumber(job.store, stretch.tradeDate));
  for (;;) {
    const key = segmentKey(stretch.tradeDate, number);
    await writeState(job.folder, spool, { ...state, pending: { ...stretch, number } });
    if ((await job.store.create(key, bytes)) === 'created') return key;
    // Ours from before a crash (or a lost answer), else another writer's: take the next number.
    if (bytes.equals(await job.store.get(key))) return key;
    number += 1;
  }
}

async function nextNumber(store: ObjectStore, tradeDate: string): Promise<number> {
  const keys = await store.list(`audit/${tradeDate}/`);
  return Math.max(0, ...keys.map((key) => segmentNumber(key) ?? 0)) + 1;
}

const statePath = (folder: string, spool: string): string => join(folder, `${spool}.sealed.json`);

async function readState(folder: string, spool: string): Promise<SealState> {
  try {
    return JSON.parse(await readFile(statePath(folder, spool), 'utf8')) as SealState;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return NOTHING_SEALED;
    throw error;
  }
}

async function writeState(folder: string, spool: string, state: SealState): Promise<void> {
  await writeWhole(statePath(folder, spool), `${JSON.stringify(state)}\n`, join(folder, SCRATCH));
}

/** The spool first: its state alone means nothing to do, the spool alone would be sealed a second time. */
async function removeSpool(folder: string, spool: string): Promise<void> {
  await rm(join(folder, `${spool}.jsonl`));
  await syncDirectory(folder);
  await rm(statePath(folder, spool), { force: true });
}

/**
 * True when the writer with this process id may be alive. Another process may have its id by now: then its spool just stays a while
 * longer. Our own id (always 1 in a container) means that the writer is a predecessor.
 */
function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}
