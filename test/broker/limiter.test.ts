/** The limiter under a clock of the test: never more than allowed in a second, cancels first, void sends dropped, nothing lost. */
import fc from 'fast-check';
import { SendLimiter, type Lane, type LimiterClock } from '../../src/broker/limiter';

/** Time that moves only when told, running due timers in order. */
class TestClock implements LimiterClock {
  private time = 0;
  private timers: { at: number; run: () => void; id: number }[] = [];
  private lastId = 0;

  now = (): number => this.time;
  setTimer = (run: () => void, ms: number): NodeJS.Timeout => {
    this.lastId += 1;
    const timer = { at: this.time + ms, run, id: this.lastId };
    this.timers.push(timer);
    return timer as unknown as NodeJS.Timeout;
  };

  clearTimer = (timer: NodeJS.Timeout): void => {
    this.timers = this.timers.filter((known) => known !== (timer as unknown));
  };

  advance(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const due = this.timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at || a.id - b.id)[0];
      if (due === undefined) break;
      this.timers = this.timers.filter((timer) => timer !== due);
      this.time = Math.max(this.time, due.at);
      due.run();
    }
    this.time = end;
  }
}

interface Step {
  readonly lane: Lane;
  readonly messages: number;
  readonly wait: number;
  readonly voidAfter: number;
}

const steps = fc.array(
  fc.record<Step>({
    lane: fc.constantFrom<Lane>('cancel', 'order', 'request'),
    messages: fc.integer({ min: 1, max: 3 }),
    wait: fc.integer({ min: 0, max: 400 }),
    voidAfter: fc.integer({ min: 0, max: 3_000 }),
  }),
  { maxLength: 120 },
);

test('in any second at most N are written, every send is answered, and none is written when void', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.integer({ min: 8, max: 50 }), async (script, perSecond) => {
      const clock = new TestClock();
      const limiter = new SendLimiter(perSecond, clock);
      const writtenAt: number[] = [];
      const answers = script.map(({ lane, messages, wait, voidAfter }) => {
        clock.advance(wait);
        const deadline = clock.now() + voidAfter;
        return limiter.submit({
          lane,
          messages,
          check: () => (clock.now() > deadline ? 'void' : null),
          write: () => {
            expect(clock.now()).toBeLessThanOrEqual(deadline);
            for (let i = 0; i < messages; i += 1) writtenAt.push(clock.now());
          },
        });
      });
      clock.advance(60_000);
      const outcomes = await Promise.all(answers);
      const written = outcomes.reduce((sum, { written: yes }, index) => sum + (yes ? script[index].messages : 0), 0);
      expect(writtenAt).toHaveLength(written);
      expect(limiter.waitingCount).toBe(0);
      writtenAt.forEach((at, index) => {
        if (index >= perSecond) expect(at - writtenAt[index - perSecond]).toBeGreaterThanOrEqual(1_000);
      });
    }),
    { numRuns: 150 },
  );
});

const fill = (limiter: SendLimiter, log: string[], lane: Lane, count: number): void => {
  for (let i = 0; i < count; i += 1) {
    void limiter.submit({ lane, messages: 1, check: () => null, write: () => log.push(lane) });
  }
};

test('a cancel overtakes every order that waits, and has room of its own', () => {
  const clock = new TestClock();
  const limiter = new SendLimiter(40, clock);
  const log: string[] = [];
  fill(limiter, log, 'order', 60);
  expect(log).toHaveLength(35);
  fill(limiter, log, 'cancel', 1);
  expect(log.at(-1)).toBe('cancel');
  fill(limiter, log, 'cancel', 10);
  clock.advance(1_001);
  // The ten cancels, four of which found room at once, before any of the waiting orders.
  expect(log.slice(36, 46)).toEqual(Array.from({ length: 10 }, () => 'cancel'));
});

test('orders keep their order, a bracket is one burst', () => {
  const clock = new TestClock();
  const limiter = new SendLimiter(8, clock);
  const log: string[] = [];
  for (const name of ['a', 'b', 'c', 'd']) {
    void limiter.submit({
      lane: 'order',
      messages: 3,
      check: () => null,
      write: () => log.push(...[1, 2, 3].map((leg) => `${name}${leg} ${clock.now()}`)),
    });
  }
  clock.advance(5_000);
  expect(log.map((entry) => entry.slice(0, 2)).join(' ')).toBe('a1 a2 a3 b1 b2 b3 c1 c2 c3 d1 d2 d3');
  expect(new Set(log.map((entry) => `${entry[0]}${entry.split(' ')[1]}`)).size).toBe(4);
});

test('when the connection is lost, what waits is answered at once', async () => {
  const clock = new TestClock();
  const limiter = new SendLimiter(8, clock);
  let lost = false;
  const answers = Array.from({ length: 20 }, () =>
    limiter.submit({ lane: 'order', messages: 1, check: () => (lost ? 'lost' : null), write: () => undefined }),
  );
  lost = true;
  limiter.dropVoid();
  const outcomes = await Promise.all(answers);
  expect(outcomes.filter(({ written }) => written)).toHaveLength(7);
  expect(outcomes.filter((outcome) => !outcome.written && outcome.refused === 'lost')).toHaveLength(13);
});

test('a write that throws is the sender’s error, and the line goes on', async () => {
  const limiter = new SendLimiter(8, new TestClock());
  const failing = limiter.submit({
    lane: 'order',
    messages: 1,
    check: () => null,
    write: () => {
      throw new Error('socket');
    },
  });
  await expect(failing).rejects.toThrow('socket');
  const next = limiter.submit({ lane: 'order', messages: 1, check: () => null, write: () => undefined });
  expect(await next).toEqual({ written: true });
});

test('a burst that can never fit is refused instead of blocking the line for ever', async () => {
  const limiter = new SendLimiter(8, new TestClock());
  const never = limiter.submit({ lane: 'order', messages: 8, check: () => null, write: () => undefined });
  await expect(never).rejects.toThrow(RangeError);
});
