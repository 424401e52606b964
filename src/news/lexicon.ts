/**
 * Words of financial news and what they say of a price: written for this program (Apache-2.0). The field's standard list (Loughran and
 * McDonald) is free for research alone, AFINN and VADER are lists of everyday words: liability, tax or cut mean other things here.
 * Weights are −1..1 by hand: ±1 leaves no doubt (bankruptcy, soar), ±0.6 is plain, ±0.3 a shade.
 */

const listed = (words: string): readonly string[] => words.split(' ');

export const POSITIVE: Readonly<Record<string, readonly string[]>> = {
  1: listed('soar surge skyrocket blowout stellar windfall breakthrough outperform triumph'),
  0.8: listed('beat exceed surpass rally jump boom thrive upgrade rebound accelerate robust bullish record'),
  0.6: listed(
    'gain climb advance profit profitable boost strong strength stronger improve improvement recover recovery win ' +
      'success successful outpace optimism optimistic upbeat approve approval growth grow reward lucrative ' +
      'favorable lead momentum resilient best great excellent impressive upside',
  ),
  0.3: listed(
    'good better solid positive stable benefit opportunity confident confidence expand expansion partner ' +
      'partnership innovative launch dividend buyback attract support ease efficient attractive buy award',
  ),
};

export const NEGATIVE: Readonly<Record<string, readonly string[]>> = {
  1: listed('bankruptcy bankrupt collapse crash plunge plummet fraud meltdown catastrophe insolvent rout tumble'),
  0.8: listed('miss slump sink downgrade lawsuit probe recession crisis bearish panic gloomy scandal default layoff'),
  0.6: listed(
    'loss fall drop decline slide slip weak weakness weaker worry worried fear warn warning disappoint ' +
      'disappointing shortfall deteriorate shrink contract lower worse worst fail failure fine penalty recall ' +
      'investigation sue suspend halt delay impairment downturn struggle threat threaten ban deficit turmoil ' +
      'selloff terminate resign underperform slowdown stagnant pessimistic trouble hurt damage',
  ),
  0.3: listed(
    'cut risk concern uncertain uncertainty slow soft pressure volatile cautious challenge bad negative sell debt ' +
      'tariff dispute allege restructure writedown charge',
  ),
};

/** What it is good to have more of, and bad to have less of. */
export const BENEFITS = listed(
  'profit revenue sale earning income margin growth demand output order cash dividend price stock share',
);
/** What it is good to have less of, and bad to have more of. */
export const BURDENS = listed(
  'loss cost expense debt unemployment jobless claim inflation deficit default layoff risk fear worry ' +
    'tariff tax churn delinquency',
);
export const UPWARD = listed(
  'rise increase grow widen surge jump climb soar accelerate mount up higher deepen intensify expand',
);
export const DOWNWARD = listed(
  'fall drop decline narrow shrink ease decrease reduce cut lower slow cool down slash trim',
);

/** Words of two or three that mean something else than their parts; found first, and their words count no more. */
export const PHRASES: Readonly<Record<string, number>> = {
  'rate cut': 0.3,
  'cut rate': 0.3,
  'rate hike': -0.3,
  'raise rate': -0.3,
  'cut guidance': -0.9,
  'lower guidance': -0.9,
  'cut forecast': -0.8,
  'cut outlook': -0.8,
  'raise guidance': 0.9,
  'raise forecast': 0.8,
  'raise outlook': 0.8,
  'raise dividend': 0.6,
  'cut dividend': -0.8,
  'profit warning': -0.9,
  'below expectation': -0.8,
  'below estimate': -0.8,
  'above expectation': 0.8,
  'above estimate': 0.8,
  'all time high': 0.7,
  'record high': 0.7,
  'record low': -0.8,
  'record loss': -1,
  'price target raised': 0.6,
  'price target cut': -0.6,
  'great buy': 0.8,
  'short squeeze': 0.4,
  'fine print': 0,
  'lead to': 0,
  'buy out': 0.4,
  'strong buy': 0.8,
  'sell off': -0.7,
  'write down': -0.6,
  'going concern': -0.9,
  'chapter 11': -1,
  'step down': -0.3,
  'press release': 0,
  'stock market': 0,
  'most active': 0,
  'you miss': 0,
  'investor miss': 0,
};

/** What makes the next word count more or less. */
export const DEGREES: Readonly<Record<string, number>> = {
  sharply: 1.4,
  steeply: 1.4,
  heavily: 1.3,
  significantly: 1.3,
  massive: 1.4,
  big: 1.2,
  huge: 1.4,
  very: 1.3,
  strongly: 1.3,
  slightly: 0.6,
  modestly: 0.6,
  somewhat: 0.7,
  mildly: 0.6,
  marginally: 0.6,
  little: 0.7,
};
