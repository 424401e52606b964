/** A replayed trade date for people. */
import type { ReplayResult } from '../activities/audit-replay';
import type { Comparison } from '../storage/audit-replay';

/** Differences printed before the rest is only counted; --json has them all. */
const SHOWN = 10;

export function replayLines(result: ReplayResult): readonly string[] {
  const { tradeDate, account, decisions, equal, equalDecision, withinBoundary, differing, notReplayed, problems } =
    result;
  const verdict =
    decisions === 0
      ? 'nothing to replay'
      : differing.length === 0 && notReplayed.length === 0
        ? equal === decisions
          ? 'every decision comes out bit for bit'
          : 'every decision comes out, within rounding'
        : 'NOT reproduced';
  return [
    `${tradeDate} ${account}: ${decisions} decisions, ${verdict}.`,
    `  equal bit for bit ${equal} · equal within rounding ${equalDecision} · at a boundary ${withinBoundary.length} · differing ${differing.length} · not replayed ${notReplayed.length}`,
    ...(result.sameRuntime
      ? []
      : ['  Some were made on another CPU, Node or ONNX Runtime: equal up to rounding is all that is promised here.']),
    ...listed('at a boundary', withinBoundary.map(comparisonText)),
    ...listed('differs', differing.map(comparisonText)),
    ...listed(
      'not replayed',
      notReplayed.map(({ decisionId, why }) => `${decisionId}: ${why}`),
    ),
    ...problems.map((problem) => `! ${problem}`),
  ];
}

function listed(title: string, texts: readonly string[]): readonly string[] {
  const rest = texts.length - SHOWN;
  return [
    ...texts.slice(0, SHOWN).map((text) => `  ${title}: ${text}`),
    ...(rest > 0 ? [`  … and ${rest} more (--json lists them)`] : []),
  ];
}

const comparisonText = ({ decisionId, differences }: Comparison): string =>
  `${decisionId} ${differences.map(({ field, recorded, replayed }) => `${field} was ${recorded} is ${replayed}`).join('; ')}`;
