/** The catalogue: the kernel that computes a spec's columns. */
import { MINUTE_MS } from '../../domain/exchange-time';
import type { TradedUnit } from '../../domain/instruments';
import { catalogueKernel } from '../catalogue/catalogue-kernel';
import { catalogueParameters } from '../catalogue/indicators';
import type { ContextSpec, TradeSpec } from '../feature-spec';
import { ClockKernel } from './clock';
import { CompiledKernel } from './compiled-kernels';
import type { CompiledKernels, Handle } from './compiled-kernels';
import { DepthKernel } from './depth';
import type { Kernel } from './kernel';
import type { OutsideValues } from '../outside/outside-values';
import { MfiKernel, ObvKernel } from './money-flow';
import { OutsideKernel } from './outside';
import { SimplePpoKernel } from './simple-ppo';
import { StochasticRsiKernel } from './stochastic-rsi';
import { TopOfBookKernel } from './top-of-book';

/** Where a kernel works. */
export interface KernelPlace {
  readonly compiled: CompiledKernels;
  /** The exchange's clock and the tick. */
  readonly instrument: TradedUnit;
  /** Position of its first column. */
  readonly first: number;
  /** Rows of one call at the most. */
  readonly rows: number;
  readonly outside: OutsideValues;
}

/** A fresh kernel for `spec` on bars of its own timeframe; compiled ones take memory of `compiled`. */
export function createKernel(spec: TradeSpec | ContextSpec, place: KernelPlace): Kernel {
  switch (spec.kind) {
    case 'top-of-book':
      return new TopOfBookKernel(place.instrument.tickSize);
    case 'clock':
      return new ClockKernel(place.instrument.timeZone);
    case 'outside':
      return new OutsideKernel(place.outside.reader(spec.series), MINUTE_MS);
    case 'depth':
      return new DepthKernel(spec.levels, place.outside);
    case 'ppo-simple':
      return new SimplePpoKernel(spec.fast, spec.slow);
    case 'stochastic-rsi':
      return new StochasticRsiKernel(spec.period, spec.fastK, spec.fastD);
    case 'obv':
      return new ObvKernel(spec.period);
    case 'mfi':
      return new MfiKernel(spec.period);
    case 'catalogue':
      return catalogueKernel(spec.indicator, catalogueParameters(spec));
    default:
      return new CompiledKernel(place.compiled, handleOf(spec, place));
  }
}

type CompiledSpec = Exclude<
  TradeSpec,
  { readonly kind: 'ppo-simple' | 'stochastic-rsi' | 'obv' | 'mfi' | 'catalogue' }
>;

function handleOf(spec: CompiledSpec, { compiled, first, rows }: KernelPlace): Handle {
  switch (spec.kind) {
    case 'rsi':
      return compiled.rsi(first, spec.period);
    case 'macd':
      return compiled.macd(first, spec.fast, spec.slow, spec.signal);
    case 'ppo':
      return compiled.ppo(first, spec.fast, spec.slow);
    case 'roc':
      return compiled.roc(first, spec.period);
    case 'sma':
      return compiled.sma(first, spec.period);
    case 'ema':
      return compiled.ema(first, spec.period);
    case 'vwap':
      return compiled.vwap(first);
    case 'stochastic':
      return compiled.stochastic(first, spec.period, spec.slowK, spec.slowD, rows);
    case 'atr':
      return compiled.atr(first, spec.period);
    case 'bollinger':
      return compiled.bollinger(first, spec.period, spec.deviations);
    case 'return':
      return compiled.logReturn(first, spec.period);
    case 'open-close-correlation':
      return compiled.openCloseCorrelation(first, spec.period);
    case 'volume':
      return compiled.volume(first, spec.period);
  }
}
