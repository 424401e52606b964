/** A rebalance list as lines for people. Pure. */
import type { RebalancePlan } from '../activities/rebalance-steps';
import type { ListedName, RebalanceList } from '../domain/rebalance/rebalance-list';
import { ABSENT, money, percent, wholeNumber } from './number-format';
import { textTable } from './text-table';

const share = (value: number | null): string => (value === null ? ABSENT : percent(value));
const figure = (value: number | null): string => (value === null ? ABSENT : value.toFixed(2).replace('-', '−'));

/** Fractions are told: half a share must not be read as one. */
const shareCount = (value: number): string =>
  Number.isInteger(value) ? wholeNumber(value) : String(Number(value.toFixed(4)));

const isTrade = ({ action }: ListedName): boolean => action !== 'HOLD';

/** The list's table: trades first, then what is held, then what stays out. */
export function listLines({ names, trades, equity, cash, cashAfter }: RebalanceList): readonly string[] {
  const leg = new Map(trades.map((trade) => [trade.ticker, trade.leg]));
  const group = (name: ListedName): number => (isTrade(name) ? 0 : name.held > 0 ? 1 : 2);
  const rows = [...names].sort((a, b) => group(a) - group(b) || (leg.get(a.ticker) ?? 0) - (leg.get(b.ticker) ?? 0));
  return [
    ...textTable(
      [
        { title: 'action', cell: ({ action, held }) => (action === 'HOLD' && held === 0 ? 'out' : action) },
        { title: 'name', cell: ({ ticker }) => ticker },
        { title: 'shares', align: 'right', cell: ({ quantity }) => (quantity === 0 ? '' : wholeNumber(quantity)) },
        { title: 'held', align: 'right', cell: ({ held }) => shareCount(held) },
        { title: 'close', align: 'right', cell: ({ price }) => money(price) },
        { title: 'now', align: 'right', cell: ({ weightNow }) => share(weightNow) },
        { title: 'target', align: 'right', cell: ({ weightTarget }) => share(weightTarget) },
        { title: 'momentum', align: 'right', cell: ({ momentumReturn }) => share(momentumReturn) },
        { title: 'news', align: 'right', cell: ({ sentiment }) => figure(sentiment) },
        { title: 'score', align: 'right', cell: ({ composite }) => figure(composite) },
        { title: 'why', cell: ({ why }) => why },
      ],
      rows,
    ),
    `equity ${money(equity)} · cash ${money(cash)} → ${money(cashAfter)} after modelled costs · ${trades.length} orders`,
  ];
}

export function planLines({ set, list, modelledFills, notices }: RebalancePlan): readonly string[] {
  const { coverage } = list;
  return [
    `DRY RUN: decided on the closes of ${list.decidedOn} for orders on ${list.tradeOn} (${set}); nothing is ordered.`,
    `regime ${list.regime ?? 'not known'}${list.suppressed ? ', in which nothing is bought' : ''} · news of ${coverage.withNews} of ${coverage.names} names · turnover ${percent(list.turnover)}${list.volatility === null ? '' : ` · volatility ${percent(list.volatility)} a year`}`,
    '',
    ...listLines(list),
    ...(modelledFills.length === 0
      ? []
      : [
          '',
          `At the open of ${list.tradeOn}, modelled: ${modelledFills
            .map(({ ticker, side, quantity, price }) => `${side} ${quantity} ${ticker} at ${money(price)}`)
            .join(', ')}.`,
        ]),
    '',
    ...notices.map((notice) => `- ${notice}`),
  ];
}
