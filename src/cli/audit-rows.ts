/** Audit entries as table rows: when, what kind, about what, and one phrase. */
import { contractName } from '../domain/contracts';
import type { AuditEntry, AuditEntryType } from '../storage/audit-entry';
import { entryTime } from '../storage/audit-entry';
import { refusalText } from '../domain/refusals';
import type { DecisionRecord, ProposalAnswer } from '../domain/proposals';
import { ensembleText } from './ensemble-text';
import { dateTime } from './number-format';

export interface EntryRow {
  readonly time: string;
  readonly type: AuditEntryType;
  readonly about: string;
  readonly what: string;
}

const TYPES: Readonly<Record<AuditEntryType, true>> = {
  'feed-opened': true,
  decision: true,
  verdict: true,
  refusal: true,
  halt: true,
  'halt-lifted': true,
  'order-sent': true,
};
export const entryTypes: readonly string[] = Object.keys(TYPES);

/** True when an entry concerns the instrument, or none was asked for. Entries about the account concern every instrument. */
export function isAbout(entry: AuditEntry, symbol: string | undefined): boolean {
  if (symbol === undefined) return true;
  switch (entry.type) {
    case 'decision':
      return entry.record.symbol === symbol;
    case 'verdict':
      return entry.answer.decisionId.split('/').includes(symbol);
    case 'order-sent':
      return entry.intent.contract.symbol === symbol;
    case 'feed-opened':
    case 'refusal':
    case 'halt':
    case 'halt-lifted':
      return true;
  }
}

export const entryRow = (entry: AuditEntry): EntryRow => ({
  time: dateTime(entryTime(entry)),
  type: entry.type,
  ...described(entry),
});

function described(entry: AuditEntry): { readonly about: string; readonly what: string } {
  switch (entry.type) {
    case 'feed-opened':
      return {
        about: entry.account,
        what: `models ${entry.modelRun ?? 'none'}${entry.proposalsWithheld === null ? '' : `; ${entry.proposalsWithheld}`}`,
      };
    case 'decision':
      return { about: entry.record.symbol, what: decisionText(entry.record) };
    case 'verdict':
      return { about: entry.answer.decisionId, what: answerText(entry.answer) };
    case 'refusal':
      return { about: entry.subject, what: refusalText(entry.refusal) };
    case 'halt':
      return { about: entry.account, what: entry.cause };
    case 'halt-lifted':
      return { about: entry.account, what: `by ${entry.by}: ${entry.why}` };
    case 'order-sent': {
      const { key, side, quantity, orderType, contract } = entry.intent;
      return { about: key, what: `${side} ${quantity} ${contractName(contract)} ${orderType}` };
    }
  }
}

function decisionText({ signal, confidence, action, reason, votes, ensemble }: DecisionRecord): string {
  const ballot = votes.map((vote) => `${vote.model} ${vote.signal}`).join(', ');
  const heard = ensemble === undefined ? '' : ensembleText(ensemble);
  const vote = `${signal} ${confidence.toFixed(2)}${ballot === '' ? '' : ` of ${ballot}`}`;
  return [`${action} (${reason})`, vote, heard].filter(Boolean).join('; ');
}

function answerText(answer: ProposalAnswer): string {
  switch (answer.outcome) {
    case 'placed':
    case 'unknown':
      return `${answer.outcome} ${answer.key}`;
    case 'exit-started':
      return 'exit started';
    case 'refused':
      return `refused ${refusalText(answer.refusal)}`;
    case 'not-sent':
      return `not sent ${answer.key} ${refusalText(answer.refusal)}`;
  }
}
