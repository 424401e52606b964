/** What `omega backtest` was asked for, checked: every wrong option is one sentence (USAGE). */
import { findInstrument, type FutureSymbol } from '../domain/instruments';
import { isRunId } from '../domain/ids';
import { DEFAULT_COSTS, type CostModel } from '../backtest/cost-model';
import { CliError } from './cli-error';

/** As commander hands them over. */
export interface BacktestArguments {
  readonly data?: string;
  readonly from?: string;
  readonly to?: string;
  readonly instruments?: string;
  readonly model: string;
  readonly fills?: string;
  readonly fees?: string;
  readonly slippageTicks?: string;
  readonly impact?: string;
  readonly cash: string;
  readonly seed: string;
  readonly compare?: string;
  readonly html?: string;
  /** True: printed. */
  readonly json?: string | true;
}

export interface BacktestRequest {
  readonly data: string | null;
  readonly from: string | null;
  readonly to: string | null;
  /** Null: those of the configuration that are recorded. */
  readonly instruments: readonly FutureSymbol[] | null;
  readonly model: { readonly kind: 'refit' } | { readonly kind: 'run'; readonly runId: string };
  readonly fills: { readonly kind: 'gateway' } | ({ readonly kind: 'modelled' } & CostModel);
  readonly cash: number;
  readonly seed: number;
  readonly compare: string | null;
  readonly html: string | null;
  /** File to write it to. */
  readonly json: string | null;
}

const wrong = (message: string): never => {
  throw new CliError('USAGE', message);
};

function dateOf(name: string, text: string | undefined): string | null {
  if (text === undefined) return null;
  const isDate = /^\d{4}-\d\d-\d\d$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text);
  return isDate === true ? text : wrong(`--${name} needs a date like 2013-10-09, not ${text}.`);
}

function numberOf(name: string, text: string, highest: number): number {
  const value = Number(text);
  const fits = text.trim() !== '' && Number.isFinite(value) && value >= 0 && value <= highest;
  return fits ? value : wrong(`--${name} needs a number from 0 to ${highest}, not ${text}.`);
}

function instrumentsOf(text: string | undefined): readonly FutureSymbol[] | null {
  if (text === undefined) return null;
  const symbols = text.split(',').map((name) => {
    const instrument = findInstrument(name);
    return instrument === null
      ? wrong(`--instruments: ${name.trim() || 'nothing'} is not an instrument.`)
      : instrument.symbol;
  });
  return [...new Set(symbols)];
}

function modelOf(text: string): BacktestRequest['model'] {
  if (text === 'refit') return { kind: 'refit' };
  return isRunId(text)
    ? { kind: 'run', runId: text }
    : wrong(`--model needs refit or a run like 20131008_220000, not ${text}; models list shows the runs.`);
}

/** Costs of our own ask for modelled fills: the gateway's fills have theirs already. */
function fillsOf({ fills, fees, slippageTicks, impact }: BacktestArguments): BacktestRequest['fills'] {
  const given = Object.entries({ fees, 'slippage-ticks': slippageTicks, impact }).filter(
    ([, text]) => text !== undefined,
  );
  const kind = fills ?? (given.length > 0 ? 'modelled' : 'gateway');
  if (kind === 'gateway') {
    if (given.length === 0) return { kind };
    return wrong(`--${given[0][0]} belongs to modelled fills: leave it out, or give --fills modelled.`);
  }
  if (kind !== 'modelled') return wrong(`--fills needs gateway or modelled, not ${kind}.`);
  return {
    kind,
    feePerContract: fees === undefined ? DEFAULT_COSTS.feePerContract : numberOf('fees', fees, 1_000),
    slippageTicks:
      slippageTicks === undefined ? DEFAULT_COSTS.slippageTicks : numberOf('slippage-ticks', slippageTicks, 1_000),
    impact: impact === undefined ? DEFAULT_COSTS.impact : numberOf('impact', impact, 100),
  };
}

/** Throws CliError USAGE. */
export function backtestRequest(given: BacktestArguments): BacktestRequest {
  const [from, to] = [dateOf('from', given.from), dateOf('to', given.to)];
  if (from !== null && to !== null && from > to) return wrong(`--from ${from} is after --to ${to}.`);
  const cash = numberOf('cash', given.cash, 1e12);
  if (cash === 0) return wrong('--cash needs more than 0 dollars.');
  if (!/^\d{1,9}$/.test(given.seed)) return wrong(`--seed needs a whole number, not ${given.seed}.`);
  return {
    data: given.data ?? null,
    from,
    to,
    instruments: instrumentsOf(given.instruments),
    model: modelOf(given.model),
    fills: fillsOf(given),
    cash,
    seed: Number(given.seed),
    compare: given.compare ?? null,
    html: given.html ?? null,
    json: typeof given.json === 'string' ? given.json : null,
  };
}

/** The command that makes the same report again; where it was written to is not part of it. */
export function commandOf(given: BacktestArguments): string {
  const named: readonly (readonly [string, string | undefined])[] = [
    ['data', given.data],
    ['from', given.from],
    ['to', given.to],
    ['instruments', given.instruments],
    ['model', given.model],
    ['fills', given.fills],
    ['fees', given.fees],
    ['slippage-ticks', given.slippageTicks],
    ['impact', given.impact],
    ['cash', given.cash],
    ['seed', given.seed],
    ['compare', given.compare],
  ];
  const quoted = (text: string): string => (/^[\w./:,+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
  return [
    'omega backtest',
    ...named.flatMap(([name, text]) => (text === undefined ? [] : [`--${name} ${quoted(text)}`])),
  ].join(' ');
}
