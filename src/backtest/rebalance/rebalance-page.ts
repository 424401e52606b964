/** The report as one self-contained page, with the pieces of the other back-test's page. Pure. */
import type { ListedName, RebalanceList } from '../../domain/rebalance/rebalance-list';
import { dateMarks, drawdownChart, equityChart, type DateMark } from '../page/charts';
import { documentOf } from '../page/document';
import { html, table, type Html } from '../page/html';
import { count, dollars, percent, ratio, signed } from '../page/numbers';
import type { PortfolioFigures } from './rebalance-figures';
import type { CurveRow, RebalanceReport, SetReport } from './rebalance-report';

const change = (share: number): Html => {
  const text = `${share < 0 ? '−' : '+'}${(Math.abs(share) * 100).toFixed(1)} %`;
  return html`<span class="${share < 0 ? 'fall' : 'gain'}">${text}</span>`;
};

const figuresTable = (figures: readonly PortfolioFigures[]): Html =>
  table(
    [
      { title: 'portfolio', cell: ({ name }) => name },
      { title: 'total return', number: true, cell: ({ totalReturn }) => change(totalReturn) },
      { title: 'a year', number: true, cell: ({ annualReturn }) => change(annualReturn) },
      { title: 'volatility', number: true, cell: ({ annualVolatility }) => percent(annualVolatility) },
      {
        title: 'Sharpe (95 %)',
        number: true,
        cell: ({ sharpe }) => `${ratio(sharpe.sharpe)} (${ratio(sharpe.lower)} to ${ratio(sharpe.upper)})`,
      },
      { title: 'largest fall', number: true, cell: ({ maxDrawdown }) => percent(maxDrawdown) },
      { title: 'turnover a year', number: true, cell: ({ annualTurnover }) => percent(annualTurnover) },
      { title: 'trades', number: true, cell: ({ trades }) => count(trades) },
      { title: 'fees', number: true, cell: ({ costs }) => dollars(costs.fees) },
      { title: 'half spread', number: true, cell: ({ costs }) => dollars(costs.halfSpread) },
      { title: 'slippage', number: true, cell: ({ costs }) => dollars(costs.slippage) },
      { title: 'dividends', number: true, cell: ({ distributed }) => dollars(distributed) },
      { title: 'result', number: true, cell: ({ endEquity, startEquity }) => signed(endEquity - startEquity) },
    ],
    figures,
    'No portfolio was played.',
  );

function yearsTable(figures: readonly PortfolioFigures[]): Html {
  const years = figures[0]?.years.map(({ year }) => year) ?? [];
  return table(
    [
      { title: 'portfolio', cell: ({ name }) => name },
      ...years.map((year) => ({
        title: year,
        number: true,
        cell: (row: PortfolioFigures) => change(row.years.find((one) => one.year === year)?.totalReturn ?? 0),
      })),
    ],
    figures,
    'No year was played.',
  );
}

const actionText = ({ action, quantity, held }: ListedName): string => {
  if (quantity !== 0) return `${action} ${quantity}`;
  return action === 'HOLD' && held === 0 ? 'out' : action;
};

const listTable = (list: RebalanceList | null): Html =>
  table(
    [
      { title: 'rank', number: true, cell: ({ rank }) => (rank === null ? '–' : String(rank)) },
      { title: 'name', cell: ({ ticker }) => ticker },
      { title: 'action', cell: actionText },
      { title: 'composite', number: true, cell: ({ composite }) => ratio(composite) },
      { title: 'momentum', number: true, cell: ({ momentumReturn }) => percent(momentumReturn) },
      { title: 'weight now', number: true, cell: ({ weightNow }) => percent(weightNow) },
      { title: 'target', number: true, cell: ({ weightTarget }) => percent(weightTarget) },
      { title: 'why', wide: true, cell: ({ why }) => why },
    ],
    list?.names ?? [],
    'There was no list.',
  );

const yearMarks = (curve: readonly CurveRow[]): readonly DateMark[] => {
  const years = new Map<string, number>();
  for (const { date } of curve) years.set(date.slice(0, 4), (years.get(date.slice(0, 4)) ?? 0) + 1);
  return dateMarks([...years].map(([tradeDate, minutes]) => ({ tradeDate, minutes })));
};

const key = (second: string): Html =>
  html`<div class="key">
    <span><i class="k1"></i>rebalance</span><span><i class="k2"></i>${second}</span>
  </div>`;

function curves({ curve }: SetReport): Html {
  const marks = yearMarks(curve);
  const beside = (other: 'buyAndHold' | 'equalWeight') =>
    curve.map((row) => ({ time: Date.parse(`${row.date}T21:00:00Z`), equity: row.strategy, buyAndHold: row[other] }));
  return html`${key('buy and hold')} ${equityChart(beside('buyAndHold'), marks, 'Value by day beside buy-and-hold')}
    ${key('equal weight')} ${equityChart(beside('equalWeight'), marks, 'Value by day beside equal weight')}
    <h3>Fall from the highest value</h3>
    ${drawdownChart(beside('buyAndHold'), marks)}`;
}

const section = (set: SetReport): Html =>
  html`<h2>${set.from} to ${set.to}: ${set.universe.length} names</h2>
    <p class="quiet">
      ${count(set.sessions)} sessions, ${count(set.rebalances.length)} rebalances; ${set.set}, SHA-256
      ${set.sha256.slice(0, 12)}…; ${count(set.rejectedRows)} rows put aside.
    </p>
    ${figuresTable(set.figures)} ${yearsTable(set.figures)} ${curves(set)}
    <h3>The last list, for ${set.lastList?.tradeOn ?? '–'}</h3>
    ${listTable(set.lastList)}
    <h3>Names left out</h3>
    ${table(
      [
        { title: 'name', cell: ({ ticker }) => ticker },
        { title: 'code', cell: ({ code }) => code },
        { title: 'weeks', number: true, cell: ({ weeks }) => count(weeks) },
        { title: 'last time', wide: true, cell: ({ why }) => why },
      ],
      set.exclusions,
      'None: every name could be scored in every week.',
    )}
    <h3>Rebalances</h3>
    ${table(
      [
        { title: 'day', cell: ({ tradeOn }) => tradeOn },
        { title: 'regime', cell: ({ regime, suppressed }) => `${regime ?? '–'}${suppressed ? ', no buys' : ''}` },
        { title: 'turnover', number: true, cell: ({ turnover }) => percent(turnover) },
        { title: 'sold', wide: true, cell: ({ sold }) => sold.join(', ') },
        { title: 'bought', wide: true, cell: ({ bought }) => bought.join(', ') },
        {
          title: 'not filled',
          wide: true,
          cell: ({ unfilled, failure }) =>
            failure ?? unfilled.map(({ ticker, quantity, why }) => `${quantity} ${ticker}: ${why}`).join('; '),
        },
      ],
      set.rebalances,
      'There was no week to trade in.',
    )}`;

/** The whole document. */
export function rebalancePageOf(report: RebalanceReport): string {
  const { costs } = report.rules;
  return documentOf(
    'Weekly rebalance, back-tested',
    html`<p class="quiet">
        Decided on a session’s closes by the live code, filled at the next session’s open, with costs.
      </p>
      ${report.notices.map((notice) => html`<p class="note">${notice}</p>`)} ${report.sets.map(section)}
      <h2>What is modelled</h2>
      <p>
        Fills at the open, worse by half a spread of ${costs.halfSpreadBps} bp and ${costs.slippageBps} bp of slippage;
        fees ${dollars(costs.feePerShare * 100)} dollars a hundred shares, at least ${dollars(costs.minimumFee)} an
        order. Shares are traded unadjusted and whole; a split changes their number, dividends and spin-offs are cash on
        the ex-date and taxed by nobody; cash earns nothing. Orders move no price. All portfolios pay the same costs;
        buy and hold keeps its dividends as cash.
      </p>
      <h2>Where it comes from</h2>
      <p><code>${report.command}</code></p>
      <p class="quiet">
        Version ${report.codeVersion}, ${dollars(report.cash)} dollars at the start, weekday ${report.weekday},
        ${report.sectorLimit ? 'with' : 'without'} a sector limit. Rules:
      </p>
      <p><code>${JSON.stringify(report.rules)}</code></p>`,
  );
}
