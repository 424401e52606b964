/** Equity and drawdown as SVG. Minutes without a bar take no room; a date line separates trade dates. Pure. */
import type { CurvePoint } from '../backtest-report';
import type { Html } from './html';
import { html } from './html';

const WIDTH = 1080;
const LEFT = 74;
const RIGHT = 8;
const TOP = 22;
/** Columns drawn at most: more points than pixels say nothing. */
const COLUMNS = 900;

interface Scale {
  readonly x: (index: number) => number;
  readonly y: (value: number) => number;
}

const rounded = (value: number): string => (Math.round(value * 10) / 10).toString();

/** First, lowest, highest and last point of each of at most COLUMNS groups: no peak is lost. */
function thinned(values: readonly number[]): readonly (readonly [index: number, value: number])[] {
  const size = Math.max(1, Math.ceil(values.length / COLUMNS));
  const kept = new Set<number>();
  for (let from = 0; from < values.length; from += size) {
    const to = Math.min(values.length, from + size);
    let [low, high] = [from, from];
    for (let index = from; index < to; index += 1) {
      if (values[index] < values[low]) low = index;
      if (values[index] > values[high]) high = index;
    }
    for (const index of [from, low, high, to - 1]) kept.add(index);
  }
  return [...kept].sort((a, b) => a - b).map((index) => [index, values[index]] as const);
}

const path = (values: readonly number[], { x, y }: Scale): string =>
  thinned(values)
    .map(([index, value], n) => `${n === 0 ? 'M' : 'L'}${rounded(x(index))} ${rounded(y(value))}`)
    .join('');

/** Steps of 1, 2 or 5 times a power of ten that give three to six lines. */
export function ticksOf(low: number, high: number): readonly number[] {
  const span = high - low;
  if (!(span > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(span / 4));
  const step = [1, 2, 5, 10].map((times) => times * power).find((size) => span / size <= 6) ?? 10 * power;
  const ticks: number[] = [];
  for (let tick = Math.ceil(low / step) * step; tick <= high + step * 1e-9; tick += step) ticks.push(tick);
  return ticks;
}

function scaleOf(count: number, low: number, high: number, height: number): Scale {
  const span = high > low ? high - low : 1;
  return {
    x: (index) => LEFT + (index / Math.max(1, count - 1)) * (WIDTH - LEFT - RIGHT),
    y: (value) => TOP + (1 - (value - low) / span) * (height - TOP - 6),
  };
}

function grid(
  points: readonly CurvePoint[],
  dates: readonly DateMark[],
  ticks: readonly number[],
  scale: Scale,
  height: number,
): Html {
  const lines = ticks.map((tick) => {
    const y = rounded(scale.y(tick));
    return html`<line class="axis" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}" /><text
        x="${LEFT - 8}"
        y="${rounded(scale.y(tick) + 4)}"
        text-anchor="end"
      >
        ${tick.toLocaleString('en-US').replace('-', '−')}
      </text>`;
  });
  const marks = dates.map(({ index, label }) => {
    const x = rounded(scale.x(index));
    return html`<line class="axis" x1="${x}" x2="${x}" y1="${TOP}" y2="${height}" /><text
        x="${rounded(scale.x(index) + 4)}"
        y="14"
      >
        ${label}
      </text>`;
  });
  return html`${lines}${points.length === 0 ? [] : marks}`;
}

export interface DateMark {
  readonly index: number;
  readonly label: string;
}

/** At most eight labels, so that they never overlap. */
export function dateMarks(
  days: readonly { readonly tradeDate: string; readonly minutes: number }[],
): readonly DateMark[] {
  const every = Math.ceil(days.length / 8);
  let index = 0;
  return days.flatMap(({ tradeDate, minutes }, n) => {
    const mark = { index, label: tradeDate };
    index += minutes;
    return n % every === 0 && minutes > 0 ? [mark] : [];
  });
}

/** Net liquidation and buy-and-hold, dollars. */
export function equityChart(
  points: readonly CurvePoint[],
  dates: readonly DateMark[],
  label = 'Net liquidation by minute beside buy-and-hold',
): Html {
  const height = 320;
  const equity = points.map((point) => point.equity);
  const hold = points.map((point) => point.buyAndHold);
  const all = [...equity, ...hold];
  const low = all.reduce((a, b) => Math.min(a, b), Infinity);
  const high = all.reduce((a, b) => Math.max(a, b), -Infinity);
  const scale = scaleOf(points.length, low, high, height);
  return html`<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${label}">
    ${grid(points, dates, ticksOf(low, high), scale, height)}
    <path class="hold" d="${path(hold, scale)}" />
    <path class="equity" d="${path(equity, scale)}" />
  </svg>`;
}

/** Fall from the running maximum, dollars. */
export function drawdownChart(points: readonly CurvePoint[], dates: readonly DateMark[]): Html {
  const height = 170;
  let peak = -Infinity;
  const falls = points.map(({ equity }) => {
    peak = Math.max(peak, equity);
    return equity - peak;
  });
  const low = Math.min(
    -1,
    falls.reduce((a, b) => Math.min(a, b), 0),
  );
  const scale = scaleOf(points.length, low, 0, height);
  const last = rounded(scale.x(Math.max(0, points.length - 1)));
  const zero = rounded(scale.y(0));
  return html`<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Fall of the account from its highest value">
    ${grid(points, dates, ticksOf(low, 0), scale, height)}
    <path class="under" d="${path(falls, scale)}L${last} ${zero}L${LEFT} ${zero}Z" />
  </svg>`;
}
