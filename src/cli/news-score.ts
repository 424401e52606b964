/** `omega news score`: stored articles scored by the language model, or by the lexicon where it has no valid answer, and spread along supply links. */
import { Command } from 'commander';
import { join } from 'node:path';
import type { TickerScore } from '../domain/article';
import { openDailyBudget } from '../language-model/daily-budget';
import { sentimentGptOf } from '../news/scoring/fnspid-scale';
import { openNewsScoring, type SpreadArticle } from '../news/scoring/score-stored';
import { SupplyLinkError } from '../news/supply-chain/supply-links';
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

const DAY_MS = 86_400_000;
const LEXICON = 'the lexicon';

async function score(io: CommandIo, options: ScoreOptions): Promise<void> {
  const { config } = currentConfig(io);
  const until = options.until === undefined ? Date.now() : instantOf('--until', options.until);
  const from = until - wholeNumber('--days', options.days, 1, 100_000) * DAY_MS;
  const count = wholeNumber('--count', options.count, 1, 1_000_000);
  await withStore(learningPlace(io), async (store) => {
    const dataFolder = join(PACKAGE_ROOT, 'data');
    const scoring = openNewsScoring({ config, store, dataFolder, env: io.env, now: Date.now });
    const { waiting, outcomes } = await scoring.score({ from, to: until, count }).catch((error: unknown) => {
      if (error instanceof SupplyLinkError) throw new CliError('DATA', error.message, { cause: error });
      throw error;
    });
    const budget = await openDailyBudget(
      join(config.stateDir, 'language-model', 'budget'),
      config.languageModel,
    ).today();
    const summary = { model: scoring.model, why: scoring.why, waiting, budget };
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

const documentOf = ({ article, scores, by, why, indirect }: SpreadArticle): object => ({
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

function linesOf(outcomes: readonly SpreadArticle[], { model, why, waiting, budget }: Summary): readonly string[] {
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
