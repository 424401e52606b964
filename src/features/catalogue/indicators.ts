/**
 * What of the technicalindicators catalogue (3.1.0) can be asked for by name: its parameters under the library's own names, the columns,
 * and how long each remembers. Levels (prices, volumes, sums) are not fit for models unless modelColumns names them. Left out: what has no
 * value per bar (renko, volume profile, Fibonacci levels) or compares two lines (crossings).
 */

/** Whole numbers of bars, or any number above 0. */
export type ParameterKind = 'bars' | 'number';
export type CatalogueParameters = Readonly<Record<string, number>>;

export interface CatalogueIndicator {
  /** What the library is fed: closes alone, whole bars, or the latest bars for a candlestick pattern. */
  readonly input: 'close' | 'bar' | 'pattern';
  readonly parameters: Readonly<Record<string, ParameterKind>>;
  /** The library's names of its values; '' is a plain number. */
  readonly outputs: readonly string[];
  readonly forModels: boolean;
  /** Counts from the first bar of the data. */
  readonly cumulative?: true;
  /** How often its windows are applied one after the other; once when left out. */
  readonly passes?: number;
  /** Bars after which its start no longer shows. */
  memory(parameters: CatalogueParameters): number;
}

/** A bar of a pattern is judged with this many before it, the most that any of them reads. */
export const PATTERN_BARS = 5;

/** Bars after which an exponential weight has fallen below the last bit of a double: rounded values of the library then agree, too. */
const forgotten = (decay: number): number => (decay <= 0 ? 1 : Math.ceil(Math.log(1e-17) / Math.log(decay)));
const exponential = (period: number): number => period + forgotten(1 - 2 / (period + 1));
const wilder = (period: number): number => period + 1 + forgotten(1 - 1 / period);
const window = (parameters: CatalogueParameters): number => Object.values(parameters).reduce((a, b) => a + b, 1);
const wilderOf = ({ period }: CatalogueParameters): number => wilder(period);

const PERIOD = { period: 'bars' } as const;
const plain = (
  input: 'close' | 'bar',
  parameters: Readonly<Record<string, ParameterKind>>,
  forModels: boolean,
  memory: (parameters: CatalogueParameters) => number = window,
  outputs: readonly string[] = [''],
): CatalogueIndicator => ({ input, parameters, outputs, forModels, memory });
const counted: CatalogueIndicator = { ...plain('bar', {}, false), cumulative: true };

const MEASURES: Readonly<Record<string, CatalogueIndicator>> = {
  SMA: plain('close', PERIOD, false),
  EMA: plain('close', PERIOD, false, ({ period }) => exponential(period)),
  WMA: plain('close', PERIOD, false),
  WEMA: plain('close', PERIOD, false, wilderOf),
  MACD: plain(
    'close',
    { fastPeriod: 'bars', slowPeriod: 'bars', signalPeriod: 'bars' },
    false,
    ({ fastPeriod, slowPeriod, signalPeriod }) =>
      exponential(Math.max(fastPeriod, slowPeriod)) + exponential(signalPeriod),
    ['MACD', 'signal', 'histogram'],
  ),
  RSI: plain('close', PERIOD, true, wilderOf),
  BollingerBands: plain('close', { period: 'bars', stdDev: 'number' }, false, window, [
    'upper',
    'middle',
    'lower',
    'pb',
  ]),
  ADX: { ...plain('bar', PERIOD, true, ({ period }) => 2 * wilder(period), ['adx', 'pdi', 'mdi']), passes: 2 },
  ATR: plain('bar', PERIOD, false, wilderOf),
  TrueRange: plain('bar', {}, false, () => 2),
  ROC: plain('close', PERIOD, true),
  KST: plain(
    'close',
    {
      ROCPer1: 'bars',
      ROCPer2: 'bars',
      ROCPer3: 'bars',
      ROCPer4: 'bars',
      SMAROCPer1: 'bars',
      SMAROCPer2: 'bars',
      SMAROCPer3: 'bars',
      SMAROCPer4: 'bars',
      signalPeriod: 'bars',
    },
    true,
    window,
    ['kst', 'signal'],
  ),
  // Agrees from the first bar on at which both have turned; on minutes that is hours at the most.
  PSAR: plain('bar', { step: 'number', max: 'number' }, false, () => 500),
  Stochastic: plain('bar', { period: 'bars', signalPeriod: 'bars' }, true, window, ['k', 'd']),
  WilliamsR: plain('bar', PERIOD, true),
  ADL: counted,
  OBV: counted,
  TRIX: { ...plain('close', PERIOD, true, ({ period }) => 3 * exponential(period) + 1), passes: 3 },
  ForceIndex: plain('bar', PERIOD, false, ({ period }) => exponential(period) + 1),
  CCI: plain('bar', PERIOD, true),
  AwesomeOscillator: plain('bar', { fastPeriod: 'bars', slowPeriod: 'bars' }, false),
  VWAP: counted,
  MFI: plain('bar', PERIOD, true),
  StochasticRSI: plain(
    'close',
    { rsiPeriod: 'bars', stochasticPeriod: 'bars', kPeriod: 'bars', dPeriod: 'bars' },
    true,
    ({ rsiPeriod, stochasticPeriod, kPeriod, dPeriod }) => wilder(rsiPeriod) + stochasticPeriod + kPeriod + dPeriod,
    ['stochRSI', 'k', 'd'],
  ),
  AverageGain: plain('close', PERIOD, false, wilderOf),
  AverageLoss: plain('close', PERIOD, false, wilderOf),
  SD: plain('close', PERIOD, false),
  Highest: plain('close', PERIOD, false),
  Lowest: plain('close', PERIOD, false),
  Sum: plain('close', PERIOD, false),
  IchimokuCloud: plain(
    'bar',
    { conversionPeriod: 'bars', basePeriod: 'bars', spanPeriod: 'bars', displacement: 'bars' },
    false,
    window,
    ['conversion', 'base', 'spanA', 'spanB'],
  ),
  KeltnerChannels: plain(
    'bar',
    { maPeriod: 'bars', atrPeriod: 'bars', multiplier: 'number' },
    false,
    ({ maPeriod, atrPeriod }) => exponential(maPeriod) + wilder(atrPeriod),
    ['upper', 'middle', 'lower'],
  ),
  ChandelierExit: plain(
    'bar',
    { period: 'bars', multiplier: 'number' },
    false,
    ({ period }) => period + wilder(period),
    ['exitLong', 'exitShort'],
  ),
  HeikinAshi: plain('bar', {}, false, () => forgotten(0.5), ['open', 'high', 'low', 'close']),
};

/** 1 where the pattern ends with the bar, else 0. */
const PATTERNS = [
  ...['bullish', 'bearish', 'abandonedbaby', 'doji', 'bearishengulfingpattern', 'bullishengulfingpattern'],
  ...['darkcloudcover', 'downsidetasukigap', 'dragonflydoji', 'gravestonedoji', 'bullishharami', 'bearishharami'],
  ...['bullishharamicross', 'bearishharamicross', 'eveningdojistar', 'eveningstar', 'morningdojistar', 'morningstar'],
  ...['bullishmarubozu', 'bearishmarubozu', 'piercingline', 'bullishspinningtop', 'bearishspinningtop'],
  ...['threeblackcrows', 'threewhitesoldiers', 'bullishhammerstick', 'bearishhammerstick'],
  ...['bullishinvertedhammerstick', 'bearishinvertedhammerstick', 'hammerpattern', 'hammerpatternunconfirmed'],
  ...['hangingman', 'hangingmanunconfirmed', 'shootingstar', 'shootingstarunconfirmed', 'tweezertop', 'tweezerbottom'],
] as const;

const pattern: CatalogueIndicator = {
  input: 'pattern',
  parameters: {},
  outputs: [''],
  forModels: true,
  memory: () => PATTERN_BARS,
};

/** By the library's names. */
export const CATALOGUE: Readonly<Record<string, CatalogueIndicator>> = {
  ...MEASURES,
  ...Object.fromEntries(PATTERNS.map((name) => [name, pattern])),
};

const LONGEST_WINDOW = 100_000;

/** What is wrong with an indicator's name or parameters, one sentence each. */
export function catalogueProblems(
  indicator: unknown,
  parameters: Readonly<Record<string, unknown>>,
): readonly string[] {
  if (typeof indicator !== 'string' || !Object.hasOwn(CATALOGUE, indicator))
    return [`the catalogue has no indicator "${String(indicator)}"; it has ${Object.keys(CATALOGUE).join(', ')}.`];
  const { parameters: wanted } = CATALOGUE[indicator];
  const names = Object.keys(wanted);
  const unknown = Object.keys(parameters).filter((name) => !Object.hasOwn(wanted, name));
  const has = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
  return [
    ...unknown.map((name) => `${name} is not a parameter of ${indicator}; ${has}.`),
    ...names.flatMap((name) => (fits(parameters[name], wanted[name]) ? [] : [`${name} ${SAID[wanted[name]]}.`])),
  ];
}

const SAID: Readonly<Record<ParameterKind, string>> = {
  bars: `must be a whole number of bars from 1 to ${LONGEST_WINDOW}`,
  number: 'must be a number above 0',
};

const fits = (value: unknown, kind: ParameterKind): boolean =>
  typeof value === 'number' &&
  (kind === 'bars' ? Number.isInteger(value) && value >= 1 && value <= LONGEST_WINDOW : value > 0 && value < Infinity);

/** The parameters of a spec or setting, apart from what says which indicator on which bars under what name. */
export const catalogueParameters = (spec: Readonly<Record<string, string | number>>): CatalogueParameters =>
  Object.fromEntries(
    Object.entries(spec).filter(([key]) => !['kind', 'name', 'indicator', 'as', 'minutes'].includes(key)),
  ) as CatalogueParameters;

/** Bars until the last of its columns has a value, at the most. */
export const catalogueFirstValue = (indicator: string, parameters: CatalogueParameters): number =>
  CATALOGUE[indicator].input === 'pattern' ? PATTERN_BARS : (CATALOGUE[indicator].passes ?? 1) * window(parameters) + 1;

/** Names of its columns under a prefix: the prefix itself for a plain number, with the library's name behind it for others. */
export const catalogueColumns = (indicator: string, prefix: string): readonly string[] =>
  CATALOGUE[indicator].outputs.map((output) => (output === '' ? prefix : `${prefix}_${output.toLowerCase()}`));
