import fc from 'fast-check';
import { messageIn, parseBody } from '../../src/http/response-body';
import { retryAfterMs, retryDelayMs } from '../../src/http/retry-policy';

const container = fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()));

test('an object or a list is read whole, and cut anywhere it has broken off', () => {
  fc.assert(
    fc.property(container, fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (value, share) => {
      const text = JSON.stringify(value);
      expect(parseBody(text)).toEqual({ kind: 'json', value: JSON.parse(text) as unknown });
      const cut = text.slice(0, 1 + Math.floor((text.length - 1) * share));
      expect(parseBody(cut)).toEqual({ kind: 'truncated' });
    }),
  );
});

test('texts survive the replacement of bare NaN, whatever they hold', () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom('NaN', 'Infinity', '-Infinity'), (text, bare) => {
      const body = `{"said": ${JSON.stringify(`${text} NaN "`)}, "price": ${bare}}`;
      expect(parseBody(body)).toEqual({ kind: 'json', value: { said: `${text} NaN "`, price: null } });
    }),
  );
});

test('a long body that is no JSON is judged quickly', () => {
  expect(parseBody(`{"text": "${'a'.repeat(5_000_000)}`)).toEqual({ kind: 'truncated' });
});

test.each([
  [{ error: { code: 'x', message: 'used up' } }, 'used up'],
  [{ error_code: 400, error_message: 'Bad Request.' }, 'Bad Request.'],
  [{ status: 'ERROR', error: 'Unknown API Key' }, 'Unknown API Key'],
  [{ detail: 'Not found.' }, 'Not found.'],
  [{ chart: { result: null, error: { code: 'Not Found', description: 'No data' } } }, 'No data'],
  [{ rows: [] }, null],
  ['', null],
])('the provider’s own words in %j', (body, said) => {
  expect(messageIn(typeof body === 'string' ? body : JSON.stringify(body))).toBe(said);
});

test('Retry-After in seconds, as a date, in the past, or as something else', () => {
  const now = Date.parse('2026-03-02T12:00:00Z');
  const headers = ['3', '0.5', 'Mon, 02 Mar 2026 12:01:00 GMT', 'Mon, 02 Mar 2026 11:00:00 GMT', 'soon', '', null];
  expect(headers.map((header) => retryAfterMs(header, now))).toEqual([3_000, 500, 60_000, 0, null, null, null]);
});

test('delays double to a bound, are spread by half, and are never before Retry-After', () => {
  expect([1, 2, 3, 9].map((retry) => retryDelayMs(retry, null, 1))).toEqual([500, 1_000, 2_000, 30_000]);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.option(fc.integer({ min: 0, max: 1e6 })),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (retry, after, random) => {
        const delay = retryDelayMs(retry, after, random);
        expect(delay).toBeGreaterThanOrEqual(after ?? retryDelayMs(retry, null, 1) / 2);
      },
    ),
  );
});
