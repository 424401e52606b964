/** The page's tables. Money is dollars, times are UTC. */
import type { DayFigures, Figures, InstrumentFigures } from '../figures';
import type { RoundTrip } from '../round-trips';
import { totalCosts, type ExecutionCosts } from '../simulated-broker';
import { html, table, type Html } from './html';
import { ABSENT, count, dollars, percent, price, ratio, signed, time } from './numbers';

const refusalText = ({ refusals }: DayFigures): string =>
  Object.entries(refusals)
    .map(([code, n]) => `${code} ${n}`)
    .join(', ') || ABSENT;

const haltText = ({ halt, liftedHalt }: DayFigures): string =>
  [...(liftedHalt === null ? [] : [`lifted at the open: ${liftedHalt}`]), ...(halt === null ? [] : [halt])].join(
    '; ',
  ) || ABSENT;

export const daysTable = (days: readonly DayFigures[]): Html =>
  table(
    [
      { title: 'Trade date', cell: ({ tradeDate }) => tradeDate },
      { title: 'Models', cell: ({ modelRun, inSample }) => `${modelRun ?? 'none'}${inSample ? ' (in sample)' : ''}` },
      { title: 'Result', number: true, cell: ({ equityChange }) => signed(equityChange) },
      { title: 'Buy and hold', number: true, cell: ({ buyAndHold }) => signed(buyAndHold) },
      { title: 'Drawdown', number: true, cell: ({ maxDrawdown }) => dollars(maxDrawdown) },
      { title: 'Trades', number: true, cell: ({ trades }) => count(trades) },
      { title: 'Hit rate', number: true, cell: ({ hitRate }) => percent(hitRate) },
      { title: 'Fees', number: true, cell: ({ costs }) => dollars(costs.fee) },
      { title: 'Decisions', number: true, cell: ({ decisions }) => count(decisions) },
      { title: 'Proposals', number: true, cell: ({ proposals }) => count(proposals) },
      { title: 'Refused', cell: refusalText },
      { title: 'Halt', wide: true, cell: haltText },
    ],
    days,
    'No trade date was tested.',
  );

export const instrumentsTable = (instruments: readonly InstrumentFigures[]): Html =>
  table(
    [
      { title: 'Instrument', cell: ({ symbol }) => symbol },
      { title: 'Gross', number: true, cell: ({ grossPnl }) => signed(grossPnl) },
      { title: 'Net', number: true, cell: ({ netPnl }) => signed(netPnl) },
      { title: 'Buy and hold', number: true, cell: ({ buyAndHold }) => signed(buyAndHold) },
      { title: 'Trades', number: true, cell: ({ trades }) => count(trades) },
      { title: 'Hit rate', number: true, cell: ({ hitRate }) => percent(hitRate) },
      { title: 'Profit factor', number: true, cell: ({ profitFactor }) => ratio(profitFactor) },
      {
        title: 'Average trade',
        number: true,
        cell: ({ averageTrade }) => (averageTrade === null ? ABSENT : dollars(averageTrade)),
      },
      { title: 'Exposure', number: true, cell: ({ exposure }) => percent(exposure) },
      { title: 'Costs', number: true, cell: ({ costs }) => dollars(totalCosts(costs)) },
    ],
    instruments,
    'No instrument was tested.',
  );

export function costsTable({ costs, instruments }: Figures): Html {
  const rows: readonly { readonly name: string; readonly costs: ExecutionCosts }[] = [
    ...instruments.map(({ symbol, costs: own }) => ({ name: symbol, costs: own })),
    { name: 'all', costs },
  ];
  const of = (title: string, pick: (own: ExecutionCosts) => number) => ({
    title,
    number: true,
    cell: ({ costs: own }: (typeof rows)[number]) => dollars(pick(own)),
  });
  return table(
    [
      { title: 'Instrument', cell: ({ name }) => name },
      of('Fees', ({ fee }) => fee),
      of('Half spread', ({ spread }) => spread),
      of('Slippage', ({ slippage }) => slippage),
      of('Impact', ({ impact }) => impact),
      of('Sum', totalCosts),
    ],
    rows,
    '',
  );
}

export const tripsTable = (trips: readonly RoundTrip[]): Html =>
  table(
    [
      { title: 'Instrument', cell: ({ symbol }) => symbol },
      { title: 'Side', cell: ({ side, contracts }) => `${side} ${contracts}` },
      { title: 'Entered, UTC', cell: ({ enteredAt }) => time(enteredAt) },
      { title: 'at', number: true, cell: ({ entryPrice, symbol }) => price(entryPrice, symbol) },
      { title: 'Left, UTC', cell: ({ exitedAt }) => time(exitedAt) },
      { title: 'at', number: true, cell: ({ exitPrice, symbol }) => price(exitPrice, symbol) },
      { title: 'Gross', number: true, cell: ({ grossPnl }) => signed(grossPnl) },
      { title: 'Fees', number: true, cell: ({ costs }) => dollars(costs.fee) },
      { title: 'Spread', number: true, cell: ({ costs }) => dollars(costs.spread) },
      { title: 'Slippage', number: true, cell: ({ costs }) => dollars(costs.slippage) },
      { title: 'Impact', number: true, cell: ({ costs }) => dollars(costs.impact) },
      { title: 'Net', number: true, cell: ({ netPnl }) => signed(netPnl) },
      { title: 'Exit', wide: true, cell: ({ exit }) => exit },
    ],
    trips,
    'Nothing was traded.',
  );

export const reasonsTable = ({ idleReasons }: Figures): Html =>
  table(
    [
      { title: 'Reason', wide: true, cell: ({ reason }) => reason },
      { title: 'Decisions', number: true, cell: ({ count: n }) => count(n) },
    ],
    idleReasons,
    'Every decision led to an order.',
  );

export const skippedTable = ({ skippedVotes }: Figures): Html =>
  skippedVotes.length === 0
    ? html`<p class="quiet">Every model voted on every bar.</p>`
    : table(
        [
          { title: 'Model', cell: ({ model }) => model },
          { title: 'Why', wide: true, cell: ({ why }) => why },
          { title: 'Bars', number: true, cell: ({ count: n }) => count(n) },
        ],
        skippedVotes,
        '',
      );
