import { ClientPacing } from '../../src/paper-gateway/pacing';

describe('limits on a client', () => {
  it('fifty messages a second pass, the next is complained about, the third complaint cuts', () => {
    const pacing = new ClientPacing();
    const burst = (at: number): readonly string[] => Array.from({ length: 51 }, () => pacing.onMessage(at));
    expect(new Set(burst(0).slice(0, 50))).toEqual(new Set(['ok']));
    expect(burst(10_000).at(-1)).toBe('complain');
    expect(burst(20_000).at(-1)).toBe('cut');
  });

  it('spread over time everything passes', () => {
    const pacing = new ClientPacing();
    expect(Array.from({ length: 500 }, (_, i) => pacing.onMessage(i * 21)).every((verdict) => verdict === 'ok')).toBe(
      true,
    );
  });

  it('history: identical within 15 s, six per contract in 2 s, sixty in ten minutes, BID_ASK twice', () => {
    const identical = new ClientPacing();
    expect([0, 14_999, 15_000].map((at) => identical.onHistory(at, 'ES', 'same', false) === null)).toEqual([
      true,
      false,
      true,
    ]);
    const contract = new ClientPacing();
    expect(
      Array.from({ length: 7 }, (_, i) => contract.onHistory(i, 'ES', String(i), false) === null).indexOf(false),
    ).toBe(6);
    const total = (bidAsk: boolean): number => {
      const pacing = new ClientPacing();
      return Array.from({ length: 61 }, (_, i) => pacing.onHistory(i * 1000, 'ES', String(i), bidAsk) === null).indexOf(
        false,
      );
    };
    expect([total(false), total(true)]).toEqual([60, 30]);
  });
});
