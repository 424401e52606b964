/** One share class under its three spellings. */
import fc from 'fast-check';
import { brokerTicker, dashedTicker, ownTicker, writtenTicker } from '../../src/domain/share-class';

test('the spellings of Berkshire, Brown-Forman and of one class alone', () => {
  expect(['BRK B', 'BRK-B', 'BRK.B'].map(ownTicker)).toEqual(['BRK.B', 'BRK.B', 'BRK.B']);
  expect(['BRK B', 'BRK-B', 'BRK.B'].map(brokerTicker)).toEqual(['BRK B', 'BRK B', 'BRK B']);
  expect(['BRK B', 'BRK-B', 'BRK.B'].map(dashedTicker)).toEqual(['BRK-B', 'BRK-B', 'BRK-B']);
  expect([' brk b ', 'Brk-B', 'brk.b', 'ko'].map(writtenTicker)).toEqual(['BRK.B', 'BRK.B', 'BRK.B', 'KO']);
  expect([ownTicker('KO'), brokerTicker('KO'), ownTicker('C')]).toEqual(['KO', 'KO', 'C']);
});

test('there and back is the same name, twice is once, and no two names become one', () => {
  const letters = fc.stringMatching(/^[A-Z]{1,5}$/);
  const ticker = fc.oneof(
    letters,
    fc.tuple(letters, fc.constantFrom('A', 'B', 'C')).map(([name, share]) => `${name}.${share}`),
  );
  fc.assert(
    fc.property(ticker, ticker, (one, other) => {
      expect(ownTicker(brokerTicker(one))).toBe(one);
      expect(ownTicker(one)).toBe(one);
      expect(brokerTicker(brokerTicker(one))).toBe(brokerTicker(one));
      expect(brokerTicker(one) === brokerTicker(other)).toBe(one === other);
    }),
  );
});
