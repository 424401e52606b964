/** Lines of audit spools and segments: checked lines that hold a header or a numbered entry. */
import type { AuditEntry, AuditEntryType } from './audit-entry';
import { checkedLine, readCheckedLine } from './checked-line';

const VERSION = 1;

/** First line of a sealed segment: which bytes of which spool it holds, and the hash of all that follows it. */
export interface SegmentHeader {
  readonly auditSegment: number;
  readonly spool: string;
  readonly from: number;
  readonly to: number;
  readonly sha256: string;
}

export type AuditLine =
  | { readonly kind: 'entry'; readonly number: number; readonly entry: AuditEntry }
  | { readonly kind: 'spool-header' }
  | { readonly kind: 'segment-header'; readonly header: SegmentHeader }
  | { readonly kind: 'damaged'; readonly why: string };

export const spoolHeaderLine = (writer: string): string => checkedLine(JSON.stringify({ auditSpool: VERSION, writer }));

export const segmentHeaderLine = (header: Omit<SegmentHeader, 'auditSegment'>): string =>
  checkedLine(JSON.stringify({ auditSegment: VERSION, ...header }));

/** The line of an entry, numbered within its spool; `redact` has the last word on the text that is stored. */
export const entryLine = (number: number, entry: AuditEntry, redact: (text: string) => string): string =>
  checkedLine(redact(JSON.stringify({ number, entry })));

const TYPES: Readonly<Record<AuditEntryType, true>> = {
  'feed-opened': true,
  decision: true,
  verdict: true,
  refusal: true,
  halt: true,
  'halt-lifted': true,
  'order-sent': true,
};

export function parseAuditLine(line: string): AuditLine {
  const read = readCheckedLine(line);
  if (read === null) return { kind: 'damaged', why: 'is damaged' };
  const { value } = read;
  if (hasVersion(value, 'auditSpool')) {
    return value.auditSpool === VERSION ? { kind: 'spool-header' } : otherVersion(value.auditSpool);
  }
  if (hasVersion(value, 'auditSegment')) {
    return value.auditSegment === VERSION && isSegmentHeader(value)
      ? { kind: 'segment-header', header: value }
      : otherVersion(value.auditSegment);
  }
  if (isNumberedEntry(value)) return { kind: 'entry', ...value };
  return { kind: 'damaged', why: 'is no audit entry of this version' };
}

const otherVersion = (version: unknown): AuditLine => ({
  kind: 'damaged',
  why: `is of audit version ${String(version)}, this is ${VERSION}`,
});

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const hasVersion = <K extends string>(value: unknown, name: K): value is Record<K, unknown> =>
  isObject(value) && name in value;

function isSegmentHeader(value: unknown): value is SegmentHeader {
  return (
    hasVersion(value, 'spool') &&
    typeof value.spool === 'string' &&
    hasVersion(value, 'from') &&
    typeof value.from === 'number' &&
    hasVersion(value, 'to') &&
    typeof value.to === 'number' &&
    hasVersion(value, 'sha256') &&
    typeof value.sha256 === 'string'
  );
}

function isNumberedEntry(value: unknown): value is { readonly number: number; readonly entry: AuditEntry } {
  return (
    hasVersion(value, 'number') &&
    typeof value.number === 'number' &&
    hasVersion(value, 'entry') &&
    hasVersion(value.entry, 'type') &&
    typeof value.entry.type === 'string' &&
    value.entry.type in TYPES &&
    hasVersion(value.entry, 'tradeDate') &&
    typeof value.entry.tradeDate === 'string'
  );
}
