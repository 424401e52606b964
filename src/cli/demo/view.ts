/** The live terminal view as lines of text: at most 100 columns and 30 lines, a pure function of its state. */
import { NO_VETOES } from '../../domain/decision-vetoes';
import type { DecisionRecord } from '../../domain/proposals';
import type { OrderView, SessionSnapshot } from '../../domain/session-snapshot';
import { ensembleDayText } from '../ensemble-text';
import { ABSENT, chicagoTime, clockMinute, clockTime, money, percent, price, signedCount } from '../number-format';
import { signedMoney, wholeNumber } from '../number-format';
import { clip, textTable } from '../text-table';
import { dayPnl, unrealizedOf, unrealizedPnl } from './equity-curve';
import type { ProcessStatus } from './supervised-process';
import type { Notice, ViewState } from './view-state';
import { lastPrices } from './view-state';

export const VIEW_WIDTH = 100;
export const VIEW_HEIGHT = 30;
const SHOWN_DECISIONS = 4;
const SHOWN_ORDERS = 4;
const SHOWN_NOTICES = 4;
const BAR_WIDTH = 20;

const plain = (text: string): string => text;
export interface Palette {
  readonly strong: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
}
export const NO_COLOURS: Palette = { strong: plain, dim: plain, good: plain, bad: plain };
const wrap =
  (code: number) =>
  (text: string): string =>
    `\x1b[${code}m${text}\x1b[0m`;
export const ANSI_COLOURS: Palette = { strong: wrap(1), dim: wrap(2), good: wrap(32), bad: wrap(31) };

function progressBar(done: number, of: number): string {
  const filled = of === 0 ? 0 : Math.round((done / of) * BAR_WIDTH);
  return '█'.repeat(Math.min(filled, BAR_WIDTH)) + '░'.repeat(Math.max(0, BAR_WIDTH - filled));
}

function clockLine(state: ViewState): string {
  if (state.tradeDate === null || state.marketTime === null) return '';
  const time = `${clockTime(state.marketTime)}Z ${chicagoTime(state.marketTime)}`;
  const day = `day ${state.dayNumber} of ${state.dayCount}`;
  const bar = `${progressBar(state.minute, state.minuteCount)} minute ${state.minute} of ${state.minuteCount}`;
  return `${state.tradeDate}  ${time}  ${bar}  ${day}`;
}

function marketLines(state: ViewState): readonly string[] {
  const prices = lastPrices(state);
  const positions = state.snapshot?.positions ?? [];
  const rows = state.instruments.map((symbol) => ({
    symbol,
    bar: state.bars[symbol] ?? null,
    position: positions.find((held) => held.symbol === symbol && held.quantity !== 0) ?? null,
  }));
  return textTable(
    [
      { title: 'market', cell: ({ symbol }) => symbol },
      { title: 'last', align: 'right', cell: ({ bar, symbol }) => price(bar?.close ?? null, symbol) },
      { title: 'bid', align: 'right', cell: ({ bar, symbol }) => price(bar?.bid ?? null, symbol) },
      { title: 'ask', align: 'right', cell: ({ bar, symbol }) => price(bar?.ask ?? null, symbol) },
      { title: 'volume', align: 'right', cell: ({ bar }) => (bar === null ? ABSENT : wholeNumber(bar.volume)) },
      { title: 'position', align: 'right', cell: ({ position }) => signedCount(position?.quantity ?? 0) },
      {
        title: 'average',
        align: 'right',
        cell: ({ position, symbol }) => price(position?.averagePrice ?? null, symbol),
      },
      {
        title: 'unrealized',
        align: 'right',
        cell: ({ position }) => (position === null ? ABSENT : signedMoney(unrealizedOf(position, prices))),
      },
    ],
    rows,
  );
}

/** `14:31 GC buy 1.00  sgd buy · forest buy  enter: …` */
export function decisionLine(decision: DecisionRecord): string {
  const votes = decision.votes.map((vote) => `${vote.model} ${vote.signal}`).join(' · ');
  const head = `${clockMinute(decision.barClose)} ${decision.symbol.padEnd(2)} ${decision.signal.padEnd(4)} ${decision.confidence.toFixed(2)}`;
  return `${head}  ${(votes === '' ? 'no votes' : votes).padEnd(28)}  ${decision.action}: ${decision.reason}`;
}

function limitsLine(state: ViewState, snapshot: SessionSnapshot): string {
  const { limits } = state;
  const start = snapshot.startOfDayNetLiquidation;
  const loss = Math.max(0, -dayPnl(snapshot, lastPrices(state)));
  const lossLimit = start === null ? ABSENT : money(start * limits.dailyLossFraction);
  const exposure = snapshot.positions.reduce((sum, { quantity }) => sum + Math.abs(quantity), 0);
  const peak = snapshot.highWaterMark;
  const equity = start === null ? null : start + dayPnl(snapshot, lastPrices(state));
  const drawdown = peak === null || equity === null || peak <= 0 ? 0 : Math.max(0, (peak - equity) / peak);
  return [
    `limits  loss ${money(loss)} of ${lossLimit}`,
    `trades ${snapshot.day.trades} of ${limits.tradesPerDay}`,
    `contracts ${exposure} of ${limits.exposureContracts}`,
    `drawdown ${percent(drawdown, 2)} of ${percent(limits.drawdownFraction, 0)}`,
  ].join(' · ');
}

function sessionLines(state: ViewState, colours: Palette): readonly string[] {
  const { snapshot } = state;
  if (snapshot === null) return ['session  not started', ''];
  const prices = lastPrices(state);
  const result = dayPnl(snapshot, prices);
  const { realizedPnl, fees } = snapshot.day;
  const tint = result < 0 ? colours.bad : colours.good;
  const halted = snapshot.halt.phase === 'ACTIVE' ? '' : ` · ${snapshot.halt.phase}: ${snapshot.halt.cause ?? ''}`;
  const mode = `${snapshot.mode}${snapshot.paused ? ', paused' : ''}${halted}`;
  const pnl = `P&L today ${signedMoney(result)}`;
  const parts = `realized ${signedMoney(realizedPnl)} · unrealized ${signedMoney(unrealizedPnl(snapshot.positions, prices))} · fees ${money(fees)}`;
  const line = clip(`${pnl} · ${parts} · ${mode}`, VIEW_WIDTH);
  return [line.startsWith(pnl) ? tint(pnl) + line.slice(pnl.length) : line, limitsLine(state, snapshot)];
}

/** `…-12 buy 1 ES entry filled 1 @ 1,652.25` */
export function orderLine(order: OrderView): string {
  const fill =
    order.filledQuantity > 0 ? `, ${order.filledQuantity} filled at ${price(order.averagePrice, order.symbol)}` : '';
  const what = `${order.side.padEnd(4)} ${order.quantity} ${order.symbol.padEnd(2)} ${order.purpose.padEnd(6)}`;
  return `${clockMinute(order.decidedAt)} ${what} ${order.state}${fill}  ${order.key}`;
}

/** Weights and vetoes of the instruments that have any, on one line; none while there is nothing to say. */
function ensembleLines(state: ViewState): readonly string[] {
  const texts = state.instruments.flatMap((symbol) => {
    const last = state.decisions.find((decision) => decision.symbol === symbol)?.ensemble;
    const vetoes = state.bars[symbol]?.vetoes ?? NO_VETOES.counts;
    return ensembleDayText({ symbol, vetoes, weights: last?.given.weights ?? null }) ?? [];
  });
  return texts.length === 0 ? [] : [`ensemble  ${texts.join('  ')}`];
}

function processLine(status: ProcessStatus): string {
  const restarts = status.restarts === 0 ? '' : ` ×${status.restarts}`;
  const recovery = status.lastRecoverySeconds === null ? '' : ` ${status.lastRecoverySeconds.toFixed(1)} s`;
  const note = restarts === '' ? '' : ` (restarted${restarts}${recovery})`;
  const state = status.state === 'ready' ? '' : ` ${status.state}`;
  return `${status.name} ${status.pid ?? ABSENT}${state}${note}`;
}

function processLines(state: ViewState): readonly string[] {
  const shown = (['temporal', 'gateway', 'trader', 'market'] as const).flatMap((name) => state.processes[name] ?? []);
  const victim = shown.find(({ name }) => name === 'trader')?.pid ?? shown.at(-1)?.pid ?? null;
  const hint = victim === null ? '' : `try: kill -9 ${victim}`;
  const ui = state.uiAddress === null ? '' : `Temporal UI ${state.uiAddress}`;
  return [`processes  ${shown.map(processLine).join(' · ')}`, `           ${[hint, ui].filter(Boolean).join('   ')}`];
}

export const noticeLine = (notice: Notice): string =>
  `${new Date(notice.at).toTimeString().slice(0, 8)} ${notice.text}`;

const section = (title: string, lines: readonly string[], height: number, colours: Palette): readonly string[] => {
  const body = lines.slice(0, height).map((line) => clip(`  ${line}`, VIEW_WIDTH));
  const blank = Array.from({ length: height - body.length }, () => '');
  return [colours.dim(title), ...body, ...blank];
};

/** The whole screen. Lines are cut to 100 columns (colour codes apart); never more than 30 lines. */
export function renderView(state: ViewState, colours: Palette = NO_COLOURS): readonly string[] {
  const orders = (state.snapshot?.orders ?? []).slice(-SHOWN_ORDERS).reverse().map(orderLine);
  const model = state.modelRun === null ? 'learning-only: no models voted' : `models ${state.modelRun}`;
  const notices = state.notices.slice(-SHOWN_NOTICES).map((notice) => {
    const line = clip(`  ${noticeLine(notice)}`, VIEW_WIDTH);
    return notice.kind === 'info' ? line : colours.bad(line);
  });
  const lines = [
    colours.strong(clip([state.title, state.phase].filter(Boolean).join(' · '), VIEW_WIDTH)),
    clip(clockLine(state), VIEW_WIDTH),
    ...marketLines(state).map((line) => clip(line, VIEW_WIDTH)),
    ...sessionLines(state, colours),
    ...ensembleLines(state).map((line) => clip(line, VIEW_WIDTH)),
    ...section(
      state.tradeDate === null ? 'decisions' : `decisions (${model})`,
      state.decisions.map(decisionLine),
      SHOWN_DECISIONS,
      colours,
    ),
    ...section('orders', orders, SHOWN_ORDERS, colours),
    ...processLines(state).map((line) => clip(line, VIEW_WIDTH)),
    colours.dim('notices'),
    ...notices,
    ...state.simulated.map((line) => colours.dim(clip(line, VIEW_WIDTH))),
  ];
  return lines.slice(0, VIEW_HEIGHT);
}
