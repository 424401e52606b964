import { articleId, canonicalUrl } from '../../src/news/canonical-url';
import { plainText } from '../../src/news/plain-text';
import { titleSimilarity, titleWords } from '../../src/news/title-similarity';
import { readUtcTime } from '../../src/news/utc-time';

test.each([
  ['https://www.Example.com/a/b/', 'example.com/a/b'],
  ['http://example.com:80/a/b?utm_source=x&utm_medium=y#top', 'example.com/a/b'],
  ['https://amp.example.com/a/b/amp/', 'example.com/a/b'],
  ['https://example.com/a?b=2&a=1&fbclid=zz', 'example.com/a?a=1&b=2'],
  ['https://example.com/A?id=Q', 'example.com/A?id=Q'],
  ['https://example.com/', 'example.com'],
  [' not an address ', 'not an address'],
])('%s is %s', (url, canonical) => {
  expect(canonicalUrl(url)).toBe(canonical);
});

test('ids: of the address, or of publisher and title where there is none', () => {
  const one = { url: 'https://www.x.com/a/', source: 'x.com', title: 'T' };
  expect(articleId(one)).toBe(articleId({ ...one, url: 'http://x.com/a?utm_campaign=1', source: 'y' }));
  expect(articleId({ ...one, url: '' })).toBe(articleId({ ...one, url: '', title: 't' }));
  expect(articleId({ ...one, url: '' })).not.toBe(articleId({ ...one, url: '', source: 'y' }));
});

const alike = (a: string, b: string): number => titleSimilarity(titleWords(a), titleWords(b));
test('titles: signatures, order and small words aside; short ones are never alike', () => {
  expect(alike('4 Ways to Beat the Market Now - NASDAQ.com', '4 ways to beat market now')).toBe(1);
  expect(alike('Dow slump, tech continue outperform', 'Tech continue to outperform as the Dow slump')).toBe(1);
  expect(alike('Apple rises 3% on strong sales', 'Apple falls 3% on weak sales')).toBeLessThan(0.5);
  expect(alike('Market Wrap', 'Market Wrap')).toBe(0);
  expect(alike('Stocks Rise Again On Monday - Gold Falls', 'Stocks Rise Again On Monday - Oil Climbs')).toBeLessThan(
    0.85,
  );
  expect(alike('Stocks Rise Again On Monday | Reuters', 'Stocks rise again on Monday - Bloomberg')).toBe(1);
});

test.each([
  ['2024-11-08T01:24:00.000000Z', '2024-11-08T01:24:00.000Z', false],
  ['2016-01-12T21:07:28.073309+00:00', '2016-01-12T21:07:28.073Z', false],
  ['2016-01-12T21:07:28-0500', '2016-01-13T02:07:28.000Z', false],
  ['2020-06-05 13:30:00 UTC', '2020-06-05T13:30:00.000Z', false],
  ['2020-06-05 00:00:00 UTC', '2020-06-05T00:00:00.000Z', true],
  ['2020-06-05', '2020-06-05T00:00:00.000Z', true],
])('%s is %s', (text, iso, dateOnly) => {
  const time = readUtcTime(text);
  expect(time).toEqual({ ms: Date.parse(iso), dateOnly });
});

test.each(['', 'today', '2020-06-05 13:30:00', '2020-13-05', '2021-02-30', '1591363800', '2020-06-05T25:00:00Z'])(
  '%j is no time',
  (text) => {
    expect(readUtcTime(text)).toBeNull();
  },
);

test('markup goes, entities are read, what is escaped stays text', () => {
  expect(plainText('<p>AT&amp;T <b>rises</b>&nbsp;&#8211; 3 &lt; 5</p><script>x()</script>')).toBe(
    'AT&T rises – 3 < 5',
  );
  expect(plainText('a < b and c > d')).toBe('a < b and c > d');
  expect(plainText('x\u0000\u001b[31m\ud800y')).toBe('x [31my');
  expect(plainText('Ford \u202eesol\u2069 rises')).toBe('Ford esol rises');
});
