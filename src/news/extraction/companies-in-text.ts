/**
 * Which companies a text names: cashtags ($T), exchange and ticker (NYSE: F), names, other names, tickers alone. Short tickers are words
 * (T, F, V, A), so one or two letters count only with a cashtag or an exchange; CAT or COST alone count neither.
 */
import type { Company } from '../companies';

export interface NamedCompany {
  readonly ticker: string;
  /** The table's name, or the ticker of one that is not in it. */
  readonly name: string;
  /** 0..1: how sure it is that this company is meant. */
  readonly match: number;
  readonly mentions: number;
}

export type CompanyFinder = (text: string) => readonly NamedCompany[];

const CASHTAG = /(?<![\w$])\$([A-Z]{1,5}(?:\.[A-Z])?)(?![\w$])/g;
const WITH_EXCHANGE =
  /\b(?:NYSE|NASDAQ|Nasdaq|NasdaqGS|AMEX|NYSE Arca|NYSEARCA|NYSE American)\s*[:–-]\s*([A-Z]{1,5}(?:\.[A-Z])?)\b/g;
const IN_PARENTHESES = /\(([A-Z]{3,5}(?:\.[A-Z])?)\)/g;
const BARE = /(?<![\w$.&-])([A-Z]{3,5})(?![\w&-]|\.\w)/g;
/** Tickers that are words or abbreviations when they stand alone. */
const WORDS = new Set(['ALL', 'ARE', 'CAT', 'COST', 'HAS', 'KEY', 'LOW', 'MET', 'NOW', 'ONE', 'REAL', 'SEE', 'UPS']);
/** Filings write names in capitals; shorter ones could be anything then. */
const SHORTEST_SHOUTED = 5;
/** With more capitals than this, a ticker is not told from a shouted word. */
const SHOUTED = 0.7;

const SURE = 1;
const NAME = 0.95;
const TICKER_IN_PARENTHESES = 0.9;
const TICKER_ALONE = 0.8;
const WEAK_NAME = 0.5;

export function createCompanyFinder(companies: readonly Company[]): CompanyFinder {
  const byTicker = new Map(companies.map((company) => [company.ticker, company]));
  const names = new Map<string, { readonly company: Company; readonly match: number }>(
    companies.flatMap((company) => [
      ...[company.name, ...company.aliases]
        .flatMap((name) => (name.length < SHORTEST_SHOUTED ? [name] : [name, name.toUpperCase()]))
        .map((name) => [name, { company, match: NAME }] as const),
      ...company.weak.map((name) => [name, { company, match: WEAK_NAME }] as const),
    ]),
  );
  // The longest name first: "Bank of America" before a bank that is called America.
  const longestFirst = [...names.keys()].sort((a, b) => b.length - a.length).map(escaped);
  const anyName =
    longestFirst.length === 0 ? null : new RegExp(`(?<![\\w&-])(${longestFirst.join('|')})(?![\\w&-])`, 'g');
  return (text) => {
    const found = new Map<string, NamedCompany>();
    const add = (ticker: string, match: number): void => {
      const known = found.get(ticker);
      found.set(ticker, {
        ticker,
        name: byTicker.get(ticker)?.name ?? ticker,
        match: Math.max(match, known?.match ?? 0),
        mentions: (known?.mentions ?? 0) + 1,
      });
    };
    for (const [, ticker] of text.matchAll(CASHTAG)) add(ticker, SURE);
    for (const [, ticker] of text.matchAll(WITH_EXCHANGE)) add(ticker, SURE);
    for (const [, ticker] of text.matchAll(IN_PARENTHESES))
      if (byTicker.has(ticker)) add(ticker, TICKER_IN_PARENTHESES);
    if (!isShouted(text))
      for (const [, ticker] of text.matchAll(BARE))
        if (byTicker.has(ticker) && !WORDS.has(ticker)) add(ticker, TICKER_ALONE);
    if (anyName !== null)
      for (const [name] of text.matchAll(anyName)) {
        const named = names.get(name);
        if (named !== undefined) add(named.company.ticker, named.match);
      }
    return [...found.values()];
  };
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function isShouted(text: string): boolean {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const capitals = text.match(/\p{Lu}/gu)?.length ?? 0;
  return letters > 0 && capitals / letters > SHOUTED;
}
