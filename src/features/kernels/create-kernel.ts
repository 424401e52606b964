/** The catalogue: the kernel that computes a spec's columns. */
import type { Instrument } from '../../domain/instruments';
import type { FeatureSpec } from '../feature-spec';
import { EmaKernel, MacdKernel, PpoKernel, SmaKernel } from './averages';
import { ClockKernel, ReturnKernel } from './calendar';
import type { Kernel } from './kernel';
import { RocKernel, RsiKernel, StochasticKernel } from './oscillators';
import { TopOfBookKernel } from './top-of-book';
import { AtrKernel, BollingerKernel, OpenCloseCorrelationKernel } from './volatility';
import { VolumeKernel, VwapKernel } from './volume';

/** A fresh kernel for `spec`; the instrument gives the exchange's clock and the tick. */
export function createKernel(spec: FeatureSpec, instrument: Instrument): Kernel {
  switch (spec.kind) {
    case 'rsi':
      return new RsiKernel(spec.period);
    case 'macd':
      return new MacdKernel(spec.fast, spec.slow, spec.signal);
    case 'ppo':
      return new PpoKernel(spec.fast, spec.slow);
    case 'roc':
      return new RocKernel(spec.period);
    case 'sma':
      return new SmaKernel(spec.period);
    case 'ema':
      return new EmaKernel(spec.period);
    case 'vwap':
      return new VwapKernel();
    case 'stochastic':
      return new StochasticKernel(spec.period, spec.slowK, spec.slowD);
    case 'atr':
      return new AtrKernel(spec.period);
    case 'bollinger':
      return new BollingerKernel(spec.period, spec.deviations);
    case 'top-of-book':
      return new TopOfBookKernel(instrument.tickSize);
    case 'clock':
      return new ClockKernel(instrument.timeZone);
    case 'return':
      return new ReturnKernel(spec.period);
    case 'open-close-correlation':
      return new OpenCloseCorrelationKernel(spec.period);
    case 'volume':
      return new VolumeKernel(spec.period);
  }
}
