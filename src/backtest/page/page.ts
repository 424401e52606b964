/** The report as one self-contained page: no script, no network, nothing that depends on when or where it was made. Pure. */
import type { BacktestReport } from '../backtest-report';
import { totalCosts } from '../simulated-broker';
import { dateMarks, drawdownChart, equityChart } from './charts';
import { documentOf } from './document';
import { html, type Html } from './html';
import { count, dollars, percent, ratio, signed } from './numbers';
import { comparisonSection, provenanceSection, truthSection } from './sections';
import { costsTable, daysTable, instrumentsTable, reasonsTable, skippedTable, tripsTable } from './tables';

const MIN_SHARPE_DAYS = 10;

const figure = (name: string, value: Html | string, note = ''): Html =>
  html`<div>
    <dt>${name}</dt>
    <dd>${value}<small>${note}</small></dd>
  </div>`;

function headline({ figures, cash }: BacktestReport): Html {
  const { sharpe } = figures;
  const bound =
    sharpe.lower === null || sharpe.upper === null
      ? `${sharpe.days} dates: no variation to measure`
      : `95 %: ${ratio(sharpe.lower)} to ${ratio(sharpe.upper)}, ${sharpe.days} dates`;
  const open = figures.openTrades === 0 ? '' : `, ${figures.openTrades} still open`;
  const refusals = figures.days.flatMap(({ refusals: codes }) => Object.values(codes)).reduce((sum, n) => sum + n, 0);
  return html`<dl class="figures">
    ${[
      figure('Result after costs', signed(figures.endEquity - figures.startEquity), `from ${dollars(cash)}`),
      figure('Buy and hold', signed(figures.buyAndHold), 'one contract each, day by day, after fees'),
      figure('Largest drawdown', dollars(figures.maxDrawdown)),
      figure('Sharpe, daily × √252', ratio(sharpe.sharpe), bound),
      figure('Trades', count(figures.trades), `hit rate ${percent(figures.hitRate)}${open}`),
      figure('Profit factor', ratio(figures.profitFactor), `average trade ${dollars(figures.averageTrade ?? 0)}`),
      figure('Exposure', percent(figures.exposure), `${ratio(figures.averageContracts)} contracts on average`),
      figure('Costs', dollars(totalCosts(figures.costs)), 'fees, spread, slippage and impact'),
      figure('Refused proposals', count(refusals), 'by the session’s limits'),
      figure('Vetoed entries', count(figures.vetoes), 'by the signal validator'),
    ]}
  </dl>`;
}

const fewDays = ({ figures }: BacktestReport): Html =>
  figures.days.length >= MIN_SHARPE_DAYS
    ? html``
    : html`<p class="note">
        ${figures.days.length} trade dates decide nothing: ten are needed before a Sharpe ratio or a hit rate says
        anything about the next one.
      </p>`;

/** The whole document. */
export function pageOf(report: BacktestReport): string {
  const { figures, curve, notices, trips } = report;
  const first = figures.days[0]?.tradeDate ?? '';
  const last = figures.days.at(-1)?.tradeDate ?? '';
  const marks = dateMarks(figures.days);
  const title = `Back-test ${report.instruments.join(' ')} ${first} to ${last}`;
  return documentOf(
    title,
    html`<p class="quiet">
        ${count(curve.length)} minutes, ${count(figures.days.reduce((sum, day) => sum + day.decisions, 0))} decisions by
        the live decision code;
        ${report.fills.kind === 'gateway' ? 'fills by the paper gateway’s matching' : 'modelled fills on one-minute bars'}.
      </p>
      ${fewDays(report)} ${notices.map((notice) => html`<p class="note">${notice}</p>`)} ${headline(report)}
      <h2>Equity</h2>
      <div class="key">
        <span><i class="k1"></i>net liquidation</span><span><i class="k2"></i>buy and hold, before fees</span>
      </div>
      ${equityChart(curve, marks)}
      <h2>Drawdown</h2>
      ${drawdownChart(curve, marks)}
      <h2>Trade dates</h2>
      ${daysTable(figures.days)}
      <h2>Instruments</h2>
      ${instrumentsTable(figures.instruments)}
      <h2>Costs</h2>
      ${costsTable(figures)}
      <h2>Trades</h2>
      ${tripsTable(trips)}
      <h2>Decisions without an order</h2>
      ${reasonsTable(figures)}
      <h2>Votes that were not cast</h2>
      ${skippedTable(figures)} ${comparisonSection(report.comparison)} ${truthSection(report)}
      ${provenanceSection(report)}`,
  );
}
