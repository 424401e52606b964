/** The page's last sections: the comparison with the gateway, what is simulated and what modelled, and where the report comes from. */
import type { BacktestReport } from '../backtest-report';
import type { TradeComparison, TradeDifference } from '../compare-trades';
import type { ExecutedTrade } from '../execution';
import { html, table, type Html } from './html';
import { ABSENT, dollars, price, time } from './numbers';

const tradeText = (trade: ExecutedTrade | null): string =>
  trade === null
    ? ABSENT
    : `${time(trade.time)} ${trade.side} ${trade.shares} ${trade.symbol} ${trade.leg} at ${price(trade.price, trade.symbol)}, fee ${dollars(trade.fee)}`;

const kindOf = ({ gateway, backtest, fields }: TradeDifference): string => {
  if (backtest === null) return 'the gateway alone';
  return gateway === null ? 'the back-test alone' : fields.join(', ');
};

export function comparisonSection(comparison: TradeComparison | null): Html {
  const title = html`<h2>The same days through the gateway</h2>`;
  if (comparison === null) {
    return html`${title}
      <p class="quiet">
        Not compared: --compare names a paper gateway’s state folder, or a JSON file of its executions.
      </p>`;
  }
  const { source, tradeDates, notRecorded, equal, differences } = comparison;
  const missing = notRecorded.length === 0 ? '' : ` The record holds nothing of ${notRecorded.join(', ')}.`;
  return html`${title}
    <p>
      ${source}, ${tradeDates.join(', ') || 'no date in common'}: ${equal} executions are equal in instrument, time,
      side, quantity, price and fee; ${differences.length} differ.${missing}
    </p>
    ${
      differences.length === 0
        ? []
        : [
            table(
              [
                { title: 'Trade date', cell: ({ tradeDate }) => tradeDate },
                { title: 'Differs in', cell: kindOf },
                { title: 'Gateway', cell: ({ gateway }) => tradeText(gateway) },
                { title: 'Back-test', cell: ({ backtest }) => tradeText(backtest) },
              ],
              differences,
              '',
            ),
          ]
    }`;
}

const fillsText = ({ fills }: BacktestReport): readonly Html[] => {
  if (fills.kind === 'gateway') {
    return [
      html`<p>
        Simulated: fills, account and the path of prices inside a minute, by the paper gateway’s own exchange (seed
        ${fills.seed}). One quote a minute is recorded; orders trade against it and never for more than its sizes, so
        there is no impact to model. Fees are the registry’s.
      </p>`,
      html`<p>
        Spread is half the quote in force. Slippage is measured from the middle seen at the decision, of a stop from its
        price, beyond that half spread.
      </p>`,
    ];
  }
  const fee = fills.feePerContract === null ? 'the registry’s fee' : `${dollars(fills.feePerContract)} dollars`;
  return [
    html`<p>
      Modelled: a market order fills at the open of the next bar, a stop at its price or the open beyond it; each is
      worse by half the last recorded spread, ${fills.slippageTicks} ticks and the impact ${fills.impact} × σ ×
      √(quantity / volume) of the sixty minutes before. A target fills when the bar goes beyond it. Of a bar that
      touches both, the stop is believed. ${fee} per contract and side.
    </p>`,
    html`<p>Slippage holds what the market moved between decision and open as well, of either sign.</p>`,
  ];
};

export const truthSection = (report: BacktestReport): Html =>
  html`<h2>What is recorded, simulated and modelled</h2>
    <p>
      Recorded: one-minute bars and the last quote of each minute. The decision path is the live one: features, votes,
      decision rules, the session’s limits and sizing, brackets, the equity watch. Latency is none: an order leaves at
      the close it was decided on.
    </p>
    ${fillsText(report)}
    <p>
      A halt stays for its trade date and is lifted at the next open, as an operator would; the report names it. The
      reasons of decisions without an order are the rules’ own words, their numbers left out.
    </p>`;

export function provenanceSection(report: BacktestReport): Html {
  const { data, models, seed, codeVersion, command, limits, figures } = report;
  const runs = [...new Set(figures.days.flatMap(({ modelRun }) => modelRun ?? []))];
  const rows = [
    ['Command', html`<code>${command}</code>`],
    ['Code version', codeVersion],
    ['Models', `${models}: ${runs.join(', ') || 'none'}`],
    ['Seed of fits', String(seed)],
    [
      'Seed of fills',
      report.fills.kind === 'gateway' ? String(report.fills.seed) : 'none: modelled fills draw nothing',
    ],
    [
      'Limits',
      `daily loss ${limits.dailyLossFraction}, ${limits.tradesPerDay} trades a day, exposure ${limits.exposureContracts} contracts, order ${limits.orderContracts}, drawdown ${limits.drawdownFraction}`,
    ],
    ['Data', data.name],
    ...data.files.map(({ name, sha256 }) => [name, html`<code>${sha256}</code>`] as const),
  ] as const;
  return html`<h2>Where this comes from</h2>
    ${table(
      [
        { title: 'What', cell: ([name]: (typeof rows)[number]) => name },
        { title: '', cell: ([, value]: (typeof rows)[number]) => value },
      ],
      rows,
      '',
    )}`;
}
