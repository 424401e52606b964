/** Entities that are no companies of the table: people, places, institutions, indices, currencies and commodities that move markets. */
import type { ArticleEntity } from '../../domain/article';

type Known = readonly [pattern: string, name: string];

const KNOWN: Readonly<Partial<Record<ArticleEntity['type'], readonly Known[]>>> = {
  organisation: [
    ['Federal Reserve|the Fed|Fed|FED|FOMC', 'Federal Reserve'],
    ['European Central Bank|ECB', 'European Central Bank'],
    ['Bank of England|BoE', 'Bank of England'],
    ['Bank of Japan|BoJ', 'Bank of Japan'],
    ['Reserve Bank of Australia|RBA', 'Reserve Bank of Australia'],
    ['OPEC\\+?', 'OPEC'],
    ['Securities and Exchange Commission', 'Securities and Exchange Commission'],
    ['International Monetary Fund|IMF', 'International Monetary Fund'],
    ['World Bank', 'World Bank'],
    ['Congress', 'United States Congress'],
    ['White House', 'White House'],
  ],
  person: [
    ['Jerome Powell|Powell', 'Jerome Powell'],
    ['Janet Yellen|Yellen', 'Janet Yellen'],
    ['Ben Bernanke|Bernanke', 'Ben Bernanke'],
    ['Christine Lagarde|Lagarde', 'Christine Lagarde'],
    ['Mario Draghi|Draghi', 'Mario Draghi'],
    ['Donald Trump|Trump', 'Donald Trump'],
    ['Joe Biden|Biden', 'Joe Biden'],
    ['Barack Obama|Obama', 'Barack Obama'],
    ['Warren Buffett|Buffett', 'Warren Buffett'],
    ['Elon Musk|Musk', 'Elon Musk'],
    ['Tim Cook', 'Tim Cook'],
  ],
  place: [
    ['United States|U\\.S\\.|US|USA|America|North America', 'United States'],
    ['China|Chinese', 'China'],
    ['Europe|European|Eurozone|euro zone', 'Europe'],
    ['Japan|Japanese', 'Japan'],
    ['United Kingdom|U\\.K\\.|UK|Britain|British', 'United Kingdom'],
    ['Australia|Australian', 'Australia'],
    ['Germany|German', 'Germany'],
    ['Asia|Asian', 'Asia'],
    ['Russia|Russian', 'Russia'],
    ['India|Indian', 'India'],
  ],
  index: [
    ['S&P 500|S&amp;P 500', 'S&P 500'],
    ['Dow Jones Industrial Average|Dow Jones|Dow', 'Dow Jones Industrial Average'],
    ['Nasdaq 100|Nasdaq Composite|Nasdaq(?! ?:)', 'Nasdaq'],
    ['Russell 2000', 'Russell 2000'],
    ['VIX', 'VIX'],
  ],
  currency: [
    ['US dollar|U\\.S\\. dollar|dollar|greenback|USD', 'US dollar'],
    ['euro(?! ?zone)|EUR', 'euro'],
    ['pound sterling|sterling|GBP', 'pound sterling'],
    ['Australian dollar|AUD', 'Australian dollar'],
    ['yen|JPY', 'yen'],
    ['Bitcoin|bitcoin|BTC', 'bitcoin'],
  ],
  commodity: [
    ['gold|Gold|bullion', 'gold'],
    ['silver prices?|Silver', 'silver'],
    ['crude oil|crude|oil prices?|Oil', 'crude oil'],
    ['natural gas', 'natural gas'],
    ['copper|Copper', 'copper'],
  ],
};

const MATCH = 0.9;
/** A name and what follows it: "Hooli Holdings Inc". */
const WITH_LEGAL_FORM =
  /\b(?:[A-Z][\w&'’-]+ ){0,3}[A-Z][\w&'’-]+,? (?:Inc|Incorporated|Corp|Corporation|Ltd|Limited|PLC|plc|LLC|AG|SE|N\.V\.|S\.A\.)\b/g;
const MATCH_BY_FORM = 0.6;

const PATTERNS = Object.entries(KNOWN).flatMap(([type, rows]) =>
  rows.map(([pattern, name]) => ({
    type: type as ArticleEntity['type'],
    name,
    pattern: new RegExp(`(?<![\\w.-])(?:${pattern})(?![\\w-])`, 'u'),
  })),
);

export const namedThings = (text: string): readonly ArticleEntity[] =>
  PATTERNS.filter(({ pattern }) => pattern.test(text)).map(({ type, name }) => ({
    name,
    type,
    ticker: null,
    match: MATCH,
  }));

/** Companies that only their legal form gives away. */
export const companiesByForm = (text: string): readonly ArticleEntity[] =>
  [...new Set([...text.matchAll(WITH_LEGAL_FORM)].map(([whole]) => whole.trim()))].map((name) => ({
    name,
    type: 'company',
    ticker: null,
    match: MATCH_BY_FORM,
  }));
