import fc from 'fast-check';
import { ContractReplay, QUOTE_LIFETIME_MS } from '../../src/paper-gateway/contract-replay';
import { minute, sampleMarket, scriptedMarket, T0 } from './exchange-rig';

const SPAN_START = Date.parse('2013-10-09T12:00:00Z');
const SPAN_MINUTES = 240;

/** For comparing thousands of events thirty times: object by object that takes half a second each. */
const textOf = (events: readonly object[]): string => events.map((event) => JSON.stringify(event)).join('\n');

describe('a recorded contract on the virtual clock', () => {
  let gold: ContractReplay;
  beforeAll(async () => {
    gold = new ContractReplay((await sampleMarket()).contracts[2], 1);
  });

  it('tells each event once, in time order, however the time is cut', () => {
    const to = SPAN_START + SPAN_MINUTES * 60_000;
    const whole = gold.events(SPAN_START, to);
    const wholeText = textOf(whole);
    expect(whole.length).toBeGreaterThan(SPAN_MINUTES * 12);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: SPAN_MINUTES * 60 }), { maxLength: 40 }), (cuts) => {
        const times = [0, ...cuts.sort((a, b) => a - b), SPAN_MINUTES * 60].map((second) => SPAN_START + second * 1000);
        const pieces = times.slice(1).flatMap((time, index) => gold.events(times[index], time));
        expect(textOf(pieces)).toBe(wholeText);
      }),
      { numRuns: 30 },
    );
    expect(whole.every(({ time }, index) => index === 0 || time >= whole[index - 1].time)).toBe(true);
  });

  it('puts the last 5-second bar of a minute at its end, everything else before', () => {
    const start = SPAN_START;
    const inMinute = gold.events(start, start + 59_000);
    const last = gold.events(start + 59_000, start + 60_000);
    expect(inMinute.filter(({ kind }) => kind === 'five-second-bar')).toHaveLength(11);
    expect(inMinute.filter(({ kind }) => kind === 'quote').map(({ time }) => time)).toEqual([start + 59_000]);
    expect(last.map(({ kind, time }) => [kind, time])).toEqual([['five-second-bar', start + 60_000]]);
  });

  it('shows the quote and the last trade as they stood', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: SPAN_MINUTES * 60 }), (second) => {
        const now = SPAN_START + second * 1000;
        const past = gold.events(SPAN_START - 3_600_000, now);
        const quote = past.findLast((event) => event.kind === 'quote');
        const trade = past.findLast((event) => event.kind === 'trades');
        expect(gold.quoteAt(now)).toEqual(quote?.kind === 'quote' ? quote.quote : null);
        expect(gold.lastTradeAt(now)?.price).toBe(trade?.kind === 'trades' ? trade.slot.close : undefined);
      }),
      { numRuns: 60 },
    );
  });

  it('counts volume, high and low of the trade date up to now', async () => {
    const now = SPAN_START + 30_000;
    const { minutes } = (await sampleMarket()).contracts[2];
    const dayStart = Date.parse('2013-10-08T22:00:00Z');
    const before = minutes.flatMap(({ start, bar }) => (bar && start >= dayStart && start < SPAN_START ? [bar] : []));
    const forming = gold.events(SPAN_START, now).flatMap((event) => (event.kind === 'trades' ? [event.slot] : []));
    const seen = [...before, ...forming];
    expect(gold.dayStatisticsAt(now)).toMatchObject({
      open: before[0].open,
      high: Math.max(...seen.map(({ high }) => high)),
      low: Math.min(...seen.map(({ low }) => low)),
      volume: seen.reduce((sum, { volume }) => sum + volume, 0),
    });
  });

  it('sends empty 5-second bars while a quote stands, and none after it has grown old', () => {
    const { contracts } = scriptedMarket([
      minute(0, [100, 100, 100, 100], [99.75, 100, 5, 5]),
      minute(20, [101, 101, 101, 101], [100.75, 101, 5, 5]),
    ]);
    const replay = new ContractReplay(contracts[0], 1);
    const quiet = replay.events(T0 + 60_000, T0 + 20 * 60_000);
    expect(quiet.length).toBeGreaterThan(0);
    expect(
      quiet.every((event) => event.kind === 'five-second-bar' && event.bar.volume === 0 && event.bar.close === 100),
    ).toBe(true);
    expect(quiet[quiet.length - 1].time).toBeLessThan(T0 + 59_000 + QUOTE_LIFETIME_MS);
    expect(replay.tradableQuoteAt(T0 + 59_000 + QUOTE_LIFETIME_MS)).toBeNull();
    expect(replay.quoteAt(T0 + 19 * 60_000)).not.toBeNull();
  });
});
