/**
 * What kind of news an article is, by the words of its title first and of its text then, and how much such news matters to a price: an order
 * of magnitude by kind, not a forecast. The rows are in the order of NEWS_TYPES; the first whose words are in the title decides.
 */
import type { NewsType } from '../../domain/article';
import type { Language, Word } from './language';
import { contains, phraseOf } from './phrases';
import type { Phrase } from './phrases';

interface TopicRow {
  readonly type: NewsType;
  /** 0..1. */
  readonly impact: number;
  readonly terms: readonly string[];
}

const ROWS: readonly TopicRow[] = [
  {
    type: 'monetary-policy',
    impact: 0.9,
    terms: [
      'Fed',
      'FOMC',
      'Federal Reserve',
      'ECB',
      'central bank',
      'interest rate',
      'rate hike',
      'rate cut',
      'monetary policy',
      'basis point',
    ],
  },
  {
    type: 'earnings',
    impact: 0.8,
    terms: [
      'earnings',
      'quarterly result',
      'quarter result',
      'EPS',
      'earnings per share',
      'record profit',
      'quarterly profit',
      'revenue',
      'results of operations',
      'beat estimate',
      'miss estimate',
      'beat expectation',
      'miss expectation',
    ],
  },
  {
    type: 'guidance',
    impact: 0.8,
    terms: ['guidance', 'outlook', 'profit warning', 'forecast', 'revises expectation'],
  },
  {
    type: 'merger',
    impact: 0.9,
    terms: [
      'merger',
      'merge',
      'acquire',
      'acquisition',
      'takeover',
      'buyout',
      'tender offer',
      'spin off',
      'SC 13D',
      'SC TO-T',
    ],
  },
  {
    type: 'legal',
    impact: 0.6,
    terms: [
      'lawsuit',
      'sue',
      'probe',
      'investigation',
      'settlement',
      'antitrust',
      'fine',
      'bankruptcy',
      'recall',
      'fraud',
      'indictment',
    ],
  },
  {
    type: 'management',
    impact: 0.5,
    terms: ['CEO', 'CFO', 'chief executive', 'resign', 'step down', 'board of directors', 'appoint'],
  },
  {
    type: 'analyst',
    impact: 0.5,
    terms: [
      'upgrade',
      'downgrade',
      'price target',
      'analyst',
      'rating',
      'overweight',
      'underweight',
      'initiates coverage',
      'outperform',
    ],
  },
  { type: 'dividend', impact: 0.4, terms: ['dividend', 'buyback', 'repurchase', 'yield mark', 'stock split'] },
  {
    type: 'product',
    impact: 0.4,
    terms: ['launch', 'unveil', 'partner', 'partnership', 'contract', 'approval', 'FDA', 'patent'],
  },
  {
    type: 'economy',
    impact: 0.7,
    terms: [
      'inflation',
      'CPI',
      'GDP',
      'unemployment',
      'payroll',
      'jobless',
      'recession',
      'consumer price',
      'retail sales',
      'economy',
      'dollar',
      'tariff',
      'trade war',
    ],
  },
  {
    type: 'commodity',
    impact: 0.5,
    terms: ['gold', 'oil', 'crude', 'OPEC', 'copper', 'silver', 'commodity', 'bullion', 'natural gas'],
  },
  {
    type: 'filing',
    impact: 0.3,
    terms: ['8-K', '10-K', '10-Q', '6-K', '20-F', 'SC 13G', 'DEF 14A', 'form 4', 'files'],
  },
  {
    type: 'market-wrap',
    impact: 0.2,
    terms: ['market', 'after hours', 'pre-market', 'stocks to watch', 'Dow', 'Nasdaq', 'S&P 500', 'wall street'],
  },
];
const OTHER_IMPACT = 0.3;

export interface Topics {
  readonly newsType: NewsType;
  readonly impact: number;
  /** Every row whose words occur, title's first. */
  readonly topics: readonly NewsType[];
}

export type TopicReader = (title: readonly Word[], body: readonly Word[]) => Topics;

export function createTopicReader(language: Language): TopicReader {
  const rows = ROWS.map((row) => ({ ...row, phrases: row.terms.map((term): Phrase => phraseOf(language, term)) }));
  return (title, body) => {
    const inTitle = rows.filter(({ phrases }) => contains(title, phrases));
    const inBody = rows.filter((row) => !inTitle.includes(row) && contains(body, row.phrases));
    const found = [...inTitle, ...inBody];
    return {
      newsType: found[0]?.type ?? 'other',
      impact: found[0]?.impact ?? OTHER_IMPACT,
      topics: found.map(({ type }) => type),
    };
  };
}
