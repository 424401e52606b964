/** A running or ended rebalance as lines for people. Pure. */
import type { FailingStep } from '../client/rebalance';
import type { LegReport, RebalanceOutcome, RebalanceReport, RebalanceStatus } from '../domain/rebalance/rebalance-run';
import { ABSENT, money, wholeNumber } from './number-format';
import { listLines } from './rebalance-lines';
import { textTable } from './text-table';

const legLines = (legs: readonly LegReport[]): readonly string[] =>
  legs.length === 0
    ? []
    : [
        '',
        ...textTable(
          [
            { title: 'leg', align: 'right', cell: ({ leg }) => String(leg) },
            { title: 'order', cell: ({ side, planned, ticker }) => `${side} ${wholeNumber(planned)} ${ticker}` },
            { title: 'asked', align: 'right', cell: ({ asked }) => wholeNumber(asked) },
            { title: 'filled', align: 'right', cell: ({ filled }) => wholeNumber(filled) },
            { title: 'at', align: 'right', cell: ({ averagePrice }) => money(averagePrice) },
            { title: 'fees', align: 'right', cell: ({ fees }) => money(fees) },
            { title: 'state', cell: ({ state }) => state },
            { title: 'why', cell: ({ why }) => why ?? '' },
          ],
          legs,
        ),
      ];

/** One sentence. */
export function outcomeText(outcome: RebalanceOutcome): string {
  switch (outcome.kind) {
    case 'dry-run':
      return 'Dry run: nothing was ordered.';
    case 'nothing-to-do':
      return 'Nothing to do: the account is where the list wants it.';
    case 'rejected':
      return `Rejected by ${outcome.by}: ${outcome.why}. Nothing was ordered.`;
    case 'expired':
    case 'skipped':
    case 'already-running':
      return `${outcome.kind}: ${outcome.why}.`;
    case 'failed':
      return `No list: ${outcome.code}: ${outcome.why}`;
    case 'traded': {
      const { differences, complete, cash = 0 } = outcome;
      if (complete) return 'Traded as listed; the broker holds what it should.';
      if (cash < 0) return `Traded, and cash is negative: ${money(cash)}. Sell something or pay it in.`;
      if (differences === null) return 'Traded; the broker’s positions could not be read.';
      const named = differences.map(({ ticker, expected, broker }) => `${ticker} ${broker} instead of ${expected}`);
      return named.length === 0
        ? 'Traded in part; the broker holds what was filled.'
        : `The broker does not hold what was filled: ${named.join(', ')}.`;
    }
  }
}

export const failingLine = ({ step, failures, why }: FailingStep): string =>
  `${step} failed ${failures === 1 ? 'once' : `${failures} times`} and is tried again: ${why}`;

export function statusLines(status: RebalanceStatus): readonly string[] {
  const { rebalanceId, phase, list, notices, approveBy, askedBecause, legs, outcome } = status;
  return [
    `rebalance ${rebalanceId}: ${phase}`,
    ...(approveBy === null
      ? []
      : [
          `a person’s answer is awaited until ${new Date(approveBy).toISOString()}${askedBecause === null ? '' : `, because ${askedBecause}`}: omega rebalance approve|reject --why REASON`,
        ]),
    ...(list === null
      ? []
      : [`decided on the closes of ${list.decidedOn} for orders on ${list.tradeOn}`, ...listLines(list)]),
    ...legLines(legs),
    ...notices.map((notice) => `- ${notice}`),
    ...(outcome === null ? [] : ['', outcomeText(outcome)]),
  ];
}

export const reportLines = (report: RebalanceReport): readonly string[] => [
  `rebalance ${report.rebalanceId} of ${report.account}, ${report.startedAt} to ${report.endedAt}`,
  report.approval === null
    ? `answered by: ${ABSENT}`
    : `${report.approval.decision === 'approve' ? 'approved' : 'rejected'} by ${report.approval.by}: ${report.approval.why}`,
  ...(report.list === null ? [] : listLines(report.list)),
  ...legLines(report.outcome.kind === 'traded' ? report.outcome.legs : []),
  ...report.notices.map((notice) => `- ${notice}`),
  '',
  outcomeText(report.outcome),
];
