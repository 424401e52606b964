/**
 * What a running feed learns about a run's answers (requirement E10): a challenger in its shadow run, or the champion. Pure, JSON-safe;
 * a record that is stored and read back goes on as it would have.
 * Invariants: 1. a bar counts once for each instrument; 2. both sides of a comparison are judged on the same decisions.
 */
import { tradeDateBounds, tradeDateOf } from '../domain/calendar';
import { advanceHorizon, awaitHorizon, NO_HORIZON, outcomeOf } from '../domain/decision-horizon';
import type { Horizon } from '../domain/decision-horizon';
import { HOUR_MS, MINUTE_MS } from '../domain/exchange-time';
import type { Vote } from '../domain/vote';
import { longestStepMs } from '../features/bar-series';
import type { PerformanceReport } from './drift/performance-drift';
import { judgePerformance } from './drift/performance-drift';
import type { ShadowFigures } from './evaluation/shadow';
import { BUY, HOLD, SELL } from './labels';
import type { LabelBand } from './manifest';

type Probabilities = Vote['probabilities'];

/** One closed bar of one instrument, as a run answered to it. */
export interface ObservedAnswer {
  readonly symbol: string;
  /** UTC ms. */
  readonly barClose: number;
  /** Mid of the quote at the close; null without a two-sided one. */
  readonly mid: number | null;
  /** Null when the run gave no answer. */
  readonly probabilities: Probabilities | null;
  /** The champion's on the same bar; null without a champion, and for the champion itself. */
  readonly beside: Probabilities | null;
  /** Run id of the champion at the time; null without one, and for the champion itself. */
  readonly champion: string | null;
  /** Models of the run whose answer was NaN or infinite. */
  readonly notFinite: number;
  /** Wall time of the answer, ms; null when it was not measured. */
  readonly inferenceMs: number | null;
  /** Why trading is halted at a limit of the account; null while it is not: a person's halt says nothing of the run. */
  readonly haltCause: string | null;
}

interface Awaited {
  readonly own: Probabilities;
  readonly beside: Probabilities | null;
}

export interface ResolvedAnswer {
  readonly decidedAt: number;
  /** Class index of the label. */
  readonly y: number;
  readonly own: Probabilities;
}

interface InstrumentState {
  readonly symbol: string;
  readonly horizon: Horizon<Awaited>;
}

export interface ObservedRun {
  readonly format: 1;
  readonly runId: string;
  /** When it became challenger or champion, UTC, ISO 8601: who becomes it again is observed anew. */
  readonly since: string;
  /** First and last bar observed of each trade date, UTC ms. */
  readonly dates: readonly {
    readonly tradeDate: string;
    readonly from: number;
    readonly to: number;
    /** Bars that had a decision, those of all instruments added up. */
    readonly decided: number;
  }[];
  readonly decisions: number;
  readonly notFinite: number;
  /** Sums of log losses, nats: of all resolved decisions, and of those the champion answered too. */
  readonly resolved: { readonly count: number; readonly loss: number };
  /** The champion that is compared with; another one begins anew. */
  readonly champion: string | null;
  readonly compared: { readonly count: number; readonly loss: number; readonly championLoss: number };
  /** The last of each kind, oldest first. */
  readonly inferenceMs: readonly number[];
  readonly recent: readonly ResolvedAnswer[];
  /** Trading was not halted at a limit on some bar, and why it was on a later one. */
  readonly everActive: boolean;
  readonly haltCause: string | null;
  readonly instruments: readonly InstrumentState[];
}

const NOTHING_COMPARED = { count: 0, loss: 0, championLoss: 0 };

export const newObservedRun = (runId: string, since: string): ObservedRun => ({
  format: 1,
  runId,
  since,
  dates: [],
  decisions: 0,
  notFinite: 0,
  resolved: { count: 0, loss: 0 },
  champion: null,
  compared: NOTHING_COMPARED,
  inferenceMs: [],
  recent: [],
  everActive: false,
  haltCause: null,
  instruments: [],
});

const KEPT_TIMES = 1_000;
/** Enough for the AUC alarm to see change: three trade dates of one instrument. */
const KEPT_ANSWERS = 2_000;

/** The record after one more bar; a bar that is not later than the instrument's last changes nothing. */
export function observe(before: ObservedRun, answer: ObservedAnswer, label: LabelBand): ObservedRun {
  const { symbol, barClose, mid, probabilities, beside } = answer;
  const start = barClose - MINUTE_MS;
  const run = besideChampion(before, answer.champion);
  const known = run.instruments.find((instrument) => instrument.symbol === symbol);
  const awaiting = known?.horizon ?? NO_HORIZON;
  if (awaiting.lastBar !== null && start <= awaiting.lastBar) return before;
  const moved = advanceHorizon(awaiting, { start, mid, continues: continuesAfter(awaiting.lastBar, start) });
  const horizon =
    probabilities === null
      ? moved.horizon
      : awaitHorizon(moved.horizon, barClose, label.horizonBars, { own: probabilities, beside });
  const resolved = moved.resolved.map(({ decidedAt, from, to, item }) => ({
    decidedAt,
    y: CLASS_OF[outcomeOf(from, to, label.bandPoints)],
    ...item,
  }));
  const judged = resolved.reduce(withResolved, run);
  const everActive = run.everActive || answer.haltCause === null;
  return {
    ...judged,
    dates: withBar(run.dates, start, probabilities !== null),
    decisions: run.decisions + (probabilities === null ? 0 : 1),
    notFinite: run.notFinite + answer.notFinite,
    inferenceMs:
      answer.inferenceMs === null ? run.inferenceMs : [...run.inferenceMs, answer.inferenceMs].slice(-KEPT_TIMES),
    everActive,
    haltCause: run.haltCause ?? (everActive ? answer.haltCause : null),
    instruments: [...run.instruments.filter((instrument) => instrument !== known), { symbol, horizon }],
  };
}

/** Figures beside one champion say nothing of another: they begin anew, and what waits is no longer compared. */
function besideChampion(run: ObservedRun, champion: string | null): ObservedRun {
  if (run.champion === champion) return run;
  const instruments = run.instruments.map(({ symbol, horizon }) => ({
    symbol,
    horizon: {
      ...horizon,
      waiting: horizon.waiting.map((waiting) => ({ ...waiting, item: { ...waiting.item, beside: null } })),
    },
  }));
  return { ...run, champion, compared: NOTHING_COMPARED, instruments };
}

const CLASS_OF = { sell: SELL, hold: HOLD, buy: BUY } as const;

const continuesAfter = (last: number | null, start: number): boolean =>
  last !== null && start - last <= longestStepMs(1) && tradeDateOf(last) === tradeDateOf(start);

function withResolved(run: ObservedRun, { decidedAt, y, own, beside }: ResolvedAnswer & Awaited): ObservedRun {
  const loss = lossOf(own, y);
  const { resolved, compared, recent } = run;
  return {
    ...run,
    resolved: { count: resolved.count + 1, loss: resolved.loss + loss },
    compared:
      beside === null
        ? compared
        : {
            count: compared.count + 1,
            loss: compared.loss + loss,
            championLoss: compared.championLoss + lossOf(beside, y),
          },
    recent: [...recent, { decidedAt, y, own }].slice(-KEPT_ANSWERS),
  };
}

const lossOf = (probabilities: Probabilities, y: number): number =>
  -Math.log(Math.min(1 - Number.EPSILON, Math.max(Number.EPSILON, probabilities[y])));

function withBar(dates: ObservedRun['dates'], start: number, isDecided: boolean): ObservedRun['dates'] {
  const tradeDate = tradeDateOf(start);
  const known = dates.find((date) => date.tradeDate === tradeDate);
  const rest = dates.filter((date) => date !== known);
  return [
    ...rest,
    { tradeDate, from: known?.from ?? start, to: start, decided: (known?.decided ?? 0) + Number(isDecided) },
  ];
}

/** The exchange closes an hour before the trade date ends, and a feed may come up some minutes after it began. */
const DATE_SLACK_MS = 2 * HOUR_MS;
/** Share of a date's bars that must have had a decision: a feed that was dead for hours saw no whole date. */
export const DATE_COVERAGE = 0.9;

/** What the shadow run is judged by. */
export function shadowFigures(run: ObservedRun): ShadowFigures {
  const { champion, compared, resolved } = run;
  const own = champion === null ? resolved : compared;
  return {
    tradeDates: wholeDates(run),
    decisions: run.decisions,
    compared: champion === null ? null : compared.count,
    notFinite: run.notFinite,
    logLoss: own.count === 0 ? null : own.loss / own.count,
    championLogLoss: compared.count === 0 ? null : compared.championLoss / compared.count,
  };
}

/** Trade dates that were observed from their beginning to their end, and decided on nearly every minute that the exchange was open between. */
const wholeDates = ({ dates, instruments }: ObservedRun): number =>
  dates.filter(({ tradeDate, from, to, decided }) => {
    const { start, end } = tradeDateBounds(tradeDate);
    const minutes = (to - from) / MINUTE_MS + 1;
    return (
      from <= start + DATE_SLACK_MS &&
      to >= end - DATE_SLACK_MS &&
      decided >= DATE_COVERAGE * minutes * Math.max(1, instruments.length)
    );
  }).length;

/** Of fewer answers the 99th percentile is the slowest one, and one that a busy machine held up says nothing of the run. */
export const MIN_TIMES = 100;

/** The 99th percentile (nearest rank); null before there are MIN_TIMES answers. */
export function inferenceP99({ inferenceMs }: Pick<ObservedRun, 'inferenceMs'>): number | null {
  if (inferenceMs.length < MIN_TIMES) return null;
  const sorted = [...inferenceMs].sort((a, b) => a - b);
  return sorted[Math.ceil(0.99 * sorted.length) - 1];
}

/** The AUC alarm of requirement E9 over the last resolved answers. */
export function performanceOf({ recent }: Pick<ObservedRun, 'recent'>, seed: number): PerformanceReport {
  return judgePerformance(
    {
      probabilities: Float64Array.from(recent.flatMap(({ own }) => [...own])),
      y: Uint8Array.from(recent, ({ y }) => y),
      classes: 3,
      times: recent.map(({ decidedAt }) => decidedAt),
    },
    seed,
  );
}
