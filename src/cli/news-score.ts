/** `omega news score`: stored articles scored by the language model, or by the lexicon where it has no valid answer, and spread along supply links. */
import { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/config';
import type { Article, ArticleAmendment, TickerScore } from '../domain/article';
import { countedScore } from '../domain/sentiment';
import { openDailyBudget } from '../language-model/daily-budget';
import { openLanguageModel } from '../language-model/open-language-model';
import { openArticleStore, type ArticleStore } from '../news/article-store';
import { sentimentGptOf } from '../news/scoring/fnspid-scale';
import { openScoreCache, scoreArticles, tickersOf, type ScoredArticle } from '../news/scoring/score-articles';
import { spreadScores } from '../news/supply-chain/spread-scores';
import { parseSupplyLinks, SupplyLinkError, type SupplyLink } from '../news/supply-chain/supply-links';
import { utcDay } from '../news/utc-time';
import { PACKAGE_ROOT } from './child-command';
import { CliError } from './cli-error';
import { printResult, type CommandIo } from './command-io';
import { currentConfig } from './current-place';
import { instantOf } from './news-similar';
import { learningPlace, withStore } from './store-place';
import { textTable } from './text-table';
import { wholeNumber } from './whole-number';

interface ScoreOptions {
  readonly days: string;
  readonly until?: string;
  readonly count: string;
  readonly json?: boolean;
}

interface Outcome extends ScoredArticle {
  readonly indirect: readonly TickerScore[];
}

const DAY_MS = 86_400_000;
const LEXICON = 'the lexicon';

async function loadLinks({ supplyChain }: Config): Promise<readonly SupplyLink[]> {
  const file = supplyChain.file ?? join(PACKAGE_ROOT, 'data', 'supply-chain', 'links.csv');
  try {
    return parseSupplyLinks(await readFile(file, 'utf8'), file);
  } catch (error) {
    if (error instanceof SupplyLinkError) throw new CliError('DATA', error.message, { cause: error });
    throw new CliError('DATA', `${file} (supplyChain.file) cannot be read.`, { cause: error });
  }
}

/** An article was scored by the lexicon when it was taken in: that score stays where the model has none. */
const lexiconScores = ({ scores }: Article, tickers: readonly string[]): readonly TickerScore[] =>
  scores.filter(({ scorer, ticker, indirect }) => scorer === 'lexicon' && !indirect && tickers.includes(ticker));

/** What links make of the scores that count now; a direct score of the same article is never replaced. */
function indirectOf(
  { article, scores }: ScoredArticle,
  links: readonly SupplyLink[],
  config: Config,
  now: number,
): readonly TickerScore[] {
  const known = { scores: [...article.scores.filter(({ indirect }) => !indirect), ...scores] };
  const direct = tickersOf(article).flatMap((ticker) => countedScore(known, ticker, now) ?? []);
  return spreadScores(direct, links, article.usable_from, config.supplyChain);
}

async function keep(articles: ArticleStore, outcomes: readonly Outcome[]): Promise<void> {
  const days = new Map<string, ArticleAmendment[]>();
  for (const { article, scores, by, indirect } of outcomes) {
    const added = [...(by === 'fallback' ? [] : scores), ...indirect];
    if (added.length === 0) continue;
    const day = utcDay(article.time_published);
    days.set(day, [...(days.get(day) ?? []), { id: article.id, scores: added }]);
  }
  for (const [day, amendments] of days) await articles.amend(day, amendments);
}

const isScored = ({ scores }: Article): boolean =>
  scores.some(({ scorer, indirect }) => scorer === 'language-model' && !indirect);

async function score(io: CommandIo, options: ScoreOptions): Promise<void> {
  const { config } = currentConfig(io);
  const until = options.until === undefined ? Date.now() : instantOf('--until', options.until);
  const from = until - wholeNumber('--days', options.days, 1, 100_000) * DAY_MS;
  const count = wholeNumber('--count', options.count, 1, 1_000_000);
  const links = await loadLinks(config);
  const opened = openLanguageModel(config.languageModel, { env: io.env, stateDir: config.stateDir });
  await withStore(learningPlace(io), async (store) => {
    const articles = openArticleStore(store);
    const waiting = (await articles.between(from, until)).filter((article) => !isScored(article)).slice(-count);
    const scored = await scoreArticles(waiting, {
      model: opened.kind === 'open' ? opened.model : { absent: opened.why },
      fallback: lexiconScores,
      cache: openScoreCache(join(config.stateDir, 'language-model', 'answers')),
      articlesPerCall: config.languageModel.articlesPerCall,
      attempts: config.languageModel.attempts,
      now: Date.now,
    });
    const now = Date.now();
    const outcomes = scored.map((one) => ({ ...one, indirect: indirectOf(one, links, config, now) }));
    await keep(articles, outcomes);
    const budget = await openDailyBudget(
      join(config.stateDir, 'language-model', 'budget'),
      config.languageModel,
    ).today();
    const model = opened.kind === 'open' ? opened.model.name : null;
    const summary = { model, why: opened.kind === 'absent' ? opened.why : null, waiting: waiting.length, budget };
    printResult(io, options.json, { ...summary, articles: outcomes.map(documentOf) }, linesOf(outcomes, summary));
  });
}

const scoreDocument = ({ ticker, score: value, relevance, impact, scorer, indirect }: TickerScore): object => ({
  ticker,
  score: value,
  relevance,
  impact,
  scorer,
  indirect,
  Sentiment_gpt: Number(sentimentGptOf(value).toFixed(4)),
});

const documentOf = ({ article, scores, by, why, indirect }: Outcome): object => ({
  id: article.id,
  title: article.title,
  time_published_dt: article.time_published_dt,
  by,
  why,
  scores: [...scores, ...indirect].map(scoreDocument),
});

interface Summary {
  readonly model: string | null;
  readonly why: string | null;
  readonly waiting: number;
  readonly budget: { readonly calls: number; readonly cost: number };
}

function linesOf(outcomes: readonly Outcome[], { model, why, waiting, budget }: Summary): readonly string[] {
  const rows = outcomes.flatMap(({ article, scores, indirect }) =>
    [...scores, ...indirect].map((one) => ({ article, one })),
  );
  const table = textTable<(typeof rows)[number]>(
    [
      { title: 'ticker', cell: ({ one }) => one.ticker },
      { title: 'score', align: 'right', cell: ({ one }) => one.score.toFixed(2) },
      { title: 'relevance', align: 'right', cell: ({ one }) => one.relevance.toFixed(2) },
      { title: 'impact', align: 'right', cell: ({ one }) => one.impact.toFixed(2) },
      { title: 'by', cell: ({ one }) => (one.indirect ? `${one.scorer}, along a link` : one.scorer) },
      { title: 'title', cell: ({ article }) => article.title.slice(0, 80) },
    ],
    rows,
  );
  const byModel = outcomes.filter(({ by }) => by !== 'fallback').length;
  const reasons = [...new Set(outcomes.flatMap((outcome) => outcome.why ?? []))];
  return [
    ...(rows.length === 0 ? [] : table),
    `${waiting} articles without a language model's score: ${byModel} scored by ${model ?? 'none'}, ${outcomes.length - byModel} stay with ${LEXICON}, ${waiting - outcomes.length} name no ticker`,
    ...(model === null
      ? [`no language model: ${why ?? ''}`]
      : reasons.map((reason) => `${LEXICON} because: ${reason}`)),
    ...(model === null ? [] : [`today: ${budget.calls} calls, $${budget.cost.toFixed(4)}`]),
  ];
}

export const newsScoreCommand = (io: CommandIo): Command =>
  new Command('score')
    .description('score stored articles by the language model, spread scores along supply links')
    .option('--days <n>', 'articles published in the last n days', '7')
    .option('--until <instant>', 'before this: a date (its beginning, UTC) or a time (default: now)')
    .option('--count <n>', 'the newest n of those that have no score of the model yet', '200')
    .option('--json', 'print JSON')
    .action((options: ScoreOptions) => score(io, options));
