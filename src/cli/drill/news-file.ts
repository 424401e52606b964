/**
 * A news file in FNSPID's layout, from a seed: stories of four months about some companies, told again by others, with rows that are no
 * articles, in an order that is nearly but not quite that of time, as the real files are. Pure.
 */
import { createRandom, seedOf, type Random } from '../../learning/random';

const FIRST_TIME = Date.parse('2020-03-02T00:00:00Z');
const STEP_MS = 36 * 60_000;
/** Rows arrive this much before or after their place. */
const JITTER_MS = 20 * 3_600_000;
const TICKERS = ['AAPL', 'AMZN', 'BA', 'BAC', 'CAT', 'CSCO', 'CVX', 'DIS', 'GE', 'GS', 'HD', 'COST'];
const WORDS =
  'market shares rally decline quarter profit outlook guidance plant supply demand order contract court ruling merger bid pension dividend buyback forecast analyst upgrade downgrade factory launch delay recall engine software retail bank credit margin export tariff storm strike settlement audit patent licence pipeline refinery airline cloud device chip battery loan deposit mortgage travel grocery freight harvest copper lithium permit'.split(
    ' ',
  );
const TITLE_WORDS = 9;
const BODY_SENTENCES = 8;
const SENTENCE_WORDS = 12;
/** One row in so many is told again at the same address, under the same title, or has no date. */
const SAME_ADDRESS = 37;
const SAME_TITLE = 23;
const NO_DATE = 101;
const HEADER = 'Date,Article_title,Stock_symbol,Url,Publisher,Author,Article';

interface Story {
  readonly time: number;
  readonly title: string;
  readonly ticker: string;
  readonly url: string;
}

const words = (random: Random, count: number): string =>
  Array.from({ length: count }, () => WORDS[random.below(WORDS.length)]).join(' ');

/** The file's text; `rows` rows below its header. */
export function newsFile(rows: number, seed: number): string {
  const random = createRandom(seedOf('drill-news', seed));
  const lines = [HEADER];
  let last: Story | null = null;
  for (let row = 1; row <= rows; row += 1) {
    const fresh = storyOf(row, random);
    const story: Story = last === null ? fresh : retold(row, last, fresh);
    const date = row % NO_DATE === 0 ? 'yesterday' : fnspidTime(story.time);
    lines.push([date, story.title, story.ticker, story.url, 'Drill Wire', '', bodyOf(story, random)].join(','));
    last = story;
  }
  return `${lines.join('\n')}\n`;
}

const storyOf = (row: number, random: Random): Story => ({
  time: FIRST_TIME + row * STEP_MS + random.below(2 * JITTER_MS),
  title: `${words(random, TITLE_WORDS)} ${row}`,
  ticker: TICKERS[random.below(TICKERS.length)],
  url: `https://news.example/${row}`,
});

/** The story before again: at the same address, or elsewhere under the same title and about another company too. */
function retold(row: number, last: Story, fresh: Story): Story {
  if (row % SAME_ADDRESS === 0) return { ...fresh, url: `${last.url}?utm_source=feed` };
  if (row % SAME_TITLE === 0) return { ...fresh, title: last.title, time: last.time + STEP_MS };
  return fresh;
}

const bodyOf = ({ ticker }: Story, random: Random): string =>
  Array.from({ length: BODY_SENTENCES }, () => `${ticker} ${words(random, SENTENCE_WORDS)}.`).join(' ');

/** `2020-03-02 00:36:00 UTC`. */
const fnspidTime = (time: number): string => `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
