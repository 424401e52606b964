/** MarketAux and Tiingo as their documentation describes them, on loopback: paging, filters, keys, and any answer that a test asks for. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const KEY = 'test-key-123456';

/** One story of the world; each API tells it in its own way. */
export interface Story {
  readonly id: number;
  readonly title: string;
  readonly url: string;
  readonly published: number;
  readonly crawled: number;
  readonly ticker: string;
  readonly score: number;
}

export interface ScriptedAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export class NewsServer {
  /** Answers given before the real one, first come, first served. */
  readonly script: ScriptedAnswer[] = [];
  readonly requests: URL[] = [];
  /** Instead of Tiingo's own paging: the stories of a page. */
  answers: ((offset: number) => readonly Story[]) | null = null;

  private constructor(
    private readonly server: Server,
    readonly stories: Story[],
    readonly extra: unknown[],
  ) {}

  /** `extra` items stand at the end of every first page as they are. */
  static async open(api: 'marketaux' | 'tiingo', stories: Story[] = [], planLimit = 100): Promise<NewsServer> {
    const server = createServer();
    const opened = new NewsServer(server, stories, []);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const url = new URL(request.url ?? '/', opened.baseUrl);
      opened.requests.push(url);
      const scripted = opened.script.shift();
      const real = () =>
        api === 'marketaux' ? marketaux(opened, url, planLimit) : tiingo(opened, url, request.headers.authorization);
      const { status, body, headers = {} } = scripted ?? real();
      response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(body);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return opened;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}

const json = (status: number, value: unknown): ScriptedAnswer => ({ status, body: JSON.stringify(value) });

function marketaux({ stories, extra }: NewsServer, url: URL, planLimit: number): ScriptedAnswer {
  const asked = url.searchParams;
  if (asked.get('api_token') !== KEY)
    return json(401, { error: { code: 'invalid_api_token', message: 'An invalid API token was supplied.' } });
  const time = (name: string): number => Date.parse(`${asked.get(name)}Z`);
  const symbols = (asked.get('symbols') ?? '').split(',');
  const [after, before] = [time('published_after'), time('published_before')];
  const found = stories
    .filter(({ published, ticker }) => published >= after && published <= before && symbols.includes(ticker))
    .sort((a, b) => (asked.get('sort_order') === 'asc' ? a.published - b.published : b.published - a.published));
  const limit = Math.min(planLimit, Number(asked.get('limit')));
  const page = Number(asked.get('page'));
  const data = found.slice((page - 1) * limit, page * limit).map(marketauxItem);
  const items = page === 1 ? [...data, ...extra] : data;
  return json(200, { meta: { found: found.length, returned: items.length, limit, page }, data: items });
}

const marketauxItem = ({ id, title, url, published, ticker, score }: Story): unknown => ({
  uuid: `00000000-0000-0000-0000-${String(id).padStart(12, '0')}`,
  title,
  description: `${title}.`,
  keywords: '',
  snippet: '',
  url: `${url}?utm_source=marketaux`,
  image_url: '',
  language: 'en',
  published_at: new Date(published).toISOString().replace('Z', '000Z'),
  source: 'example.com',
  relevance_score: null,
  entities: [
    {
      symbol: ticker,
      name: ticker,
      exchange: null,
      exchange_long: null,
      country: 'us',
      type: 'equity',
      industry: 'X',
      match_score: 12.1,
      sentiment_score: score,
      highlights: [],
    },
  ],
  similar: [],
});

function tiingo({ stories, extra, answers }: NewsServer, url: URL, authorization: string | undefined): ScriptedAnswer {
  if (authorization !== `Token ${KEY}`) return json(401, { detail: 'Invalid token.' });
  const asked = url.searchParams;
  const tickers = (asked.get('tickers') ?? '').split(',');
  const offset = Number(asked.get('offset'));
  const page = () =>
    stories
      .filter(
        ({ published, ticker }) =>
          published >= Date.parse(asked.get('startDate') ?? '') && tickers.includes(ticker.toLowerCase()),
      )
      .sort((a, b) => b.crawled - a.crawled)
      .slice(offset, offset + Number(asked.get('limit')));
  const items = (answers?.(offset) ?? page()).map(tiingoItem);
  return json(200, offset === 0 ? [...items, ...extra] : items);
}

const tiingoItem = ({ id, title, url, published, crawled, ticker }: Story): unknown => ({
  id,
  title,
  url: `${url}/`,
  description: `${title}.`,
  source: 'example.com',
  publishedDate: new Date(published).toISOString(),
  crawlDate: new Date(crawled).toISOString().replace('Z', '000+00:00'),
  tickers: [ticker.toLowerCase()],
  tags: ['Earnings'],
});

const WORDS =
  'alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa quebec romeo sierra tango'.split(
    ' ',
  );

/** `count` stories a minute apart up to `until`, each with a title of its own. */
export const storiesUntil = (until: number, count: number, name = 'story'): Story[] =>
  Array.from({ length: count }, (_, id) => {
    const published = until - (count - id) * 60_000;
    const words = [0, 1, 2, 3].map((digit) => WORDS[Math.floor(id / 20 ** digit + digit * 7) % 20]);
    return {
      id,
      title: `Microsoft ${words.join(' ')} ${name} ${id}`,
      url: `https://www.example.com/${name}/${id}`,
      published,
      crawled: published + 30_000,
      ticker: 'MSFT',
      score: (id % 21) / 10 - 1,
    };
  });
